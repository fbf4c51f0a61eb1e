import { oxide } from '../../../lib/commands.js';
import { PreconditionError, UsageError } from '../../../lib/errors.js';
import { enumerate, enumerateNames } from '../../../lib/format.js';
import type { ServerState } from '../../state/cluster-state.js';
import { labelKeys } from '../../state/labels.js';
import { poolsOf, type RolePool } from '../../state/node-pools.js';
import { nodeOfServer } from '../../state/nodes.js';
import { differencesOf } from '../differences/differ.js';
import type { Difference } from '../difference.js';
import { missingServers } from '../differences/drift.js';
import { settledRules } from '../differences/firewall-differences.js';
import { freeIndices, wantedServer } from '../planned-servers.js';
import { chosen, type Replacement } from './replace-choice.js';
import type { RunningCluster } from '../scale/scale-input.js';
import { fromCluster } from '../scale/scale-notes.js';
import { rollMark } from '../replacement-marks.js';

/** How the nodes of a pool are made anew. */
export interface RollWish {
  readonly pool: string;
  /** Also nodes that are as cluster.yaml has them. */
  readonly all: boolean;
  /** A new node is Ready before an old one goes; undefined: where that can be. */
  readonly surge: boolean | undefined;
  /** How many nodes are away at the same time; undefined: one. */
  readonly maxUnavailable: number | undefined;
  /** Neither drains nor asks nodes: for dead ones. */
  readonly force: boolean;
}

/** Which nodes of a pool are made anew, and in which way. */
export interface RollChoice {
  readonly mark: string;
  readonly found: readonly Replacement[];
  /** How many are away at the same time. */
  readonly together: number;
  /** Why: what only new nodes get. */
  readonly differences: readonly Difference[];
}

/**
 * The nodes of the pool that are not as cluster.yaml has them, as far as new nodes get it, and those
 * that a stopped roll has begun with. Facts say who they are, so that the same command goes on.
 */
export function chooseRoll(input: RunningCluster, wish: RollWish): RollChoice {
  const rolePool = poolCalled(input, wish.pool);
  checkWish(rolePool, wish);
  const servers = serversOf(input, rolePool);
  const mark = wish.all ? `all-${wish.pool}` : rollMark;
  const differences = wish.all ? [] : rollDifferences(input, servers);
  const outdated = servers.filter(
    ({ name }) => wish.all || differences.some((one) => one.servers.includes(name)),
  );
  const begun = servers.filter((server) => markOf(server)?.startsWith(`${mark}.`));
  // What was never there is made by a create: only a roll that was stopped has taken nodes out, at
  // times all of them.
  const isStopped = begun.length > 0 || servers.length === 0;
  const taken = isStopped ? missingOf(input, rolePool) : [];
  const made = begun.filter(
    (server) => !outdated.includes(server) && markOf(server) !== `${mark}.old`,
  );
  if (!wish.force) {
    demandReady(
      input,
      servers.filter((server) => !outdated.includes(server) && !made.includes(server)),
    );
  }
  const again = (names: readonly string[]): readonly Replacement[] =>
    chosen({ ...input, names, force: wish.force, ...(wish.all ? {} : { mark }) }, mark);
  const finished = (all: readonly ServerState[]): readonly Replacement[] =>
    all.map((server) => asMade(input, rolePool, server));
  const choice = { mark, differences, together: wish.maxUnavailable ?? 1 };
  if (wish.all) return { ...choice, found: again([...outdated.map(({ name }) => name), ...taken]) };
  const isBeside = rolePool.role === 'worker' && (wish.surge ?? wish.maxUnavailable === undefined);
  if (!isBeside) {
    const names = [...outdated.map(({ name }) => name), ...taken];
    return { ...choice, found: [...finished(made), ...again(names)] };
  }
  const pairs = pairsOf(input, rolePool, { servers, outdated });
  const alone = made.filter(({ id }) => !pairs.some(({ server }) => server.existing?.id === id));
  return { ...choice, found: [...finished(alone), ...again(taken), ...pairs] };
}

/** The label of a node that is to take the place of the one with this index. */
function placeLabel(index: number): string {
  return `${rollMark}.for-${index}`;
}

function markOf({ labels }: ServerState): string | undefined {
  return labels[labelKeys.replacement];
}

function poolCalled({ config }: RunningCluster, name: string): RolePool {
  const pools = poolsOf(config);
  const found = pools.find(({ pool }) => pool.name === name);
  if (found) return found;
  throw new UsageError(
    `cluster.yaml has no pool "${name}"`,
    `Its pools are ${enumerate(pools.map(({ pool }) => pool.name))}.`,
  );
}

/** A control plane keeps its address, which its successor cannot have while it is there. */
function checkWish({ role, pool }: RolePool, { surge, maxUnavailable, all }: RollWish): void {
  if (role === 'control-plane' && (surge === true || (maxUnavailable ?? 1) > 1)) {
    throw new UsageError(
      `the nodes of ${pool.name} are control planes: each is made anew in its place, and one at a time`,
      'Its successor gets its address, by which nodes and certificates know it, and etcd has to agree before the next one goes. Leave out --surge and --max-unavailable.',
    );
  }
  if (surge === true && (maxUnavailable !== undefined || all)) {
    throw new UsageError(
      `--surge 1 goes with neither --max-unavailable nor --all`,
      'With --surge a new node is Ready before an old one goes; without it each is made anew in its place.',
    );
  }
}

function serversOf({ state }: RunningCluster, { role, pool }: RolePool): readonly ServerState[] {
  return state.servers
    .filter((one) => one.role === role && one.pool === pool.name)
    .sort((a, b) => a.index - b.index);
}

/** Differences that are gone when a node is made anew: versions are the cluster's, whatever the file says. */
function rollDifferences(
  input: RunningCluster,
  servers: readonly ServerState[],
): readonly Difference[] {
  const { config, state, known } = input;
  const installed = 'is' in input.installed ? input.installed.is : undefined;
  const firewallRules = settledRules(config, state);
  return differencesOf({ config, state, known, installed, firewallRules })
    .filter(({ by }) => by === 'replace' || by === 'apply')
    .filter(({ key }) => !fromCluster.includes(key))
    .filter((one) => one.servers.some((name) => servers.some((server) => server.name === name)));
}

function missingOf({ config, state }: RunningCluster, { role, pool }: RolePool): readonly string[] {
  return missingServers(config, state)
    .filter((one) => one.role === role && one.pool === pool.name)
    .map(({ name }) => name);
}

/** While another node of the pool is not Ready, none is taken away from it. */
function demandReady({ view }: RunningCluster, others: readonly ServerState[]): void {
  const ill = others.filter((server) => nodeOfServer(view.nodes, server)?.ready !== true);
  if (ill.length === 0) return;
  throw new PreconditionError(
    `${enumerateNames(ill.map(({ name }) => name))} of the same pool ${ill.length === 1 ? 'is' : 'are'} not Ready\nNothing was changed.`,
    `How they are: ${oxide`status`}. A node that is dead: ${oxide`repair`} makes it anew.`,
  );
}

/** One that this roll has made: it is waited for, and loses its mark. */
function asMade(
  { config }: RunningCluster,
  rolePool: RolePool,
  existing: ServerState,
): Replacement {
  const server = wantedServer(config, rolePool, existing.index);
  const { privateIp } = existing;
  return {
    ...{ rolePool, old: undefined },
    server: { ...server, candidates: [existing], privateIp, existing },
  };
}

/**
 * Old nodes with the new ones that take their places: the label of the new one says whose it takes,
 * and its index is the lowest one that is free by then. So the pool never has more than one node too
 * many, and a later run finds the pair that a stopped one has left.
 */
function pairsOf(
  input: RunningCluster,
  rolePool: RolePool,
  { servers, outdated }: { servers: readonly ServerState[]; outdated: readonly ServerState[] },
): readonly Replacement[] {
  const used = new Set(servers.map(({ index }) => index));
  const paired = outdated.map((old) => ({
    old,
    made: servers.find((one) => markOf(one) === placeLabel(old.index) && !outdated.includes(one)),
  }));
  // Pairs that are half done first: until then the pool has a node too many.
  const ordered = [...paired].sort(
    (a, b) => Number(a.made === undefined) - Number(b.made === undefined),
  );
  return ordered.map(({ old, made }) => {
    const label = placeLabel(old.index);
    if (made) {
      used.delete(old.index);
      return { ...asMade(input, rolePool, made), old, label };
    }
    const [index = 0] = freeIndices([...used], 1);
    used.add(index).delete(old.index);
    const server = { ...wantedServer(input.config, rolePool, index), privateIp: undefined };
    return { rolePool, old, label, server: { ...server, existing: undefined } };
  });
}
