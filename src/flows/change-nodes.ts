import type { PlannedGroup } from '../cluster/plan/plan.js';
import type { PlannedServer } from '../cluster/plan/planned-servers.js';
import type { ClusterState, Role, ServerState } from '../cluster/state/cluster-state.js';
import type { LoadBalancerState } from '../cluster/state/load-balancer.js';
import type { OwnedResource } from '../cluster/state/owned-resources.js';
import { limitConcurrency, settleAll } from '../lib/concurrency-limit.js';
import { oxide } from '../lib/commands.js';
import { PreconditionError } from '../lib/errors.js';
import { ensurePlacementGroups } from '../steps/hetzner/placement-groups.js';
import { untilOneCanBeMade, type ImageSource } from '../steps/hetzner/image-source.js';
import { ServerOrdering } from '../steps/hetzner/server-ordering.js';
import { ensureServers, type ServerPrerequisites } from '../steps/hetzner/servers.js';
import { nodeActs } from '../steps/kubernetes/node-acts.js';
import { removeNode } from '../steps/kubernetes/node-removal.js';
import { waitForNodes } from '../steps/kubernetes/nodes.js';
import { markAsLeft } from '../steps/ownership/attachments.js';
import { leadBalancer } from './lead-balancer.js';
import type { FlowContext } from '../steps/run/context.js';
import { addressed, type NodeServer } from '../steps/run/node-server.js';
import { backUpEtcd } from '../steps/talos/etcd.js';
import { joinInTurn } from '../steps/talos/join-etcd.js';
import { keepMachineConfigs, type MachineConfigs } from '../steps/talos/machine-configs.js';

export interface NewNodes {
  readonly state: ClusterState;
  readonly role: Role;
  readonly servers: readonly PlannedServer[];
  /** The placement groups that they are made in. */
  readonly groups: readonly PlannedGroup[];
  readonly machineConfigs: MachineConfigs;
  /** Those that answer and stay. */
  readonly controlPlanes: readonly NodeServer[];
  /** Where those get theirs whose image is being made. */
  readonly images: ImageSource;
}

/** Makes nodes of one role and waits until they are Ready, control planes also until they are voters. */
export async function makeNodes(ctx: FlowContext, made: NewNodes): Promise<readonly NodeServer[]> {
  const { step } = ctx;
  const { state, role, servers, groups, machineConfigs, controlPlanes, images } = made;
  const userData = await keepMachineConfigs(ctx, machineConfigs);
  const groupIds =
    groups.length === 0
      ? new Map<string, number>()
      : await step('Create the placement groups', (io) => ensurePlacementGroups(ctx, groups, io));
  const prerequisites = { ...existingPrerequisites(state), groupIds, userData, images };
  const isControlPlane = role === 'control-plane';
  const ordering = new ServerOrdering(ctx, servers);
  const work = { servers, prerequisites, ordering, start: !isControlPlane };
  await untilOneCanBeMade(servers, images);
  const nodes = await step(
    isControlPlane ? 'Create the control planes' : 'Create the workers',
    (io) => ensureServers(ctx, work, io),
  );
  if (isControlPlane) await joinInTurn(ctx, nodes, controlPlanes);
  await step('Wait until the nodes are Ready', (io) => waitForNodes(ctx, nodes, io));
  if (isControlPlane && state.balancer) await leadBalancer(ctx, state.balancer, nodes);
  return nodes;
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

export interface GoingNodes {
  readonly role: Role;
  /** In the order in which they go. */
  readonly remove: readonly ServerState[];
  /** The load balancer before the control planes; undefined: none. */
  readonly balancer: LoadBalancerState | undefined;
  /** What hangs on them and stays. */
  readonly leaves: readonly OwnedResource[];
  /** Control planes that answer and stay. */
  readonly others: readonly NodeServer[];
  readonly drainTimeoutMs: number;
  /** Neither drains nor asks the nodes: for dead ones. */
  readonly force: boolean;
  /** Nodes that are drained at the same time. */
  readonly atATime: number;
}

/** Control planes go one by one, workers side by side, each as its own transaction. */
export async function removeNodes(ctx: FlowContext, going: GoingNodes): Promise<void> {
  const { role, remove, leaves, others, balancer, drainTimeoutMs, force, atATime } = going;
  if (remove.length === 0) return;
  if (leaves.length > 0) await ctx.step('Mark what stays', () => markAsLeft(ctx, leaves));
  const drains = limitConcurrency(atATime);
  const acts = nodeActs(ctx, others);
  const shared = { others, balancer, drainTimeoutMs, force, drains, acts };
  const removal = (leaving: ServerState, later: readonly ServerState[]) =>
    ctx.step(`Remove ${leaving.name}`, (io) =>
      removeNode(ctx, { ...shared, leaving, later: later.map(addressed) }, io),
    );
  if (role === 'worker') {
    await settleAll(remove.map((leaving) => removal(leaving, [])));
    return;
  }
  await ctx.step('Back up etcd', (io) => backUpEtcd(ctx, others, io));
  for (const [i, leaving] of remove.entries()) await removal(leaving, remove.slice(i + 1));
}
