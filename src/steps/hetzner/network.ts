import { networkLabels } from '../../cluster/state/labels.js';
import type { PlannedNetwork } from '../../cluster/plan/plan.js';
import type { ClusterState, NetworkState } from '../../cluster/state/cluster-state.js';
import type { StepIo } from '../../lib/step.js';
import { withinLimits } from './account-limits.js';
import type { FlowContext } from '../run/context.js';
import { toNetwork } from '../run/api-objects.js';
import type { ClusterLease } from '../run/lease.js';
import { checkAuthority } from '../ownership/secrets-owner.js';

export interface NetworkWish {
  readonly state: ClusterState;
  readonly planned: PlannedNetwork;
  /** Of the cluster's certificate authority: the network's label ties the secrets to the cluster. */
  readonly caFingerprint: string;
  readonly lease: ClusterLease;
}

/** The cluster's private network with its subnet; an existing one is taken as it is. */
export async function ensureNetwork(
  ctx: FlowContext,
  { state, planned, caFingerprint, lease }: NetworkWish,
  io: StepIo,
): Promise<NetworkState> {
  const subnet = {
    type: 'cloud' as const,
    ip_range: planned.subnetCidr,
    network_zone: planned.zone,
  };
  if (!state.network) {
    const order = {
      name: planned.name,
      ip_range: planned.cidr,
      subnets: [subnet],
      labels: { ...networkLabels(ctx.config.cluster_name, caFingerprint), ...lease.labels() },
    };
    const { network, actions } = await withinLimits(
      ctx,
      () => ({ network: 1 }),
      () => ctx.hetzner.createNetwork(order),
    );
    // Another run may have made it a moment before: the API client adopts what is this cluster's.
    lease.made(network);
    await ctx.actions.wait(actions, 'the network');
    checkAuthority(ctx, { caFingerprint }, network.labels);
    io.summary(`${planned.cidr}, id ${network.id}`);
    return toNetwork(network);
  }
  const { network } = state;
  if (!network.subnets.some(({ cidr }) => cidr === planned.subnetCidr)) {
    await ctx.actions.wait(await ctx.hetzner.addSubnet(network.id, subnet), 'the subnet');
  }
  io.summary(`exists, id ${network.id}`);
  return network;
}
