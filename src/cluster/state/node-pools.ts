import type { ClusterConfig, PoolConfig } from '../../config/schema.js';
import type { Role } from './cluster-state.js';

/** A pool of cluster.yaml with its role and its place there. */
export interface RolePool {
  readonly role: Role;
  readonly pool: PoolConfig;
  /** As `workers.0`. */
  readonly path: string;
}

/** All pools of cluster.yaml, control planes first. */
export function poolsOf(config: ClusterConfig): readonly RolePool[] {
  return [
    ...config.control_planes.map((pool, i): RolePool => ({
      role: 'control-plane',
      pool,
      path: `control_planes.${i}`,
    })),
    ...config.workers.map((pool, i): RolePool => ({ role: 'worker', pool, path: `workers.${i}` })),
  ];
}
