import { isUnfinished } from '../../cluster/plan/planned-servers.js';
import type { Plan } from '../../cluster/plan/plan.js';
import type { ClusterState } from '../../cluster/state/cluster-state.js';
import type { EtcdSeen } from '../../cluster/talos/etcd.js';
import { writeTalosconfig } from '../access/access-files.js';
import { ensureServers, type ServersWork } from '../hetzner/servers.js';
import type { FlowContext } from '../run/context.js';
import { controlPlanesOf, type NodeServer } from '../run/node-server.js';
import { settleEtcd } from './etcd-look.js';
import { readyForJoins } from './ready-for-joins.js';

export interface EtcdWork extends Pick<ServersWork, 'prerequisites' | 'ordering'> {
  readonly state: ClusterState;
  readonly plan: Plan;
  /** What was seen before the plan. */
  readonly etcd: EtcdSeen;
}

/**
 * Nothing is ordered before it is known whether etcd runs and, where it does, that another control
 * plane can join. Those that exist are finished and started for that.
 */
export async function ensureKnownEtcd(ctx: FlowContext, work: EtcdWork): Promise<EtcdSeen> {
  const { state, plan, etcd, ...orders } = work;
  const servers = plan.servers.filter(
    ({ role, existing }) => role === 'control-plane' && existing !== undefined,
  );
  if (etcd.kind === 'none' || servers.length === 0) return { kind: 'none' };
  const finished = servers.some(({ existing }) => existing && isUnfinished(existing))
    ? await ctx.step('Start the control planes', (io) =>
        ensureServers(ctx, { servers, ...orders }, io),
      )
    : [];
  const nodes = updated(controlPlanesOf(state), finished);
  await writeTalosconfig(ctx, nodes);
  const seen =
    etcd.kind === 'running' && finished.length === 0
      ? etcd
      : await ctx.step('Ask the control planes for etcd', (io) => settleEtcd(ctx, nodes, io));
  if (seen.kind === 'running') await readyForJoins(ctx, { plan, nodes, seen });
  return seen;
}

/** The same control planes as they are after some were finished. */
function updated(
  nodes: readonly NodeServer[],
  finished: readonly NodeServer[],
): readonly NodeServer[] {
  const others = nodes.filter(({ id }) => !finished.some((node) => node.id === id));
  return [...others, ...finished].sort((a, b) => a.index - b.index);
}
