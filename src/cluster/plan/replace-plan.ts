import type { ClusterConfig } from '../../config/schema.js';
import { sha256 } from '../../lib/digest.js';
import { PreconditionError, UsageError } from '../../lib/errors.js';
import { enumerate } from '../../lib/format.js';
import type { ImageBuild } from '../catalogue/image-builds.js';
import { validateOrders, type ServerImages } from '../catalogue/order-checks.js';
import { monthlyCost } from '../catalogue/prices.js';
import { controlPlaneAddress, controlPlaneAddresses } from '../network/node-addresses.js';
import type { ClusterState, ServerState } from '../state/cluster-state.js';
import { labelKeys } from '../state/labels.js';
import { poolsOf, type RolePool } from '../state/node-pools.js';
import type { OwnedResource } from '../state/owned-resources.js';
import { removalObjection } from '../talos/etcd.js';
import { missingServers } from './drift.js';
import { demandWayToMembers } from './etcd-plan.js';
import { buildChange } from './create-plan.js';
import { placeServers, type Placement } from './placement.js';
import type { Change, PlannedGroup, ShownPlan } from './plan.js';
import {
  imageOf,
  labelsOf,
  placedServer,
  wantedServer,
  type PlannedServer,
} from './planned-servers.js';
import { refuseDoubtful } from './doubtful-servers.js';
import { checkDrainable, checkProtection, isSpent, serversCalled } from './removal-order.js';
import { nodeNetwork } from './scale-additions.js';
import type { RunningCluster } from './scale-input.js';
import { leftoversOf, movesNote, toStayingEntry } from './scale-leftovers.js';
import { unsafe } from './scale-plan.js';

export interface ReplaceInput extends RunningCluster {
  /** As the user calls them. */
  readonly names: readonly string[];
  /** Neither drains nor asks nodes: for dead ones. */
  readonly force: boolean;
}

/** Nodes that go together before they are made again: one, or all dead control planes. */
export interface Batch {
  /** What is left of those that go. */
  readonly remove: readonly ServerState[];
  readonly make: readonly PlannedServer[];
}

export interface ReplacePlan extends ShownPlan {
  /** cluster.yaml with the versions that the cluster runs. */
  readonly config: ClusterConfig;
  /** In their order. */
  readonly batches: readonly Batch[];
  readonly groups: readonly PlannedGroup[];
  /** Snapshots that are made first. */
  readonly builds: readonly ImageBuild[];
  /** What hangs on the servers that go, and stays. */
  readonly leaves: readonly OwnedResource[];
  /** Names of the nodes, in the order of the batches. */
  readonly nodes: readonly string[];
  /** By what later runs of the same command know what this one has done. */
  readonly mark: string;
}

/** One of the nodes: as it is, and as it is made again. */
interface Replacement {
  readonly old: ServerState | undefined;
  readonly rolePool: RolePool;
  readonly server: Omit<PlannedServer, 'labels' | 'imageId'>;
}

/**
 * What has to be done so that these nodes are made anew, with their names, indices and, for control
 * planes, their private addresses. What an earlier run of the same command has done is not done again.
 */
export function planReplace(input: ReplaceInput): ReplacePlan {
  const { state, catalogue, view, force } = input;
  refuseDoubtful({ config: input.config, state, nodes: view.nodes });
  const { talos, kubernetes } = view.versions;
  const config = {
    ...input.config,
    talos: { ...input.config.talos, version: talos, kubernetes_version: kubernetes },
  };
  const mark = sha256([...new Set(input.names)].sort().join(' ')).slice(0, 12);
  const found = chosen({ ...input, config }, mark);
  const going = found.flatMap(({ old }) => old ?? []);
  checkProtection(going);
  checkDrainable(
    { nodes: view.nodes, wish: { force } },
    going.filter((one) => !isSpent(one, view.nodes)),
  );
  const { servers, groups, builds } = plannedServers({ ...input, config }, found, mark);
  const batches = inBatches(input, found, servers);
  checkEtcd(input, batches);
  const { stays, moves } = leftoversOf(input, going);
  const made = servers.filter(({ existing }) => !existing);
  const staying = state.servers.filter((one) => !going.includes(one));
  return {
    ...{ cluster: config.cluster_name, config, batches, groups, builds, mark },
    nodes: batches.flatMap(({ make }) => make.map(({ name }) => name)),
    leaves: stays,
    stays: stays.map(toStayingEntry),
    changes: [
      ...builds.map((build) => buildChange(build, catalogue)),
      ...batches.flatMap(batchChanges),
    ],
    cost: {
      now: monthlyCost(catalogue, state.servers),
      after: monthlyCost(catalogue, [...staying, ...made]),
    },
    notes: movesNote(moves),
    warnings: [],
  };
}

/** The label of a server that a replacement works on, `old` until it goes and `new` until all is done. */
export function replacementLabel(mark: string, which: 'old' | 'new'): string {
  return `${mark}.${which}`;
}

function stageOf({ labels }: ServerState, mark: string): string | undefined {
  return ['old', 'new'].find((which) => labels[labelKeys.replacement] === `${mark}.${which}`);
}

function chosen(input: ReplaceInput, mark: string): readonly Replacement[] {
  const { state, view, names } = input;
  const isResumed = state.servers.some((one) => stageOf(one, mark) !== undefined);
  const found = new Map<string, Replacement>();
  for (const name of names) {
    const [server] = serversCalled({ pool: state, nodes: view.nodes }, name);
    const one = server
      ? existing(input, server, stageOf(server, mark))
      : missing(input, name, isResumed);
    found.set(one.server.name, one);
  }
  return [...found.values()];
}

function existing(
  { config, state }: ReplaceInput,
  server: ServerState,
  stage: string | undefined,
): Replacement {
  const rolePool = poolsOf(config).find(
    ({ role, pool }) => role === server.role && pool.name === server.pool,
  );
  if (!rolePool) {
    throw new PreconditionError(
      `the pool "${server.pool}" of ${server.name} is not in cluster.yaml`,
      'Add it to cluster.yaml to make nodes for it.',
    );
  }
  const wanted = wantedServer(config, rolePool, server.index);
  const isMade = stage === 'new';
  return {
    rolePool,
    old: isMade ? undefined : server,
    server: {
      ...wanted,
      ...(isMade ? { candidates: [server] } : {}),
      privateIp:
        server.role === 'control-plane'
          ? (server.privateIp ?? freeAddress(config, state, server))
          : undefined,
      existing: isMade ? server : undefined,
    },
  };
}

/** A server that is gone: deleted by hand, or by a run that was stopped before it made it again. */
function missing(input: ReplaceInput, name: string, isResumed: boolean): Replacement {
  const { config, state } = input;
  const inFile = missingServers(config, state);
  const wanted = poolsOf(config)
    .flatMap((rolePool) =>
      Array.from({ length: 100 }, (_, i) => ({
        rolePool,
        server: wantedServer(config, rolePool, i + 1),
      })),
    )
    .find(({ server }) => server.name === name);
  const highest = Math.max(
    ...state.servers.flatMap(({ pool, index }) => (pool === wanted?.server.pool ? [index] : [])),
  );
  const isGap =
    isResumed || inFile.some((one) => one.name === name) || (wanted?.server.index ?? 0) < highest;
  if (!wanted || !isGap) {
    throw new UsageError(
      `the cluster has no node ${name}`,
      `Its nodes are ${enumerate(state.servers.map((one) => one.name))}.`,
    );
  }
  const { rolePool, server } = wanted;
  const privateIp =
    rolePool.role === 'control-plane' ? freeAddress(config, state, server) : undefined;
  return { rolePool, old: undefined, server: { ...server, privateIp, existing: undefined } };
}

/**
 * The address of a control plane that has none: those of the others leave gaps, and who has none
 * gets them in the order of the indices.
 */
function freeAddress(
  config: ClusterConfig,
  state: ClusterState,
  { name, index }: { readonly name: string; readonly index: number },
): string | undefined {
  const others = [...missingServers(config, state), ...state.servers].filter(
    (one) =>
      one.role === 'control-plane' &&
      one.name !== name &&
      !('privateIp' in one && one.privateIp !== undefined),
  );
  const holders = [...others, { name, index }]
    .sort((a, b) => a.index - b.index)
    .map((one) => ({ name: one.name, privateIp: undefined }));
  const taken = state.servers.flatMap(({ privateIp }) => privateIp ?? []);
  return controlPlaneAddresses({ network: nodeNetwork(config), holders, taken }).get(name);
}

/** The servers as they are made, in the state in which the old ones are gone. */
function plannedServers(
  { config, state, catalogue }: ReplaceInput,
  found: readonly Replacement[],
  mark: string,
): Placement & { readonly builds: readonly ImageBuild[] } {
  const gone = new Set(found.flatMap(({ old }) => old?.id ?? []));
  const after: ClusterState = {
    ...state,
    servers: state.servers.filter(({ id }) => !gone.has(id)),
    placementGroups: state.placementGroups.map((group) => ({
      ...group,
      serverIds: group.serverIds.filter((id) => !gone.has(id)),
    })),
  };
  const pools = new Set(found.flatMap((one) => (one.server.existing ? [] : one.rolePool)));
  const orders = [...pools].map((rolePool) => ({
    ...rolePool,
    count: found.filter((one) => one.rolePool === rolePool && !one.server.existing).length,
  }));
  const { images, builds }: ServerImages =
    orders.length === 0
      ? { images: new Map(), builds: [] }
      : validateOrders({ config, state, catalogue }, orders);
  const servers = found.map(({ rolePool, server }): PlannedServer => {
    if (server.existing) return { ...server, labels: server.existing.labels, imageId: undefined };
    const placed = { ...server, ...placedServer(catalogue, server) };
    const labels = {
      ...labelsOf(config, rolePool, placed),
      [labelKeys.replacement]: replacementLabel(mark, 'new'),
    };
    return { ...placed, labels, ...imageOf(placed, { images, catalogue }) };
  });
  return { ...placeServers(config, after, servers), builds };
}

/**
 * Dead control planes first and together, because etcd takes nobody in while a voter is ill; then
 * workers, then control planes, the one at the address that all nodes use last.
 */
function inBatches(
  { config, view }: ReplaceInput,
  found: readonly Replacement[],
  servers: readonly PlannedServer[],
): readonly Batch[] {
  const endpointIp = controlPlaneAddress(nodeNetwork(config), 0);
  const both = servers.flatMap((make, i) => {
    const one = found[i];
    return one ? [{ make, old: one.old }] : [];
  });
  const isDead = ({ make, old }: (typeof both)[number]): boolean =>
    make.role === 'control-plane' &&
    !view.etcd.some(({ server, healthy }) => server === (old ?? make.existing)?.name && healthy);
  const rank = ({ make }: (typeof both)[number]): number =>
    make.role === 'worker' ? 0 : make.privateIp === endpointIp ? 2 : 1;
  const dead = both.filter(isDead);
  const living = both.filter((one) => !isDead(one)).sort((a, b) => rank(a) - rank(b));
  return [...(dead.length > 0 ? [dead] : []), ...living.map((one) => [one])].map((batch) => ({
    remove: batch.flatMap(({ old }) => old ?? []),
    make: batch.map(({ make }) => make),
  }));
}

/** etcd is asked again before each removal, and refuses here what cannot end well. */
function checkEtcd({ config, view }: ReplaceInput, batches: readonly Batch[]): void {
  for (const { remove, make } of batches) {
    if (make.some(({ role }) => role === 'worker')) continue;
    demandWayToMembers(config, make);
    let left = view.etcd;
    for (const [i, { name }] of remove.entries()) {
      const later = remove.slice(i + 1).map((server) => server.name);
      const objection = removalObjection(left, { server: name, later });
      if (objection !== undefined) throw unsafe(`${name} cannot be replaced: ${objection}`);
      left = left.filter(({ server }) => server !== name);
    }
  }
}

function batchChanges({ remove, make }: Batch): readonly Change[] {
  return [
    ...remove.map(({ name, type, location }): Change => ({
      ...{ action: 'delete', kind: 'server', name, detail: `${type} in ${location}` },
    })),
    ...make.map(({ name, type, location, existing: made }): Change =>
      made
        ? { action: 'update', kind: 'server', name, detail: 'wait until it is a node' }
        : { action: 'create', kind: 'server', name, detail: `${type} in ${location}` },
    ),
  ];
}
