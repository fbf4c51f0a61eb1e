import type { ClusterConfig } from '../../config/schema.js';
import { eitherCloud, tool } from '../../lib/commands.js';
import { PreconditionError } from '../../lib/errors.js';
import { plural } from '../../lib/format.js';
import { placementLabels, readPlacement } from '../state/labels.js';
import { nodeName, sharedResourceName } from '../state/names.js';
import { poolsOf } from '../state/node-pools.js';
import type { ClusterState, Labels, PlacementGroupState, Role } from '../state/cluster-state.js';
import type { Change, PlannedGroup } from './plan.js';
import type { PlannedServer } from './planned-servers.js';

/** Hetzner's limits (docs, "Placement groups"): of servers in a spread group, of groups in a project. */
const serversPerGroup = 10;
const groupsPerProject = 50;

/** Servers with the groups that they are made in, and these groups. */
export interface Placement {
  readonly servers: readonly PlannedServer[];
  readonly groups: readonly PlannedGroup[];
}

/** Whose servers a group holds: those of one pool, or all control planes. */
type Crowd = Pick<PlannedServer, 'role' | 'pool'>;

/**
 * Puts each new server into a group of its pool, or of the control planes: first into those that
 * have free places. Throws when the project may not have so many groups.
 */
export function placeServers(
  config: ClusterConfig,
  state: ClusterState,
  servers: readonly PlannedServer[],
): Placement {
  const turns = servers.map((server) => ({ server, leaves: undefined }));
  return placeInTurn(config, state, turns);
}

/** A server that comes, and the id of the one that goes afterwards and leaves its place. */
interface Turn {
  readonly server: PlannedServer;
  readonly leaves: number | undefined;
}

/** The same for servers that come one after the other, each before another one goes. */
export function placeInTurn(
  config: ClusterConfig,
  state: ClusterState,
  turns: readonly Turn[],
): Placement {
  const places = new Places(config.cluster_name, state);
  const placed = turns.map(({ server, leaves }): PlannedServer => {
    const { placement } = poolOf(config, server) ?? { placement: 'none' };
    const isNew = !server.existing && placement !== 'none';
    const group = isNew
      ? { name: places.take(server), isMust: placement === 'spread' }
      : server.group;
    if (leaves !== undefined) places.leave(leaves);
    return { ...server, group };
  });
  const added = places.groups.filter(({ id }) => id === undefined);
  checkGroups(state, added);
  return { servers: placed, groups: places.groups };
}

class Places {
  readonly #cluster: string;
  readonly #state: ClusterState;
  readonly #used = new Map<string, PlannedGroup>();
  /** How many servers each of the cluster's has, by its name. */
  readonly #members: Map<string, number>;

  constructor(cluster: string, state: ClusterState) {
    this.#cluster = cluster;
    this.#state = state;
    this.#members = new Map(
      state.placementGroups.map(({ name, serverIds }) => [name, serverIds.length]),
    );
  }

  /** Those that servers were put into. */
  get groups(): readonly PlannedGroup[] {
    return [...this.#used.values()];
  }

  /** Takes a place for a server. Returns the name of its group. */
  take(crowd: Crowd): string {
    const own = groupsOf(this.#state.placementGroups, crowd);
    const group = [...own, ...this.#made(crowd)].find(({ name }) => this.#isFree(name));
    const { id, name, labels } = group ?? this.#another(crowd);
    this.#members.set(name, (this.#members.get(name) ?? 0) + 1);
    this.#used.set(name, { id, name, labels });
    return name;
  }

  /** The place of this server is free from now on. */
  leave(id: number): void {
    const group = this.#state.placementGroups.find(({ serverIds }) => serverIds.includes(id));
    if (group) this.#members.set(group.name, (this.#members.get(group.name) ?? 1) - 1);
  }

  #made(crowd: Crowd): readonly PlannedGroup[] {
    return this.groups.filter(({ id, labels }) => id === undefined && isFor(labels, crowd));
  }

  #isFree(name: string): boolean {
    return (this.#members.get(name) ?? 0) < serversPerGroup;
  }

  /** The first number that is free: groups are known by their labels, and names are for people. */
  #another({ role, pool }: Crowd): PlannedGroup {
    for (let index = 1; ; index++) {
      const name = groupName(this.#cluster, { role, pool, index });
      if (this.#members.has(name) || this.#state.otherGroups.includes(name)) continue;
      return { id: undefined, name, labels: placementLabels(this.#cluster, { role, pool, index }) };
    }
  }
}

/** The group of the control planes is called as the cluster's other things are, of which it has one each. */
function groupName(cluster: string, { role, pool, index }: Crowd & { index: number }): string {
  if (role === 'worker') return nodeName(cluster, pool, index);
  const name = sharedResourceName(cluster);
  return index === 1 ? name : `${name}-${index}`;
}

function isFor(labels: Labels, { role, pool }: Crowd): boolean {
  const placement = readPlacement(labels);
  return placement?.role === role && (role === 'control-plane' || placement.pool === pool);
}

/** Those of a pool, or of the control planes, the first one made first. */
function groupsOf(
  groups: readonly PlacementGroupState[],
  crowd: { readonly role: Role; readonly pool: string },
): readonly PlacementGroupState[] {
  return groups
    .filter(({ labels }) => isFor(labels, crowd))
    .sort((a, b) => (readPlacement(a.labels)?.index ?? 0) - (readPlacement(b.labels)?.index ?? 0));
}

function poolOf(config: ClusterConfig, { role, pool: name }: Crowd) {
  return poolsOf(config).find((one) => one.role === role && one.pool.name === name)?.pool;
}

/** A project may have only so many. */
function checkGroups(
  { placementGroups: own, otherGroups: others }: ClusterState,
  added: readonly PlannedGroup[],
): void {
  const before = own.length + others.length;
  if (added.length === 0 || before + added.length <= groupsPerProject) return;
  throw new PreconditionError(
    `this needs ${plural(added.length, 'more placement group')}, and the project has ${before} of ${groupsPerProject} that Hetzner allows`,
    eitherCloud(
      `Delete groups that nobody needs (${tool`hcloud placement-group list`}), or let pools do without: placement: none in cluster.yaml.`,
      'Let pools do without: placement: none in cluster.yaml.',
    ),
  );
}

/** What has to be made of the groups. */
export function groupChanges(groups: readonly PlannedGroup[]): readonly Change[] {
  return groups
    .filter(({ id }) => id === undefined)
    .map(({ name, labels }): Change => {
      const placement = readPlacement(labels);
      const whose = placement?.role === 'worker' ? placement.pool : 'the control planes';
      return {
        action: 'create',
        kind: 'placement-group',
        name,
        detail: `spreads ${whose} over hosts`,
      };
    });
}

/** A group that nobody is in any more. */
export function groupRemoval({ name, id }: PlacementGroupState): Change {
  return { action: 'delete', kind: 'placement-group', name, detail: `id ${id}, empty then` };
}

/** Groups of the pool that are empty when these servers are gone, and that no new server comes to. */
export function emptiedGroups(
  groups: readonly PlacementGroupState[],
  crowd: { readonly role: Role; readonly pool: string },
  {
    remove,
    used,
  }: { readonly remove: readonly { id: number }[]; readonly used: readonly PlannedGroup[] },
): readonly PlacementGroupState[] {
  const gone = new Set(remove.map(({ id }) => id));
  return groupsOf(groups, crowd).filter(
    ({ id, serverIds }) =>
      serverIds.every((server) => gone.has(server)) && !used.some((one) => one.id === id),
  );
}
