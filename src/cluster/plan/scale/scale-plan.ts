import type { NodePlan } from '../node-plan.js';
import type { Difference } from '../difference.js';
import { differencesOf } from '../differences/differ.js';
import { settledRules } from '../differences/firewall-differences.js';
import { refuseImpossible } from '../create/create-checks.js';
import type { ScaleInput } from './scale-input.js';
import type { ClusterConfig } from '../../../config/schema.js';
import { oxide, tool } from '../../../lib/commands.js';
import { PreconditionError } from '../../../lib/errors.js';
import { endpointAddress } from '../../network/api-endpoint.js';
import type { Catalogue } from '../../catalogue/catalogue.js';
import { monthlyCost } from '../../catalogue/prices.js';
import { membersObjection, removalObjection, type EtcdMemberView } from '../../talos/etcd.js';
import { buildChange, serverChanges } from '../create/create-plan.js';
import { finishingText, plannedAdditions } from './scale-additions.js';
import type { Change } from '../plan.js';
import { endpointNotes } from '../create/balancer-plan.js';
import { costOfChange } from '../create/plan-cost.js';
import { fallbackNotes } from '../create/create-notes.js';
import { type PlannedServer } from '../planned-servers.js';
import { emptiedGroups, groupChanges, groupRemoval, placeServers } from '../placement.js';
import { withInstalledAddons } from '../create/running-addons.js';
import { refuseDoubtful } from '../doubtful-servers.js';
import { refuseTakenNames } from '../taken-names.js';
import { checkCount, findPool, type ScaledPool } from './scale-pool.js';
import { leftoversOf, movesNote, toStayingEntry } from './scale-leftovers.js';
import { scaleNotes, scaleWarnings, splitWarnings } from './scale-notes.js';
import { chooseNodesToRemove } from './removal-order.js';
import type { Role, ServerState } from '../../state/cluster-state.js';

/** What a scale does, and what the pool is afterwards. */
export interface ScalePlan extends NodePlan {
  readonly role: Role;
  readonly pool: string;
  readonly from: number;
  readonly to: number;
  /** Servers to make, and those that an earlier run left half made; lowest index first. */
  readonly add: readonly PlannedServer[];
  /** In the order in which they go. */
  readonly remove: readonly ServerState[];
  /** They stay, although an earlier run began to remove them: they take pods again. */
  readonly release: readonly ServerState[];
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
  const endpointIp = endpointAddress(config);
  const leaving = chooseNodesToRemove({ pool, wish, nodes: view.nodes, endpointIp });
  const effective = effectiveConfig(config, pool, input);
  const additions = plannedAdditions(input, { pool, leaving, config: effective });
  const { builds } = additions;
  const { servers: add, groups } = placeServers(effective, state, additions.add);
  const crowd = { role: pool.role, pool: pool.name };
  const emptied = emptiedGroups(state.placementGroups, crowd, {
    remove: leaving.remove,
    used: groups,
  });
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
    groups,
    emptied,
    remove: leaving.remove,
    release: leaving.release,
    differences,
    left: differences.filter((one) => !isAboutCount(one, pool)),
    leaves: stays,
    stays: stays.map(toStayingEntry),
    builds,
    changes: [
      ...builds.map((build) => buildChange(build, catalogue)),
      ...leaving.release.map(releaseChange),
      ...groupChanges(groups),
      ...add.flatMap((server) => additionChanges(server, input)),
      ...leaving.remove.map((server) => removalChange(server, catalogue)),
      ...emptied.map(groupRemoval),
    ],
    cost: costOfChange(input, [...state.servers.filter((one) => !gone.has(one)), ...made]),
    notes: [
      ...scaleNotes(input, leaving.remove),
      ...movesNote(moves),
      ...fallbackNotes(effective, add),
      ...endpointNotes(effective, {
        keepsEndpoint: input.keepsEndpoint,
        added: pool.role === 'control-plane' ? made.length : 0,
      }),
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

function effectiveConfig(
  config: ClusterConfig,
  pool: ScaledPool,
  { view, wish, installed }: ScaleInput,
): ClusterConfig {
  const { talos, kubernetes } = view.versions;
  const resized = <P extends { readonly name: string }>(pools: readonly P[]): P[] =>
    pools.map((one) => (one.name === pool.name ? { ...one, count: wish.count } : one));
  return {
    ...withInstalledAddons(config, installed),
    talos: { ...config.talos, version: talos, kubernetes_version: kubernetes },
    control_planes: resized(config.control_planes),
    workers: resized(config.workers),
  };
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
    `etcd must keep its quorum, also with --force. Remove that control plane first, or, when it is dead, make it anew: ${oxide`repair`};\n` +
      `a member whose server is gone is removed by ${oxide`create`}, or with: ${tool`talosctl etcd remove-member ID`}`,
  );
}

function releaseChange({ name }: ServerState): Change {
  const detail = 'uncordon: an earlier removal was not finished';
  return { action: 'update', kind: 'server', name, detail };
}

function additionChanges(server: PlannedServer, input: ScaleInput): readonly Change[] {
  const changes = serverChanges(server, input.catalogue);
  if (changes.length > 0 || !server.existing) return changes;
  const detail = finishingText(server.existing, input);
  return [{ action: 'update', kind: 'server', name: server.name, detail }];
}

function removalChange(server: ServerState, catalogue: Catalogue): Change {
  const { name, type, location } = server;
  const monthly = monthlyCost(catalogue, [server]);
  return { action: 'delete', kind: 'server', name, detail: `${type} in ${location}`, monthly };
}
