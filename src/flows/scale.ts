import type { KeptEntry, ShownPlan } from '../cluster/plan/plan.js';
import { toLeftEntry } from '../cluster/plan/scale-leftovers.js';
import { planScale, type ScalePlan } from '../cluster/plan/scale-plan.js';
import { findPool, type ScaleWish } from '../cluster/plan/scale-pool.js';
import {
  anythingExists,
  type ClusterState,
  type Role,
  type ServerState,
} from '../cluster/state/cluster-state.js';
import type { OwnedResource } from '../cluster/state/owned-resources.js';
import { missingServers } from '../cluster/plan/drift.js';
import { refuseDoubtful, type DoubtInput } from '../cluster/plan/doubtful-servers.js';
import { refuseTakenNames } from '../cluster/plan/taken-names.js';
import { oxide } from '../lib/commands.js';
import { PreconditionError, UsageError } from '../lib/errors.js';
import { findMissing, inParallel } from '../lib/parallel.js';
import { writeTalosconfig } from '../steps/access/access-files.js';
import { ensureApiAccess } from '../steps/access/api-access.js';
import { markAsLeft, observeAttachments, stillLeft } from '../steps/ownership/attachments.js';
import { checkTheTools } from '../steps/run/check-tools.js';
import { ensureClusterRecord } from '../steps/kubernetes/cluster-record.js';
import { observeInstalled } from '../steps/addons/kubernetes-state.js';
import { observeKnownNodes } from '../steps/observe/known-nodes.js';
import { viewCluster } from '../steps/observe/cluster-view.js';
import type { FlowContext } from '../steps/run/context.js';
import { joinInTurn } from '../steps/talos/join-etcd.js';
import { backUpEtcd } from '../steps/talos/etcd.js';
import { limitConcurrency, settleAll } from '../lib/concurrency-limit.js';
import { waitForNodes } from '../steps/kubernetes/nodes.js';
import { withLease } from '../steps/run/lease.js';
import {
  generateMachineConfigs,
  keepMachineConfigs,
  type MachineConfigs,
} from '../steps/talos/machine-configs.js';
import { nodeActs } from '../steps/kubernetes/node-acts.js';
import { releaseNode, removeNode } from '../steps/kubernetes/node-removal.js';
import { observe } from '../steps/observe/observe.js';
import { deletePlacementGroups, ensurePlacementGroups } from '../steps/hetzner/placement-groups.js';
import { ServerOrdering } from '../steps/hetzner/server-ordering.js';
import { buildImages, withImages } from '../steps/image/build-images.js';
import { findOwnAddresses, type OwnAddresses } from '../steps/access/own-address.js';
import { reachCluster } from '../steps/access/reach.js';
import { controlPlanesOf, addressed, type NodeServer } from '../steps/run/node-server.js';
import { knownSchematic } from '../steps/talos/schematic.js';
import { checkSecrets } from '../steps/talos/secrets.js';
import { ensureServers, type ServerPrerequisites } from '../steps/hetzner/servers.js';

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
export async function scale(ctx: FlowContext, options: ScaleOptions): Promise<ScaleOutcome> {
  const { config, step } = ctx;
  const [, { state: found, catalogue }, own] = await findMissing(
    step('Check talosctl, kubectl and helm', (io) => checkTheTools(ctx, io)),
    step('Look at what exists', (io) => observe(ctx, io)),
    step('Find the public address of this machine', (io) => findOwnAddresses(ctx, 'compare', io)),
  );
  demandCluster(ctx, found);
  await checkSecrets(ctx, found);
  refuseUnclear({ config, state: found, nodes: [] });
  const state = await ensureApiAccess(ctx, found, own);
  const reached = await step('Reach the cluster', (io) => reachCluster(ctx, { state, own }, io));
  const controlPlanes = controlPlanesOf(state);
  const [view, attached] = await step('Look into the cluster', () =>
    inParallel(
      viewCluster(ctx, { talos: reached.talos, controlPlanes }),
      observeAttachments(ctx, state.servers),
    ),
  );
  const [{ known }, installed] = await inParallel(
    observeKnownNodes(ctx, { state, nodes: view.nodes, through: reached.controlPlanes }),
    observeInstalled(ctx),
  );
  const { wish } = options;
  const { servers } = findPool(config, state, wish);
  if (wish.count > servers.length) await knownSchematic(ctx, catalogue);
  const planned = planScale({
    ...{ config, state, catalogue, view, attached },
    ...{ wish, known, installed },
  });
  const scaled = { ...ctx, config: planned.config };
  const { plan, machineConfigs } = await withMachineConfigs(scaled, planned);
  if (!(await options.confirm(plan))) return { kind: 'preview', plan };
  const carryOut = async (): Promise<void> => {
    await release(scaled, plan);
    const answering = reached.controlPlanes.filter((node) => !isIn(plan.remove, node));
    // Not through one that goes: its Kubernetes API ends before its node is deleted.
    ctx.apiServers.use(reached.apis.filter((node) => !isIn(plan.remove, node)));
    const added = await grow(scaled, {
      ...{ state, plan, machineConfigs, own },
      controlPlanes: answering,
    });
    await shrink(scaled, { plan, controlPlanes: [...answering, ...added], options });
    if (plan.emptied.length > 0) {
      await step('Delete the empty placement groups', (io) =>
        deletePlacementGroups(scaled, plan.emptied, io),
      );
    }
    await writeEndpoints(scaled, plan, [...controlPlanes, ...added]);
    await step('Write down what the nodes are made of', (io) =>
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
async function withMachineConfigs(ctx: FlowContext, plan: ScalePlan): Promise<CheckedPlan> {
  try {
    const machineConfigs = await ctx.step('Generate and check the machine configurations', (io) =>
      generateMachineConfigs(ctx, io),
    );
    return { plan, machineConfigs };
  } catch (error) {
    if (plan.add.length > 0 || !(error instanceof UsageError)) throw error;
    const warnings = [...plan.warnings, `No node could be made now: ${error.message}`];
    return { plan: { ...plan, warnings }, machineConfigs: undefined };
  }
}

function demandCluster({ config }: FlowContext, state: ClusterState): void {
  if (anythingExists(state)) return;
  throw new PreconditionError(
    `the cluster "${config.cluster_name}" does not exist in this project`,
    `Make it: ${oxide`create`}`,
    'cluster.missing',
  );
}

/** Labels that were edited may hide the control planes: that is said before these are asked. */
function refuseUnclear(input: DoubtInput): void {
  const { config, state } = input;
  refuseDoubtful(input);
  const missing = missingServers(config, state).filter(({ role }) => role === 'control-plane');
  refuseTakenNames(config.cluster_name, missing, state);
}

/** Nodes that stay although a stopped run began to remove them take pods again. */
async function release(ctx: FlowContext, { release: nodes }: ScalePlan): Promise<void> {
  for (const node of nodes) {
    await ctx.step(`Give back ${node.name}`, () => releaseNode(ctx, node));
  }
}

interface Growth extends CheckedPlan {
  readonly state: ClusterState;
  readonly own: OwnAddresses;
  /** Those that answer and stay. */
  readonly controlPlanes: readonly NodeServer[];
}

/** Makes what is missing. Returns the control planes among it. */
async function grow(
  ctx: FlowContext,
  { state, plan, machineConfigs, controlPlanes, own }: Growth,
): Promise<readonly NodeServer[]> {
  const { step } = ctx;
  if (plan.add.length === 0 || !machineConfigs) return [];
  const userData = await keepMachineConfigs(ctx, machineConfigs);
  const groupIds =
    plan.groups.length === 0
      ? new Map<string, number>()
      : await step('Create the placement groups', (io) =>
          ensurePlacementGroups(ctx, plan.groups, io),
        );
  const prerequisites = { ...existingPrerequisites(state), groupIds, userData };
  const isControlPlane = plan.role === 'control-plane';
  const built = await buildImages(ctx, { builds: plan.builds, own });
  const servers = withImages(plan.add, built);
  const ordering = new ServerOrdering(ctx, servers);
  const work = { servers, prerequisites, ordering, start: !isControlPlane };
  const nodes = await step(
    isControlPlane ? 'Create the control planes' : 'Create the workers',
    (io) => ensureServers(ctx, work, io),
  );
  if (isControlPlane) await joinInTurn(ctx, nodes, controlPlanes);
  await step('Wait until the nodes are Ready', (io) => waitForNodes(ctx, nodes, io));
  return isControlPlane ? nodes : [];
}

/** What servers are created with; a cluster that lacks a part of it is not complete. */
function existingPrerequisites(
  state: ClusterState,
): Omit<ServerPrerequisites, 'userData' | 'groupIds'> {
  const { network, firewall, sshKey } = state;
  if (network && firewall && sshKey) {
    return { networkId: network.id, firewallId: firewall.id, sshKeyId: sshKey.id };
  }
  throw new PreconditionError(
    'the cluster lacks its network, its firewall or its SSH key',
    `${oxide`create`} makes what is missing.`,
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
  if (plan.leaves.length > 0) {
    await ctx.step('Mark what stays', () => markAsLeft(ctx, plan.leaves));
  }
  const { drainTimeoutMs, wish } = options;
  const shared = {
    others,
    drainTimeoutMs,
    force: wish.force,
    drains: limitConcurrency(drainsAtATime(plan)),
    acts: nodeActs(ctx, others),
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
