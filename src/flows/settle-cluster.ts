import type { Digests } from '../cluster/kubernetes/used-downloads.js';
import type { Plan } from '../cluster/plan/plan.js';
import type { AddonFailure, Installed } from '../steps/addons/install.js';
import { ensureClusterRecord } from '../steps/kubernetes/cluster-record.js';
import { waitForNodes } from '../steps/kubernetes/nodes.js';
import type { FlowContext } from '../steps/run/context.js';
import type { NodeServer } from '../steps/run/node-server.js';
import { waitForVoters } from '../steps/talos/join-etcd.js';
import { applyPlanned, settleAddons } from './finish-addons.js';

interface Made {
  readonly nodes: readonly NodeServer[];
  readonly controlPlanes: readonly NodeServer[];
  /** Of what was downloaded for it. */
  readonly digests: Digests;
  readonly addons: Installed;
}

/** Waits until the nodes, the addons and etcd are as they should be. Returns what of optional addons failed. */
export async function settleCluster(
  ctx: FlowContext,
  plan: Plan,
  { nodes, controlPlanes, digests, addons }: Made,
): Promise<readonly AddonFailure[]> {
  const { step } = ctx;
  await step('Wait until all nodes are Ready', (io) => waitForNodes(ctx, nodes, io));
  const failedAddons = await settleAddons(ctx, addons);
  const { applied: manifests, failures } = await applyPlanned(ctx, plan);
  await step('Write down what the nodes are made of', (io) =>
    ensureClusterRecord(ctx, { digests, manifests }, io),
  );
  await step('Wait until etcd is whole', (io) => waitForVoters(ctx, controlPlanes, io));
  return [...failedAddons, ...failures];
}
