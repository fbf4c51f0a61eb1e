import type { ShownPlan } from '../cluster/plan/plan.js';
import { planScale, type ScalePlan } from '../cluster/plan/scale-plan.js';
import type { ScaleWish } from '../cluster/plan/scale-pool.js';
import {
  anythingExists,
  type ClusterState,
  type Role,
  type ServerState,
} from '../cluster/state/cluster-state.js';
import { PreconditionError } from '../lib/errors.js';
import { inParallel } from '../lib/parallel.js';
import { writeTalosconfig } from '../steps/access/access-files.js';
import { ensureApiAccess } from '../steps/access/api-access.js';
import { checkTheTools } from '../steps/run/check-tools.js';
import { viewCluster } from '../steps/observe/cluster-view.js';
import type { FlowContext } from '../steps/run/context.js';
import { joinInTurn } from '../steps/talos/join-etcd.js';
import { backUpEtcd } from '../steps/talos/etcd.js';
import { limitConcurrency, settleAll } from '../lib/concurrency-limit.js';
import { waitForNodes } from '../steps/kubernetes/nodes.js';
import { withLease } from '../steps/run/lease.js';
import { ensureMachineConfigs } from '../steps/talos/machine-configs.js';
import { releaseNode, removeNode } from '../steps/kubernetes/node-removal.js';
import { observe } from '../steps/observe/observe.js';
import { ServerOrdering } from '../steps/hetzner/server-ordering.js';
import { findOwnAddresses } from '../steps/access/own-address.js';
import { reachCluster } from '../steps/access/reach.js';
import { controlPlanesOf, addressed, type NodeServer } from '../steps/run/node-server.js';
import { checkSecrets } from '../steps/talos/secrets.js';
import { ensureServers, type ServerPrerequisites } from '../steps/hetzner/servers.js';

/** Nodes drained at the same time; more would leave their pods too little room elsewhere. */
const drainsAtATime = 5;

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
export async function scale(ctx: FlowContext, options: ScaleOptions): Promise<ScaleOutcome> {
  const { config, step } = ctx;
  const [, { state: found, catalogue }, own] = await inParallel(
    step('Check talosctl, kubectl and helm', (io) => checkTheTools(ctx, io)),
    step('Look at what exists', (io) => observe(ctx, io)),
    step('Find the public address of this machine', (io) => findOwnAddresses(ctx, 'compare', io)),
  );
  demandCluster(ctx, found);
  await checkSecrets(ctx, found);
  const state = await ensureApiAccess(ctx, found, own);
  const reached = await step('Reach the cluster', (io) => reachCluster(ctx, { state, own }, io));
  const controlPlanes = controlPlanesOf(state);
  const view = await step('Look into the cluster', () =>
    viewCluster(ctx, { talos: reached.talos, controlPlanes }),
  );
  const plan = planScale({ config, state, catalogue, view, wish: options.wish });
  if (!(await options.confirm(plan))) return { kind: 'preview', plan };
  const scaled = { ...ctx, config: plan.config };
  const carryOut = async (): Promise<void> => {
    await release(scaled, plan);
    const answering = reached.controlPlanes.filter((node) => !isIn(plan.remove, node));
    // Not through one that goes: its Kubernetes API ends before its node is deleted.
    ctx.apiServers.use(reached.apis.filter((node) => !isIn(plan.remove, node)));
    const added = await grow(scaled, { state, plan, controlPlanes: answering });
    await shrink(scaled, { plan, controlPlanes: [...answering, ...added], options });
    await writeEndpoints(scaled, plan, [...controlPlanes, ...added]);
  };
  if (plan.changes.length === 0) await carryOut();
  else await withLease(scaled, state.servers, carryOut);
  return { kind: 'scaled', scaled: describe(plan) };
}

function demandCluster({ config }: FlowContext, state: ClusterState): void {
  if (anythingExists(state)) return;
  throw new PreconditionError(
    `the cluster "${config.cluster_name}" does not exist in this project`,
    'Make it: oxide create',
  );
}

/** Nodes that stay although a stopped run began to remove them take pods again. */
async function release(ctx: FlowContext, { release: nodes }: ScalePlan): Promise<void> {
  for (const node of nodes) {
    await ctx.step(`Give back ${node.name}`, () => releaseNode(ctx, node));
  }
}

interface Growth {
  readonly state: ClusterState;
  readonly plan: ScalePlan;
  /** Those that answer and stay. */
  readonly controlPlanes: readonly NodeServer[];
}

/** Makes what is missing. Returns the control planes among it. */
async function grow(
  ctx: FlowContext,
  { state, plan, controlPlanes }: Growth,
): Promise<readonly NodeServer[]> {
  const { step } = ctx;
  if (plan.add.length === 0) return [];
  const userData = await step('Generate and check the machine configurations', (io) =>
    ensureMachineConfigs(ctx, io),
  );
  const prerequisites: ServerPrerequisites = { ...existingPrerequisites(state), userData };
  const isControlPlane = plan.role === 'control-plane';
  const ordering = new ServerOrdering(ctx, plan.add);
  const work = { servers: plan.add, prerequisites, ordering, start: !isControlPlane };
  const nodes = await step(
    isControlPlane ? 'Create the control planes' : 'Create the workers',
    (io) => ensureServers(ctx, work, io),
  );
  if (isControlPlane) await joinInTurn(ctx, nodes, controlPlanes);
  const names = nodes.map(({ name }) => name);
  await step('Wait until the nodes are Ready', (io) => waitForNodes(ctx, names, io));
  return isControlPlane ? nodes : [];
}

/** What servers are created with; a cluster that lacks a part of it is not complete. */
function existingPrerequisites(state: ClusterState): Omit<ServerPrerequisites, 'userData'> {
  const { network, firewall, sshKey } = state;
  if (network && firewall && sshKey) {
    return { networkId: network.id, firewallId: firewall.id, sshKeyId: sshKey.id };
  }
  throw new PreconditionError(
    'the cluster lacks its network, its firewall or its SSH key',
    'oxide create makes what is missing.',
  );
}

interface Shrinkage {
  readonly plan: ScalePlan;
  /** Those that answer and stay. */
  readonly controlPlanes: readonly NodeServer[];
  readonly options: ScaleOptions;
}

/** Control planes go one by one, workers side by side, each as its own transaction. */
async function shrink(
  ctx: FlowContext,
  { plan, controlPlanes: others, options }: Shrinkage,
): Promise<void> {
  const { remove } = plan;
  if (remove.length === 0) return;
  const { drainTimeoutMs, wish } = options;
  const shared = {
    others,
    drainTimeoutMs,
    force: wish.force,
    drains: limitConcurrency(drainsAtATime),
  };
  const removal = (leaving: ServerState, later: readonly ServerState[]) =>
    ctx.step(`Remove ${leaving.name}`, (io) =>
      removeNode(ctx, { ...shared, leaving, later: later.map(addressed) }, io),
    );
  if (plan.role === 'worker') {
    await settleAll(remove.map((leaving) => removal(leaving, [])));
    return;
  }
  await ctx.step('Back up etcd', (io) => backUpEtcd(ctx, others, io));
  for (const [i, leaving] of remove.entries()) await removal(leaving, remove.slice(i + 1));
}

/** The talosconfig leads to all control planes that are there now. */
async function writeEndpoints(
  ctx: FlowContext,
  plan: ScalePlan,
  controlPlanes: readonly NodeServer[],
): Promise<void> {
  const left = controlPlanes
    .filter((node, i) => !isIn(plan.remove, node) && !isIn(controlPlanes.slice(i + 1), node))
    .sort((a, b) => a.index - b.index);
  await writeTalosconfig(ctx, left);
}

function isIn(
  servers: readonly { readonly id: number }[],
  { id }: { readonly id: number },
): boolean {
  return servers.some((server) => server.id === id);
}

function describe(plan: ScalePlan): ScaledCluster {
  return {
    cluster: plan.cluster,
    pool: plan.pool,
    role: plan.role,
    count: plan.to,
    added: plan.add.map(({ name }) => name),
    removed: plan.remove.map(({ name }) => name),
    changed: plan.changes.length > 0,
  };
}
