import type { ChartAddon } from '../../addons/addon.js';
import { cilium } from '../../addons/cilium.js';
import { chartAddons } from '../../addons/wanted.js';
import type { AddonsSeen } from '../../cluster/kubernetes/addon-health.js';
import { addonStates, type AddonState } from '../../cluster/status/addon-states.js';
import { inParallel } from '../../lib/parallel.js';
import { getAllWorkloads, getNodes, parseNodes, parseWorkloads } from '../../tools/kubectl.js';
import type { FlowContext } from '../run/context.js';
import { readInstalled } from './kubernetes-state.js';
import { askedOfHelm } from './release-source.js';
import { failureOf } from './settle.js';

/** What is installed, and what Kubernetes shows of it. */
export async function observeAddonsSeen(ctx: FlowContext): Promise<AddonsSeen> {
  const [installed, workloads, nodes] = await inParallel(
    readInstalled(ctx, askedOfHelm(ctx)),
    ctx.run(getAllWorkloads(ctx.files.kubeconfig)),
    ctx.run(getNodes(ctx.files.kubeconfig)),
  );
  const view = { workloads: parseWorkloads(workloads.stdout), nodes: parseNodes(nodes.stdout) };
  return { installed, view };
}

/** How the addons are; why one does not work in the words of its own pods, where there are some. */
export async function explainedStates(
  ctx: FlowContext,
  seen: AddonsSeen,
): Promise<readonly AddonState[]> {
  const known: readonly ChartAddon[] = [cilium, ...chartAddons(ctx.config)];
  return inParallel(
    ...addonStates(ctx.config, seen).map(async (one): Promise<AddonState> => {
      const addon = known.find(({ name }) => name === one.name);
      if (one.kind === 'manifest' || one.state !== 'not-working' || one.why === null || !addon)
        return one;
      const { reason } = await failureOf(ctx, { addon, why: one.why });
      return { ...one, why: reason };
    }),
  );
}
