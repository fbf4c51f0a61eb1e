import type { ClusterConfig } from '../../../config/schema.js';
import { oxide } from '../../../lib/commands.js';
import { PreconditionError, UsageError } from '../../../lib/errors.js';
import { enumerate } from '../../../lib/format.js';
import { poolsOf, type RolePool } from '../../state/node-pools.js';
import type { ClusterState, Role, ServerState } from '../../state/cluster-state.js';

/** What the user asks for. */
export interface ScaleWish {
  readonly role: Role;
  /** Undefined: the only pool of the role. */
  readonly pool: string | undefined;
  /** How many nodes the pool shall have. */
  readonly count: number;
  /** Names of nodes that are to go; the rest is chosen. */
  readonly nodes: readonly string[];
  /** Removes nodes without asking them: for dead ones. */
  readonly force: boolean;
}

/** The pool that is scaled. */
export interface ScaledPool {
  readonly name: string;
  readonly role: Role;
  /** Undefined: cluster.yaml has it no more; it can only become smaller. */
  readonly configured: RolePool | undefined;
  readonly servers: readonly ServerState[];
}

/** Finds the pool that is meant. Throws a UsageError that lists the pools when that is not clear. */
export function findPool(config: ClusterConfig, state: ClusterState, wish: ScaleWish): ScaledPool {
  const { role } = wish;
  const configured = poolsOf(config).filter((one) => one.role === role);
  const existing = state.servers.filter((server) => server.role === role);
  const names = [
    ...new Set([...configured.map(({ pool }) => pool.name), ...existing.map(({ pool }) => pool)]),
  ];
  const name = wish.pool ?? onlyOf(names, role);
  if (!names.includes(name)) {
    throw new UsageError(
      `there is no ${role} pool "${name}"`,
      names.length === 0
        ? `cluster.yaml has no ${role} pools.`
        : `The ${role} pools are ${enumerate(names)}.`,
    );
  }
  return {
    name,
    role,
    configured: configured.find(({ pool }) => pool.name === name),
    servers: existing.filter(({ pool }) => pool === name),
  };
}

function onlyOf(names: readonly string[], role: Role): string {
  const [name, another] = names;
  if (name === undefined) {
    throw new UsageError(
      `the cluster has no ${role} pool`,
      'Add one to cluster.yaml: its server type is needed.',
    );
  }
  if (another === undefined) return name;
  throw new UsageError(
    `there are several ${role} pools: ${enumerate(names)}`,
    `Say which one: --pool ${name}`,
  );
}

/** Refuses numbers that no cluster can have. */
export function checkCount(state: ClusterState, pool: ScaledPool, count: number): void {
  if (pool.role === 'control-plane') {
    const elsewhere = state.servers.filter(
      ({ role, pool: name }) => role === 'control-plane' && name !== pool.name,
    );
    if (elsewhere.length + count < 1) {
      throw new UsageError(
        'a cluster has at least one control plane',
        `To delete all of it: ${oxide`destroy`}`,
      );
    }
  }
  if (!pool.configured && count > pool.servers.length) {
    throw new PreconditionError(
      `the pool "${pool.name}" is not in cluster.yaml`,
      'It can only become smaller. Add it to cluster.yaml to make nodes for it.',
    );
  }
}
