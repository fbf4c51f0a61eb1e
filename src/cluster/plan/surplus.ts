import type { ClusterConfig } from '../../config/schema.js';
import { plural } from '../../lib/format.js';
import type { ClusterState } from '../state/cluster-state.js';
import { poolsOf } from '../state/node-pools.js';
import { surplusServers } from './drift.js';

/** Servers that cluster.yaml does not ask for, of one pool. */
export interface Surplus {
  /** `1 server more than cluster.yaml asks for: demo-web-2` */
  readonly message: string;
  /** The command that removes them: `oxide scale worker --pool web --count 1`. */
  readonly remedy: string;
}

/** What every pool has beyond cluster.yaml, and the command that removes it. */
export function surplusOf(config: ClusterConfig, state: ClusterState): readonly Surplus[] {
  const surplus = surplusServers(config, state);
  const remedyOf = ({ role, pool }: (typeof surplus)[number]): string => {
    const asked = poolsOf(config).find((one) => one.role === role && one.pool.name === pool);
    return `oxide scale ${role} --pool ${pool} --count ${asked?.pool.count ?? 0}`;
  };
  return [...new Set(surplus.map(remedyOf))].map((remedy) => {
    const names = surplus.filter((one) => remedyOf(one) === remedy).map(({ name }) => name);
    const message = `${plural(names.length, 'server')} more than cluster.yaml asks for: ${names.join(', ')}`;
    return { message, remedy };
  });
}
