import type { ClusterState } from '../cluster/state/cluster-state.js';
import { publishedAddress, type LoadBalancerState } from '../cluster/state/load-balancer.js';
import type { EtcdSeen } from '../cluster/talos/etcd.js';
import type { Plan } from '../cluster/plan/plan.js';
import { inParallel } from '../lib/parallel.js';
import type { OwnAddresses } from '../steps/access/own-address.js';
import { ensureFirewall } from '../steps/hetzner/firewall.js';
import { ensureLoadBalancer } from '../steps/hetzner/load-balancer.js';
import { ensureNetwork } from '../steps/hetzner/network.js';
import { ensurePlacementGroups } from '../steps/hetzner/placement-groups.js';
import type { ServerPrerequisites } from '../steps/hetzner/servers.js';
import { ensureSshKey } from '../steps/hetzner/ssh-key.js';
import type { FlowContext } from '../steps/run/context.js';
import type { ClusterLease } from '../steps/run/lease.js';
import {
  generateMachineConfigs,
  keepMachineConfigs,
  type MachineConfigs,
} from '../steps/talos/machine-configs.js';
import { ensureSecrets } from '../steps/talos/secrets.js';

/** What a create goes by. */
export interface CreateWork {
  readonly state: ClusterState;
  readonly plan: Plan;
  /** Of cluster.yaml as it is. */
  readonly checked: MachineConfigs;
  readonly etcd: EtcdSeen;
  readonly own: OwnAddresses;
  readonly lease: ClusterLease;
}

/**
 * New nodes of a running cluster get the versions that it runs, whatever cluster.yaml says; the
 * configurations that were checked are those of the file, and of the time before a load balancer
 * had addresses.
 */
async function withVersionsOf(
  ctx: FlowContext,
  { plan: { differences, balancer: planned }, checked }: CreateWork,
  balancer: LoadBalancerState | undefined,
): Promise<MachineConfigs> {
  // Of addons those may be left out that the nodes which are there cannot have.
  const running = ['talos.version', 'talos.kubernetes_version', 'addons'];
  if (differences.some(({ key }) => running.includes(key))) {
    return ctx.step('Generate the machine configurations for the versions that run', (io) =>
      generateMachineConfigs(ctx, balancer, io),
    );
  }
  if (!balancer || planned?.existing) return checked;
  return ctx.step("Generate the machine configurations with the load balancer's addresses", (io) =>
    generateMachineConfigs(ctx, balancer, io),
  );
}

/** What the servers are made with. */
export interface Prepared extends ServerPrerequisites {
  /** The load balancer before the control planes; undefined: none. */
  readonly balancer: LoadBalancerState | undefined;
}

/** What the servers need before the first of them is ordered. */
export async function prepare(ctx: FlowContext, work: CreateWork): Promise<Prepared> {
  const { step } = ctx;
  const { state, plan, checked, lease } = work;
  const caFingerprint = await step("Keep the cluster's secrets", (io) =>
    ensureSecrets(ctx, checked.madeSecrets, io),
  );
  // Before all else: its name is unique in the project, so of two runs that begin at once one stops.
  const network = await step('Create the private network', (io) =>
    ensureNetwork(ctx, { state, planned: plan.network, caFingerprint, lease }, io),
  );
  const [firewallId, sshKeyId, groupIds, { balancer, userData }] = await inParallel(
    step('Create the firewall', (io) =>
      ensureFirewall(ctx, { state, rules: plan.firewallRules }, io),
    ),
    step('Create the SSH key', (io) => ensureSshKey(ctx, state, io)),
    groupsFor(ctx, plan),
    configured(ctx, work, network.id),
  );
  return { networkId: network.id, firewallId, sshKeyId, groupIds, userData, balancer };
}

/** The load balancer goes before the machine configurations: its addresses are in them. */
async function configured(
  ctx: FlowContext,
  work: CreateWork,
  networkId: number,
): Promise<Pick<Prepared, 'balancer' | 'userData'>> {
  const { balancer: planned } = work.plan;
  const controlPlaneIds = work.state.servers
    .filter(({ role }) => role === 'control-plane')
    .map(({ id }) => id);
  const balancer =
    planned &&
    (await ctx.step('Create the load balancer', (io) =>
      ensureLoadBalancer(ctx, { planned, controlPlaneIds, networkId }, io),
    ));
  ctx.apiServers.publish(publishedAddress(balancer));
  const machineConfigs = await withVersionsOf(ctx, work, balancer);
  return { balancer, userData: await keepMachineConfigs(ctx, machineConfigs) };
}

async function groupsFor(ctx: FlowContext, { groups }: Plan): Promise<ReadonlyMap<string, number>> {
  if (groups.length === 0) return new Map();
  return ctx.step('Create the placement groups', (io) => ensurePlacementGroups(ctx, groups, io));
}
