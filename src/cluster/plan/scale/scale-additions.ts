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
