import type { NodePlan } from '../node-plan.js';
import { replacementLabel } from '../replacement-marks.js';
import { chosen, type ReplaceInput, type Replacement } from './replace-choice.js';
import { sha256 } from '../../../lib/digest.js';
import { tool } from '../../../lib/commands.js';
import { PreconditionError } from '../../../lib/errors.js';
import { enumerate } from '../../../lib/format.js';
import type { ImageBuild } from '../../catalogue/image-builds.js';
import { validateOrders, type ServerImages } from '../../catalogue/order-checks.js';
import type { ClusterState, PlacementGroupState, ServerState } from '../../state/cluster-state.js';
import { labelKeys } from '../../state/labels.js';
import { nodesWithoutServer, type ClusterNode } from '../../state/nodes.js';
import { balancerDifferences } from '../differences/balancer-differences.js';
import { refuseImpossible } from '../create/create-checks.js';
import { costOfChange } from '../create/plan-cost.js';
import { fallbackNotes } from '../create/create-notes.js';
import { buildChange } from '../create/create-plan.js';
import {
  emptiedGroups,
  groupChanges,
  groupRemoval,
  placeInTurn,
  placeServers,
  type Placement,
} from '../placement.js';
import type { PlannedGroup } from '../plan.js';
import { imageOf, labelsOf, placedServer, type PlannedServer } from '../planned-servers.js';
import { withInstalledAddons } from '../create/running-addons.js';
import { refuseDoubtful } from '../doubtful-servers.js';
import { checkDrainable, checkProtection, isSpent } from '../scale/removal-order.js';
import { batchChanges, checkEtcd, inBatches, type Batch } from './replace-batches.js';
import { leftoversOf, movesNote, toStayingEntry } from '../scale/scale-leftovers.js';
import { evictionNotes } from '../scale/scale-notes.js';
import { refuseTakenNames } from '../taken-names.js';

/** What a replacement does, node by node. */
export interface ReplacePlan extends NodePlan {
  /** In their order. */
  readonly batches: readonly Batch[];
  /** Nodes of servers that are gone: they go before new ones of their names come. */
  readonly staleNodes: readonly string[];
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
    ...withInstalledAddons(input.config, input.installed),
    talos: { ...input.config.talos, version: talos, kubernetes_version: kubernetes },
  };
  const mark = input.mark ?? sha256([...new Set(input.names)].sort().join(' ')).slice(0, 12);
  const found = input.found ?? chosen({ ...input, config }, mark);
  const going = found.flatMap(({ old }) => old ?? []);
  checkProtection(going);
  checkDrainable(
    { nodes: view.nodes, wish: { force } },
    going.filter((one) => !isSpent(one, view.nodes)),
  );
  const { servers, groups, builds } = plannedServers({ ...input, config }, found, mark);
  const made = servers.filter(({ existing }) => !existing);
  const staying = state.servers.filter((one) => !going.includes(one));
  refuseTakenNames(
    config.cluster_name,
    found.flatMap(({ old, server, label }) =>
      (old && label === undefined) || server.existing ? [] : [server],
    ),
    { ...state, servers: staying },
  );
  const staleNodes = staleNodesOf(input, made);
  refuseLiving(staleNodes);
  const batches = inBatches(input, found, servers);
  checkEtcd(input, batches);
  const { stays, moves } = leftoversOf(input, going);
  const emptied = emptiedBy(state, going, groups);
  return {
    ...{ cluster: config.cluster_name, config, batches, groups, emptied, builds, mark },
    staleNodes: staleNodes.map(({ name }) => name),
    nodes: batches.flatMap(({ make }) => make.map(({ name }) => name)),
    leaves: stays,
    stays: stays.map(toStayingEntry),
    changes: [
      ...builds.map((build) => buildChange(build, catalogue)),
      ...groupChanges(groups),
      ...batches.flatMap(batchChanges),
      ...emptied.map(groupRemoval),
    ],
    cost: costOfChange(input, [...staying, ...made]),
    notes: [
      ...evictionNotes({ view, wish: { force } }, going),
      ...movesNote(moves),
      ...fallbackNotes(config, servers),
      ...besideNotes(batches),
    ],
    warnings: [],
  };
}

/** A node of that name would keep the id of a server that is gone, and count as gone itself. */
function staleNodesOf(
  { state, view }: ReplaceInput,
  made: readonly PlannedServer[],
): readonly ClusterNode[] {
  const names = new Set(made.map(({ name }) => name.toLowerCase()));
  return nodesWithoutServer(view.nodes, [...state.servers, ...state.unreadable]).filter(
    ({ name }) => names.has(name),
  );
}

/** Whoever is Ready has a server, which nobody can find by its labels. */
function refuseLiving(staleNodes: readonly ClusterNode[]): void {
  const living = staleNodes.filter(({ ready }) => ready).map(({ name }) => name);
  if (living.length === 0) return;
  throw new PreconditionError(
    `Kubernetes has ${enumerate(living)} as Ready, and no server with the labels of the cluster is ${living.length === 1 ? 'that node' : 'those nodes'}\nNothing was changed.`,
    `A server that was deleted a moment ago: when its node is not Ready any more, the same command goes on. One that lost its labels and its name: put them back (${tool`hcloud server list`}).`,
  );
}

/** Groups of these nodes' pools, or of the control planes, that hold nobody when all of it is done. */
function emptiedBy(
  { placementGroups }: ClusterState,
  going: readonly ServerState[],
  used: readonly PlannedGroup[],
): readonly PlacementGroupState[] {
  const crowds = going.map(({ role, pool }) => ({ role, pool }));
  const found = crowds.flatMap((crowd) =>
    emptiedGroups(placementGroups, crowd, { remove: going, used }),
  );
  return [...new Set(found)];
}

/** New nodes beside old ones have other names. */
function besideNotes(batches: readonly Batch[]): readonly string[] {
  const beside = batches.filter(({ makesFirst }) => makesFirst);
  if (beside.length === 0) return [];
  const each = beside.map(
    ({ make, remove }) => `${make[0]?.name ?? ''} for ${remove[0]?.name ?? ''}`,
  );
  return [
    `Each new node is Ready before the old one goes, so that there is one server more for a time: ${enumerate(each)}.`,
  ];
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
  const servers = found.map(({ rolePool, server, label }): PlannedServer => {
    if (server.existing) return { ...server, labels: server.existing.labels, imageId: undefined };
    const placed = { ...server, ...placedServer(catalogue, server) };
    const labels = {
      ...labelsOf(config, rolePool, placed),
      [labelKeys.replacement]: label ?? replacementLabel(mark, 'new'),
    };
    return { ...placed, labels, ...imageOf(placed, { images, catalogue }) };
  });
  const isBeside = found.some(({ label }) => label !== undefined);
  const turns = servers.map((server, i) => ({ server, leaves: found[i]?.old?.id }));
  const placement = isBeside
    ? placeInTurn(config, state, turns)
    : placeServers(config, after, servers);
  return { ...placement, builds };
}
