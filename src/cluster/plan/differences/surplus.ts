import type { ClusterConfig } from '../../../config/schema.js';
import { isCommand, oxide } from '../../../lib/commands.js';
import { plural } from '../../../lib/format.js';
import { endpointAddress } from '../../network/api-endpoint.js';
import type { ClusterState, ServerState } from '../../state/cluster-state.js';
import { poolsOf } from '../../state/node-pools.js';
import { surplusServers } from './drift.js';

/** Servers that cluster.yaml does not ask for, of one pool. */
export interface Surplus {
  /** `1 server more than cluster.yaml asks for: demo-web-2` */
  readonly message: string;
  /** What to do: `oxide scale worker --pool web --count 1 removes what is too much`. */
  readonly hint: string;
}

/** What every pool has beyond cluster.yaml, and what to do about it. */
export function surplusOf(config: ClusterConfig, state: ClusterState): readonly Surplus[] {
  const surplus = surplusServers(config, state);
  const ways = surplus.map((server) => wayOut(config, state, server));
  return [...new Set(ways)].map((way) => {
    const names = surplus.filter((_, i) => ways[i] === way).map(({ name }) => name);
    const message = `${plural(names.length, 'server')} more than cluster.yaml asks for: ${names.join(', ')}`;
    return { message, hint: isRemoval(way) ? `${way} removes what is too much` : way };
  });
}

/** Whether it is a command that removes servers; some cannot be removed. */
export function isRemoval(way: string): boolean {
  return isCommand(way);
}

/**
 * What brings a pool to its size: `oxide scale worker --pool web --count 1`. The control plane at the
 * address that all nodes use stays: a pool that loses its name with it gets that back.
 */
export function wayOut(
  config: ClusterConfig,
  state: ClusterState,
  { role, pool }: ServerState,
): string {
  const asked = poolsOf(config).find((one) => one.role === role && one.pool.name === pool);
  const endpoint = endpointAddress(config);
  const holder = state.servers.find(
    (one) => one.role === role && one.pool === pool && one.privateIp === endpoint,
  );
  if (!asked && role === 'control-plane' && holder) {
    return `name the pool ${pool} in control_planes again: ${holder.name} has ${endpoint}, the address at which all nodes know the Kubernetes API, and stays`;
  }
  return oxide`scale ${role} --pool ${pool} --count ${asked?.pool.count ?? 0}`;
}
