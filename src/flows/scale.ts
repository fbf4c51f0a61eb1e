import { makeNodes, removeNodes } from './change-nodes.js';
import { lookInside } from './look-inside.js';
import { isBalanced } from '../cluster/network/api-endpoint.js';
import type { KeptEntry, ShownPlan } from '../cluster/plan/plan.js';
import { toLeftEntry } from '../cluster/plan/scale/scale-leftovers.js';
import { planScale, type ScalePlan } from '../cluster/plan/scale/scale-plan.js';
import { findPool, type ScaleWish } from '../cluster/plan/scale/scale-pool.js';
import { type Role } from '../cluster/state/cluster-state.js';
import type { LoadBalancerState } from '../cluster/state/load-balancer.js';
import type { OwnedResource } from '../cluster/state/owned-resources.js';
import { UsageError } from '../lib/errors.js';
import { writeKubeconfig, writeTalosconfig } from '../steps/access/access-files.js';
import { stillLeft } from '../steps/ownership/attachments.js';
import { ensureClusterRecord } from '../steps/kubernetes/cluster-record.js';
import type { FlowContext } from '../steps/run/context.js';
import { withLease } from '../steps/run/lease.js';
import { generateMachineConfigs, type MachineConfigs } from '../steps/talos/machine-configs.js';
import { releaseNode } from '../steps/kubernetes/node-removal.js';
import { deletePlacementGroups } from '../steps/hetzner/placement-groups.js';
import { type NodeServer } from '../steps/run/node-server.js';
import { besideImages } from '../steps/image/coming-images.js';
import { knownSchematic } from '../steps/talos/schematic.js';

/**
 * Nodes drained at the same time: a tenth of the pool, and at least five. More would leave their pods
 * too little room elsewhere.
 */
function drainsAtATime({ remove, to }: ScalePlan): number {
  return Math.max(5, Math.ceil((remove.length + to) / 10));
}

export interface ScaleOptions {
  readonly wish: ScaleWish;
  /** How long the pods of one node may take to go, ms. */
  readonly drainTimeoutMs: number;
  /** Shows the plan. False: only the plan was asked for. */
  readonly confirm: (plan: ScalePlan) => Promise<boolean>;
}

/** A pool that has the wanted number of nodes. */
export interface ScaledCluster {
  readonly cluster: string;
  readonly pool: string;
  readonly role: Role;
  readonly count: number;
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** What hung on the removed servers, hangs on nothing now, and costs money. */
  readonly left: readonly KeptEntry[];
  /** False when the pool had that number before. */
  readonly changed: boolean;
}

export type ScaleOutcome =
  | { readonly kind: 'preview'; readonly plan: ShownPlan }
  | { readonly kind: 'scaled'; readonly scaled: ScaledCluster };

/**
 * Brings a pool to the wanted number of nodes. Everything is looked at first, in the cloud, in
 * Kubernetes and in etcd; what cannot be looked at is not changed. Run again, it goes on from
 * wherever an earlier run stopped.
 */
export async function scale(
  surroundings: FlowContext,
  options: ScaleOptions,
): Promise<ScaleOutcome> {
  const { reached, controlPlanes, own, ...inside } = await lookInside(surroundings);
  const { config, state, catalogue } = inside;
  const ctx = { ...surroundings, config };
  const { wish } = options;
  const { servers } = findPool(config, state, wish);
  if (wish.count > servers.length) await knownSchematic(ctx, catalogue);
  const planned = planScale({ ...inside, wish });
  const scaled = { ...ctx, config: planned.config };
  const { plan, machineConfigs } = await withMachineConfigs(scaled, state.balancer, planned);
  if (!(await options.confirm(plan))) return { kind: 'preview', plan };
  const carryOut = async (): Promise<void> => {
    await release(scaled, plan);
    const answering = reached.controlPlanes.filter((node) => !isIn(plan.remove, node));
    // Not through one that goes: its Kubernetes API ends before its node is deleted.
    ctx.apiServers.use(reached.apis.filter((node) => !isIn(plan.remove, node)));
    const made =
      plan.add.length === 0 || !machineConfigs
        ? []
        : await besideImages(scaled, { builds: plan.builds, own }, (images) =>
            makeNodes(scaled, {
              ...{ state, role: plan.role, groups: plan.groups, servers: plan.add },
              ...{ machineConfigs, controlPlanes: answering, images },
            }),
          );
    const added = plan.role === 'control-plane' ? made : [];
    await removeNodes(scaled, {
      ...{ role: plan.role, remove: plan.remove, leaves: plan.leaves },
      balancer: state.balancer,
      ...{ others: [...answering, ...added], drainTimeoutMs: options.drainTimeoutMs },
      ...{ force: wish.force, atATime: drainsAtATime(plan) },
    });
    if (plan.emptied.length > 0) {
      await ctx.step('Delete the empty placement groups', (io) =>
        deletePlacementGroups(scaled, plan.emptied, io),
      );
    }
    await writeEndpoints(scaled, plan, [...controlPlanes, ...added]);
    await ctx.step('Write down what the nodes are made of', (io) =>
      ensureClusterRecord(scaled, {}, io),
    );
  };
  if (plan.changes.length === 0) await carryOut();
  else await withLease(scaled, state.servers, carryOut);
  const left = await stillLeft(ctx, plan.leaves);
  return { kind: 'scaled', scaled: describe(plan, left) };
}

interface CheckedPlan {
  readonly plan: ScalePlan;
  /** Undefined: they cannot be made, and none is needed. */
  readonly machineConfigs: MachineConfigs | undefined;
}

/** A pool that only becomes smaller does so whatever is wrong in the patches; it is a warning then. */
async function withMachineConfigs(
  ctx: FlowContext,
  balancer: LoadBalancerState | undefined,
  plan: ScalePlan,
): Promise<CheckedPlan> {
  try {
    const machineConfigs = await ctx.step('Generate and check the machine configurations', (io) =>
      generateMachineConfigs(ctx, balancer, io),
    );
    return { plan, machineConfigs };
  } catch (error) {
    if (plan.add.length > 0 || !(error instanceof UsageError)) throw error;
    const warnings = [...plan.warnings, `No node could be made now: ${error.message}`];
    return { plan: { ...plan, warnings }, machineConfigs: undefined };
  }
}

/** Nodes that stay although a stopped run began to remove them take pods again. */
async function release(ctx: FlowContext, { release: nodes }: ScalePlan): Promise<void> {
  for (const node of nodes) {
    await ctx.step(`Give back ${node.name}`, () => releaseNode(ctx, node));
  }
}

/** The access files name all control planes that are there now: the kubeconfig behind a load balancer only. */
async function writeEndpoints(
  ctx: FlowContext,
  plan: ScalePlan,
  controlPlanes: readonly NodeServer[],
): Promise<void> {
  const left = controlPlanes
    .filter((node, i) => !isIn(plan.remove, node) && !isIn(controlPlanes.slice(i + 1), node))
    .sort((a, b) => a.index - b.index);
  await writeTalosconfig(ctx, left);
  const [first] = left;
  if (!first || plan.role === 'worker' || !isBalanced(ctx.config)) return;
  await ctx.step('Write the kubeconfig', (io) =>
    writeKubeconfig(ctx, { first, from: left, all: left }, io),
  );
}

function isIn(
  servers: readonly { readonly id: number }[],
  { id }: { readonly id: number },
): boolean {
  return servers.some((server) => server.id === id);
}

function describe(plan: ScalePlan, left: readonly OwnedResource[]): ScaledCluster {
  return {
    cluster: plan.cluster,
    pool: plan.pool,
    role: plan.role,
    count: plan.to,
    added: plan.add.map(({ name }) => name),
    removed: plan.remove.map(({ name }) => name),
    left: left.map(toLeftEntry),
    changed: plan.changes.length > 0,
  };
}
