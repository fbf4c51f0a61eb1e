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

/** Of control planes that carry taints of their own beside that of their role. */
export function ownTolerations({ control_planes }: ClusterConfig): readonly object[] {
  const taints = control_planes.flatMap((pool) => pool.taints);
  const keys = new Set(
    taints.flatMap(({ key, effect }) => (effect === 'PreferNoSchedule' ? [] : [key])),
  );
  return [...keys].map((key) => ({ key, operator: 'Exists' }));
}

/** Pods that belong on control planes, whether or not these take others. */
export function onControlPlanes(config: ClusterConfig) {
  return {
    ...onEachControlPlane,
    tolerations: [...onEachControlPlane.tolerations, ...ownTolerations(config)],
  };
}

const onEachControlPlane = {
  nodeSelector: { 'node-role.kubernetes.io/control-plane': '' },
  tolerations: [
    { key: 'node-role.kubernetes.io/control-plane', operator: 'Exists', effect: 'NoSchedule' },
  ],
};
