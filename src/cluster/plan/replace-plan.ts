import { chosen, replacementLabel, type ReplaceInput, type Replacement } from './replace-choice.js';
import type { ClusterConfig } from '../../config/schema.js';
import { sha256 } from '../../lib/digest.js';
import type { ImageBuild } from '../catalogue/image-builds.js';
import { validateOrders, type ServerImages } from '../catalogue/order-checks.js';
import { monthlyCost } from '../catalogue/prices.js';
import { endpointAddress } from '../network/api-endpoint.js';
import type { ClusterState, ServerState } from '../state/cluster-state.js';
import { labelKeys } from '../state/labels.js';
import type { OwnedResource } from '../state/owned-resources.js';
import { removalObjection } from '../talos/etcd.js';
import { balancerDifferences } from './balancer-differences.js';
import { refuseImpossible } from './create-checks.js';
import { demandWayToMembers } from './etcd-plan.js';
import { buildChange } from './create-plan.js';
import { placeServers, type Placement } from './placement.js';
import type { Change, PlannedGroup, ShownPlan } from './plan.js';
import { imageOf, labelsOf, placedServer, type PlannedServer } from './planned-servers.js';
import { refuseDoubtful } from './doubtful-servers.js';
import { checkDrainable, checkProtection, isSpent } from './removal-order.js';
import { leftoversOf, movesNote, toStayingEntry } from './scale-leftovers.js';
import { unsafe } from './scale-plan.js';

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

/**
 * What has to be done so that these nodes are made anew, with their names, indices and, for control
 * planes, their private addresses. What an earlier run of the same command has done is not done again.
 */
export function planReplace(input: ReplaceInput): ReplacePlan {
  const { state, catalogue, view, force } = input;
  refuseDoubtful({ config: input.config, state, nodes: view.nodes });
  refuseImpossible(balancerDifferences(input.config, state));
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
  const endpointIp = endpointAddress(config);
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
