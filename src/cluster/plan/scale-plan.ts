import type { Difference } from './difference.js';
import { differencesOf } from './differ.js';
import { settledRules } from './firewall-differences.js';
import { refuseImpossible } from './create-checks.js';
import type { ScaleInput } from './scale-input.js';
import type { ClusterConfig } from '../../config/schema.js';
import { oxide, tool } from '../../lib/commands.js';
import { PreconditionError } from '../../lib/errors.js';
import {
  controlPlaneAddress,
  controlPlaneAddresses,
  type NodeNetwork,
} from '../network/node-addresses.js';
import type { Catalogue } from '../catalogue/catalogue.js';
import { monthlyCost } from '../catalogue/prices.js';
import { membersObjection, removalObjection, type EtcdMemberView } from '../talos/etcd.js';
import { serverChanges } from './create-plan.js';
import type { Change, ShownPlan } from './plan.js';
import { fallbackNotes } from './create-notes.js';
import {
  isUnfinished,
  labelsOf,
  freeIndices,
  placedServer,
  wantedServer,
  type PlannedServer,
} from './planned-servers.js';
import { refuseDoubtful } from './doubtful-servers.js';
import { refuseTakenNames } from './taken-names.js';
import type { RolePool } from '../state/node-pools.js';
import { checkCount, findPool, type ScaledPool } from './scale-pool.js';
import { leftoversOf, movesNote, toStayingEntry } from './scale-leftovers.js';
import { scaleNotes, scaleWarnings, splitWarnings } from './scale-notes.js';
import { chooseNodesToRemove, type NodesToRemove } from './removal-order.js';
import type { ClusterState, Role, ServerState } from '../state/cluster-state.js';
import { nodeOfServer } from '../state/nodes.js';
import type { OwnedResource } from '../state/owned-resources.js';
import { validateOrders } from '../catalogue/order-checks.js';

/** What a scale does, and what the pool is afterwards. */
export interface ScalePlan extends ShownPlan {
  readonly role: Role;
  readonly pool: string;
  readonly from: number;
  readonly to: number;
  /** cluster.yaml with the versions that the cluster runs and the pool's new count. */
  readonly config: ClusterConfig;
  /** Servers to make, and those that an earlier run left half made; lowest index first. */
  readonly add: readonly PlannedServer[];
  /** In the order in which they go. */
  readonly remove: readonly ServerState[];
  /** They stay, although an earlier run began to remove them: they take pods again. */
  readonly release: readonly ServerState[];
  /** What hangs on the servers that go, and stays. */
  readonly leaves: readonly OwnedResource[];
}

/**
 * What has to be done so that the pool has the wanted number of nodes. Throws when the wish is not
 * clear, when a node cannot be removed safely, and when what is missing cannot be ordered.
 */
export function planScale(input: ScaleInput): ScalePlan {
  const { config, state, catalogue, view, wish } = input;
  refuseDoubtful({ config, state, nodes: view.nodes });
  const pool = findPool(config, state, wish);
  checkCount(state, pool, wish.count);
  const network = nodeNetwork(config);
  const endpointIp = controlPlaneAddress(network, 0);
  const leaving = chooseNodesToRemove({ pool, wish, nodes: view.nodes, endpointIp });
  const effective = effectiveConfig(config, pool, input);
  const add = plannedAdditions(input, { pool, leaving, config: effective });
  refuseTakenNames(
    config.cluster_name,
    add.filter(({ existing }) => !existing),
    state,
  );
  if (pool.role === 'control-plane') checkEtcd(view.etcd, leaving.remove, add);
  const { known } = input;
  const installed = 'is' in input.installed ? input.installed.is : undefined;
  const firewallRules = settledRules(config, state);
  const differences = differencesOf({ config, state, known, installed, firewallRules });
  refuseImpossible(differences);
  const gone = new Set(leaving.remove);
  const made = add.filter(({ existing }) => !existing);
  const { stays, moves } = leftoversOf(input, leaving.remove);
  return {
    cluster: config.cluster_name,
    role: pool.role,
    pool: pool.name,
    from: pool.servers.length,
    to: wish.count,
    config: effective,
    add,
    remove: leaving.remove,
    release: leaving.release,
    differences,
    left: differences.filter((one) => !isAboutCount(one, pool)),
    leaves: stays,
    stays: stays.map(toStayingEntry),
    changes: [
      ...leaving.release.map(releaseChange),
      ...add.flatMap((server) => additionChanges(server, catalogue)),
      ...leaving.remove.map((server) => removalChange(server, catalogue)),
    ],
    cost: {
      now: monthlyCost(catalogue, state.servers),
      after: monthlyCost(catalogue, [...state.servers.filter((one) => !gone.has(one)), ...made]),
    },
    notes: [
      ...scaleNotes(input, leaving.remove),
      ...movesNote(moves),
      ...fallbackNotes(effective, add),
    ],
    warnings: [
      ...scaleWarnings(input, pool, leaving.remove),
      ...splitWarnings(differences, { pool, added: made.map(({ name }) => name) }),
    ],
  };
}

/** How many nodes the pool has is what the command was called for. */
function isAboutCount({ effect, servers }: Difference, { servers: ofPool }: ScaledPool): boolean {
  const isCount = effect === 'removal' || effect === 'addition';
  return isCount && servers.every((name) => ofPool.some((one) => one.name === name));
}

function nodeNetwork({ hcloud }: ClusterConfig): NodeNetwork {
  return { cidr: hcloud.network.cidr, subnetCidr: hcloud.network.subnet_cidr };
}

function effectiveConfig(
  config: ClusterConfig,
  pool: ScaledPool,
  { view, wish }: ScaleInput,
): ClusterConfig {
  const { talos, kubernetes } = view.versions;
  const resized = <P extends { readonly name: string }>(pools: readonly P[]): P[] =>
    pools.map((one) => (one.name === pool.name ? { ...one, count: wish.count } : one));
  return {
    ...config,
    talos: { ...config.talos, version: talos, kubernetes_version: kubernetes },
    control_planes: resized(config.control_planes),
    workers: resized(config.workers),
  };
}

interface Additions {
  readonly pool: ScaledPool;
  readonly leaving: NodesToRemove;
  /** With the versions that the cluster runs. */
  readonly config: ClusterConfig;
}

/** Indices fill the gaps, lowest first. What an earlier run made and did not finish comes along. */
function plannedAdditions(
  input: ScaleInput,
  { pool, leaving, config }: Additions,
): readonly PlannedServer[] {
  const { configured } = pool;
  if (!configured) return [];
  const { state, catalogue, wish } = input;
  const used = pool.servers.map(({ index }) => index);
  const missing = Math.max(0, wish.count - leaving.staying.length);
  const unfinished = leaving.staying.filter((server) => isToFinish(server, input));
  const images = imagesFor({ config, state, catalogue }, configured, missing);
  const wanted = [
    ...unfinished.map((existing) => ({ ...existing, candidates: [existing], existing })),
    ...freeIndices(used, missing).map((index) => ({
      ...placedServer(catalogue, wantedServer(config, configured, index)),
      existing: undefined,
    })),
  ].sort((a, b) => a.index - b.index);
  const addresses = addressesFor(config, state, wanted);
  return wanted.map((server) => ({
    ...server,
    labels: server.existing?.labels ?? labelsOf(config, configured, server),
    privateIp: addresses.get(server.name),
    imageId: server.existing ? undefined : images.get(server.type),
  }));
}

/** Not a node of Kubernetes yet, or a control plane whose etcd has not become a voter. */
function isToFinish(server: ServerState, { view }: ScaleInput): boolean {
  const isNode = nodeOfServer(view.nodes, server) !== undefined;
  if (server.role === 'worker' || isUnfinished(server)) return !isNode;
  return !view.etcd.some((member) => member.server === server.name && !member.learner);
}

function imagesFor(
  surroundings: Pick<ScaleInput, 'config' | 'state' | 'catalogue'>,
  configured: RolePool,
  count: number,
): ReadonlyMap<string, number> {
  if (count === 0) return new Map();
  return validateOrders(surroundings, [{ ...configured, count }]);
}

/** Control planes have fixed addresses; workers take what they get. */
function addressesFor(
  config: ClusterConfig,
  state: ClusterState,
  wanted: readonly Pick<PlannedServer, 'name' | 'role' | 'existing'>[],
): ReadonlyMap<string, string> {
  const holders = wanted
    .filter(({ role }) => role === 'control-plane')
    .map(({ name, existing }) => ({ name, privateIp: existing?.privateIp }));
  const taken = state.servers.flatMap(({ privateIp }) => privateIp ?? []);
  return controlPlaneAddresses({ network: nodeNetwork(config), holders, taken });
}

/** etcd decides the order: it is asked again before each removal, and refuses here what cannot end well. */
function checkEtcd(
  members: readonly EtcdMemberView[],
  remove: readonly ServerState[],
  add: readonly PlannedServer[],
): void {
  let left = members;
  for (const [i, { name }] of remove.entries()) {
    const later = remove.slice(i + 1).map((server) => server.name);
    const objection = removalObjection(left, { server: name, later });
    if (objection !== undefined) throw unsafe(`${name} cannot be removed: ${objection}`);
    left = left.filter(({ server }) => server !== name);
  }
  const settled = left.filter(({ learner }) => !learner);
  const objection = add.length > 0 ? membersObjection(settled) : undefined;
  if (objection !== undefined) throw unsafe(`no control plane can join: ${objection}`);
}

/** A change of etcd's members that the cluster may not survive. */
export function unsafe(message: string): PreconditionError {
  return new PreconditionError(
    message,
    'etcd must keep its quorum, also with --force. Repair or remove that control plane first;\n' +
      `a member whose server is gone is removed by ${oxide`create`}, or with: ${tool`talosctl etcd remove-member ID`}`,
  );
}

function releaseChange({ name }: ServerState): Change {
  const detail = 'uncordon: an earlier removal was not finished';
  return { action: 'update', kind: 'server', name, detail };
}

function additionChanges(server: PlannedServer, catalogue: Catalogue): readonly Change[] {
  const changes = serverChanges(server, catalogue);
  if (changes.length > 0) return changes;
  const detail = server.role === 'worker' ? 'wait until it is a node' : 'join etcd';
  return [{ action: 'update', kind: 'server', name: server.name, detail }];
}

function removalChange(server: ServerState, catalogue: Catalogue): Change {
  const { name, type, location } = server;
  const monthly = monthlyCost(catalogue, [server]);
  return { action: 'delete', kind: 'server', name, detail: `${type} in ${location}`, monthly };
}
