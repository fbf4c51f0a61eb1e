import type { ClusterConfig, PoolConfig } from '../config/schema.js';

/** How many nodes of these pools take pods that tolerate none but the taints of control planes. */
export function tolerantNodes(pools: readonly PoolConfig[]): number {
  return pools
    .filter(({ taints }) => taints.every(({ effect }) => effect === 'PreferNoSchedule'))
    .reduce((sum, { count }) => sum + count, 0);
}

/** How many nodes take ordinary pods: workers, or the control planes where there are none. */
export function ordinaryNodes({ workers, control_planes }: ClusterConfig): number {
  const hasWorkers = workers.some(({ count }) => count > 0);
  return tolerantNodes(hasWorkers ? workers : control_planes);
}

/** Pods that belong on control planes, whether or not these take others. */
export const onControlPlanes = {
  nodeSelector: { 'node-role.kubernetes.io/control-plane': '' },
  tolerations: [
    { key: 'node-role.kubernetes.io/control-plane', operator: 'Exists', effect: 'NoSchedule' },
  ],
};
