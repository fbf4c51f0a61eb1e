import { nodeName } from '../cluster/state/names.js';
import { labelProblem } from './node-restriction.js';
import type { RuleProblem } from './rule-problem.js';
import type { ClusterConfig, PoolConfig } from './schema.js';
import type { Path } from './source.js';

const etcdMaximum = 9;
const nodeNameMaximum = 63;

export function controlPlaneCount(config: ClusterConfig): readonly RuleProblem[] {
  const total = nodesOf(config.control_planes);
  if (total % 2 === 1 && total <= etcdMaximum) return [];
  const reason =
    total === 0
      ? 'at least one control plane is needed'
      : total > etcdMaximum
        ? `the counts add up to ${total}, at most ${etcdMaximum} control planes are possible`
        : `the counts add up to ${total}; etcd needs an odd number of control planes, ` +
          `because ${total} survive no more failures than ${total - 1}`;
  return [{ path: ['control_planes'], reason }];
}

export function uniquePools(config: ClusterConfig): readonly RuleProblem[] {
  const seen = new Set<string>();
  return poolPaths(config).flatMap(({ path, pool }) => {
    if (seen.has(pool.name)) {
      return [{ path: [...path, 'name'], reason: `another pool is called "${pool.name}" too` }];
    }
    seen.add(pool.name);
    return [];
  });
}

export function nodeNames(config: ClusterConfig): readonly RuleProblem[] {
  return poolPaths(config).flatMap(({ path, pool }) => {
    const longest = nodeName(config.cluster_name, pool.name, Math.max(1, pool.count));
    if (longest.length <= nodeNameMaximum) return [];
    const reason =
      `the node name "${longest}" would have ${longest.length} characters ` +
      `(at most ${nodeNameMaximum}): shorten the cluster's or the pool's name`;
    return [{ path: [...path, 'name'], reason }];
  });
}

/** One server type or an ordered list of them. */
export function typeChoice(config: ClusterConfig): readonly RuleProblem[] {
  return poolPaths(config).flatMap(({ path, pool: { server_type: one, server_types: many } }) => {
    if (one === undefined && many === undefined) {
      return [{ path: [...path, 'server_type'], reason: 'is required' }];
    }
    return fallbackProblems([...path, 'server_types'], { one, many, instead: 'server_type' });
  });
}

/** One location or an ordered list of them; neither means the one of the cluster. */
export function locationChoice(config: ClusterConfig): readonly RuleProblem[] {
  return poolPaths(config).flatMap(({ path, pool: { location: one, locations: many } }) =>
    fallbackProblems([...path, 'locations'], { one, many, instead: 'location' }),
  );
}

interface Fallbacks {
  readonly one: string | undefined;
  readonly many: readonly string[] | undefined;
  /** The key that takes one only. */
  readonly instead: string;
}

function fallbackProblems(path: Path, { one, many = [], instead }: Fallbacks): RuleProblem[] {
  const twice = many.flatMap((name, index) =>
    many.indexOf(name) === index
      ? []
      : [{ path: [...path, index], reason: `"${name}" is there twice` }],
  );
  if (one === undefined || many.length === 0) return twice;
  return [{ path, reason: `is not allowed beside ${instead}: keep one of the two` }, ...twice];
}

export function workerLabels(config: ClusterConfig): readonly RuleProblem[] {
  return config.workers.flatMap((pool, index) =>
    Object.keys(pool.labels).flatMap((key) => {
      const reason = labelProblem(key);
      return reason === undefined ? [] : [{ path: ['workers', index, 'labels', key], reason }];
    }),
  );
}

/** Talos keeps a node's taints by key, so that a second one would replace the first. */
export function uniqueTaints(config: ClusterConfig): readonly RuleProblem[] {
  return poolPaths(config).flatMap(({ path, pool: { taints } }) =>
    taints.flatMap(({ key }, index) => {
      if (taints.findIndex((taint) => taint.key === key) === index) return [];
      return [{ path: [...path, 'taints', index], reason: `the key "${key}" is there twice` }];
    }),
  );
}

function poolPaths(config: ClusterConfig): readonly { path: Path; pool: PoolConfig }[] {
  return [
    ...config.control_planes.map((pool, i) => ({ path: ['control_planes', i], pool })),
    ...config.workers.map((pool, i) => ({ path: ['workers', i], pool })),
  ];
}

/** How many nodes the pools have together. */
export function nodesOf(pools: readonly PoolConfig[]): number {
  return pools.reduce((sum, pool) => sum + pool.count, 0);
}
