import { chartAddons, optionalCharts } from '../../addons/wanted.js';
import type { InstalledAddon } from '../../cluster/kubernetes/installed.js';
import type { StepIo } from '../../lib/step.js';
import * as helm from '../../tools/helm.js';
import { deleteTokenSecret } from '../../tools/kubectl.js';
import type { FlowContext } from '../run/context.js';

interface Removal {
  readonly name: string;
  /** All that is installed, the one that goes among them. */
  readonly others: readonly InstalledAddon[];
}

/** Uninstalls the release of an addon. With the last that speaks to Hetzner, the token leaves the cluster. */
export async function uninstallAddon(
  { run, files, config }: FlowContext,
  { name, others }: Removal,
  io: StepIo,
): Promise<void> {
  const addon = chartAddons(config).find((one) => one.name === name);
  if (!addon) throw new Error(`no addon is called ${name}`);
  const { release, namespace } = addon;
  const rest = others.filter((one) => one.status !== undefined && one.name !== name);
  const isNeeded = optionalCharts.some(
    ({ name: other, usesToken }) => usesToken && rest.some((one) => one.name === other),
  );
  const isLast = addon.usesToken === true && !isNeeded;
  // Before the release: without that a later run finds nothing to remove, and would leave the token.
  if (isLast) await run(deleteTokenSecret(files.kubeconfig));
  await run(helm.uninstall(files.kubeconfig, { name: release, namespace }));
  if (isLast) io.summary("with it Hetzner's token");
}
