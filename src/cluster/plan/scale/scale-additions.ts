import type { ClusterConfig } from '../../../config/schema.js';
import type { ImageBuild } from '../../catalogue/image-builds.js';
import { validateOrders, type ServerImages } from '../../catalogue/order-checks.js';
import { balancedAddresses, nodeNetwork } from '../../network/api-endpoint.js';
import { controlPlaneAddresses } from '../../network/node-addresses.js';
import type { ClusterState, ServerState } from '../../state/cluster-state.js';
import type { RolePool } from '../../state/node-pools.js';
import { nodeOfServer } from '../../state/nodes.js';
import {
  freeIndices,
  imageOf,
  isUnfinished,
  labelsOf,
  placedServer,
  wantedServer,
  type PlannedServer,
} from '../planned-servers.js';
import type { NodesToRemove } from './removal-order.js';
import type { ScaleInput } from './scale-input.js';
import type { ScaledPool } from './scale-pool.js';

export interface Additions {
  readonly pool: ScaledPool;
  readonly leaving: NodesToRemove;
  /** With the versions that the cluster runs. */
  readonly config: ClusterConfig;
}

export interface PlannedAdditions {
  readonly add: readonly PlannedServer[];
  /** Snapshots that have to be made before servers can be. */
  readonly builds: readonly ImageBuild[];
}

/** Indices fill the gaps, lowest first. What an earlier run made and did not finish comes along. */
export function plannedAdditions(
  input: ScaleInput,
  { pool, leaving, config }: Additions,
): PlannedAdditions {
  const { configured } = pool;
  if (!configured) return { add: [], builds: [] };
  const { state, catalogue, wish } = input;
  const used = pool.servers.map(({ index }) => index);
  const missing = Math.max(0, wish.count - leaving.staying.length);
  const unfinished = leaving.staying.filter((server) => isToFinish(server, input));
  const { images, builds } = imagesFor({ config, state, catalogue }, configured, missing);
  const wanted = [
    ...unfinished.map((existing) => ({ ...existing, candidates: [existing], existing })),
    ...freeIndices(used, missing).map((index) => ({
      ...placedServer(catalogue, wantedServer(config, configured, index)),
      existing: undefined,
    })),
  ].sort((a, b) => a.index - b.index);
  const addresses = addressesFor(config, state, wanted);
  const add = wanted.map((server) => ({
    ...server,
    labels: server.existing?.labels ?? labelsOf(config, configured, server),
    privateIp: addresses.get(server.name),
    ...(server.existing ? { imageId: undefined } : imageOf(server, { images, catalogue })),
  }));
  return { add, builds };
}

/** Not a node of Kubernetes yet, or a control plane whose etcd is no voter, or that nobody is led to. */
function isToFinish(server: ServerState, input: ScaleInput): boolean {
  const { view } = input;
  const isNode = nodeOfServer(view.nodes, server) !== undefined;
  if (server.role === 'worker' || isUnfinished(server)) return !isNode;
  const voter = view.etcd.find((one) => one.server === server.name && !one.learner);
  return !voter || (voter.healthy && lacksTarget(server, input));
}

/** A load balancer does not lead to it: a run was stopped before that, or somebody took it out. */
function lacksTarget({ id }: ServerState, { state: { balancer } }: ScaleInput): boolean {
  return balancer !== undefined && !balancer.targets.some(({ serverId }) => serverId === id);
}

/** What is still to be done with a control plane or a worker that is there. */
export function finishingText(server: ServerState, { view }: ScaleInput): string {
  if (server.role === 'worker') return 'wait until it is a node';
  const isVoter = view.etcd.some((one) => one.server === server.name && !one.learner);
  return isVoter ? 'become a target of the load balancer' : 'join etcd';
}

function imagesFor(
  surroundings: Pick<ScaleInput, 'config' | 'state' | 'catalogue'>,
  configured: RolePool,
  count: number,
): ServerImages {
  if (count === 0) return { images: new Map(), builds: [] };
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
  const taken = [
    ...balancedAddresses(config),
    ...state.servers.flatMap(({ privateIp }) => privateIp ?? []),
  ];
  return controlPlaneAddresses({ network: nodeNetwork(config), holders, taken });
}
