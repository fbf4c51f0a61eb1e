import { tool } from '../../lib/commands.js';
import { enumerate } from '../../lib/format.js';
import type { StepIo } from '../../lib/step.js';
import { waitFor, type Probe } from '../../lib/wait.js';
import { ToolError } from '../../tools/exec.js';
import * as helm from '../../tools/helm.js';
import { getNamespaces, parseEndingNamespaces } from '../../tools/kubectl.js';
import type { FlowContext } from '../run/context.js';
import { askKubernetes, waitOptions } from '../run/waiting.js';

export interface ReleaseUpgrade {
  readonly release: helm.Release;
  readonly chart: string;
  /** Path of the values file. */
  readonly values: string;
}

/**
 * Installs or upgrades a release of oxide's. Fields of its objects that others have set meanwhile, as
 * `kubectl patch` and `kubectl scale` do, are taken back: helm 4 fails for ever otherwise, also when
 * nothing of them is wished any more.
 */
export async function upgradeRelease(
  ctx: FlowContext,
  upgrade: ReleaseUpgrade,
  io: StepIo,
): Promise<void> {
  const { run, files } = ctx;
  const { release } = upgrade;
  await waitForEndOfOldOne(ctx, release, io);
  try {
    await run(helm.upgradeInstall(files.kubeconfig, release, upgrade));
  } catch (error) {
    const managers = error instanceof ToolError ? helm.foreignManagers(error) : [];
    if (!(error instanceof ToolError) || managers.length === 0) throw error;
    io.warn(
      `${enumerate(managers)} had changed what the helm release ${release.name} sets, and it is set back: ` +
        error.reason,
    );
    await run(helm.upgradeInstall(files.kubeconfig, release, { ...upgrade, force: true }));
  }
}

/** After an uninstall, Kubernetes is still busy with the namespaces of the release: nothing can be made in them. */
async function waitForEndOfOldOne(
  ctx: FlowContext,
  release: helm.Release,
  io: StepIo,
): Promise<void> {
  const { kubeconfig } = ctx.files;
  const ask = askKubernetes(ctx);
  const probe = async (): Promise<Probe<true>> => {
    const asked = await ask(async () =>
      parseEndingNamespaces((await ctx.run(getNamespaces(kubeconfig))).stdout, release),
    );
    if ('waiting' in asked) return asked;
    if (asked.ready.length === 0) return { ready: true };
    return { waiting: `still being deleted: ${enumerate(asked.ready)}` };
  };
  await waitFor(
    `the namespaces of an earlier ${release.name} to be gone`,
    probe,
    waitOptions(ctx, io, {
      timeoutMs: ctx.config.timeouts.cilium,
      hint: `What keeps them: ${tool`kubectl get namespaces -o yaml`}\nThe same command goes on from here.`,
    }),
  );
}
