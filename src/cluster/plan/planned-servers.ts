import { nodeSettings, settingsHash } from '../talos/node-settings.js';
import { type RolePool, poolsOf } from '../state/node-pools.js';
import type { ClusterConfig } from '../../config/schema.js';
import { balancedAddresses, isBalanced, nodeNetwork } from '../network/api-endpoint.js';
import { controlPlaneAddresses } from '../network/node-addresses.js';
import { candidatesOf, orderableNow, type Candidate } from '../catalogue/candidates.js';
import type { Architecture, Catalogue } from '../catalogue/catalogue.js';
import { serverLabels } from '../state/labels.js';
import { nodeName } from '../state/names.js';
import type { ClusterState, Labels, Role, ServerState } from '../state/cluster-state.js';

/** A server that cluster.yaml asks for. */
export interface WantedServer {
  readonly name: string;
  readonly role: Role;
  readonly pool: string;
  /** From 1. */
  readonly index: number;
  /** What it is ordered as: the first of the candidates. */
  readonly type: string;
  readonly location: string;
  /** What it may be as well; a planned server's can all be ordered now, as the catalogue says. */
  readonly candidates: readonly Candidate[];
}

/** A wanted server with everything that its creation needs, and what exists of it already. */
export interface PlannedServer extends WantedServer {
  readonly labels: Labels;
  /** A control plane's fixed address in the subnet; undefined for workers, which take what they get. */
  readonly privateIp: string | undefined;
  /** The Talos snapshot; undefined when the server exists, or the snapshot is still to be made. */
  readonly imageId: number | undefined;
  /** Of the snapshot that the run has to make first. */
  readonly awaits?: Architecture | undefined;
  readonly existing: ServerState | undefined;
  /** The placement group that it is made in; undefined: in none. */
  readonly group?: { readonly name: string; readonly isMust: boolean } | undefined;
}

/**
 * Every server that a pool of cluster.yaml asks for: those that exist, lowest index first, and new
 * ones up to the count. So a pool that lost its first node to `oxide scale --node` is complete.
 */
export function wantedServers(
  config: ClusterConfig,
  rolePool: RolePool,
  state: ClusterState,
): WantedServer[] {
  const { role, pool } = rolePool;
  const used = state.servers
    .filter((server) => server.role === role && server.pool === pool.name)
    .map(({ index }) => index)
    .sort((a, b) => a - b);
  const kept = used.slice(0, pool.count);
  return [...kept, ...freeIndices(used, pool.count - kept.length)]
    .sort((a, b) => a - b)
    .map((index) => wantedServer(config, rolePool, index));
}

/** The lowest indices that no server has: gaps are filled before a pool grows at its end. */
export function freeIndices(used: readonly number[], count: number): readonly number[] {
  const free: number[] = [];
  for (let index = 1; free.length < count; index++) if (!used.includes(index)) free.push(index);
  return free;
}

/** The server of a pool with this index. */
export function wantedServer(
  config: ClusterConfig,
  { role, pool }: RolePool,
  index: number,
): WantedServer {
  const name = nodeName(config.cluster_name, pool.name, index);
  return orderedAs({ name, role, pool: pool.name, index }, candidatesOf(config, pool));
}

/** The server as it is to be ordered now. What cannot be ordered at all was refused before. */
export function placedServer(catalogue: Catalogue, wanted: WantedServer): WantedServer {
  return orderedAs(wanted, orderableNow(catalogue, wanted.candidates));
}

function orderedAs(
  server: Omit<WantedServer, keyof Candidate | 'candidates'>,
  candidates: readonly Candidate[],
): WantedServer {
  const [first] = candidates;
  if (!first) throw new Error(`the pool ${server.pool} was not checked`);
  return { ...server, ...first, candidates };
}

/** The existing server that is the wanted one: its labels say so, whatever it is called. */
export function existingOf(state: ClusterState, wanted: WantedServer): ServerState | undefined {
  return state.servers.find(
    (server) =>
      server.role === wanted.role && server.pool === wanted.pool && server.index === wanted.index,
  );
}

/** True for a server that is not attached and running yet: an earlier run was stopped meanwhile. */
export function isUnfinished(server: ServerState): boolean {
  return server.status !== 'running' || server.privateIp === undefined;
}

export interface PlannedServersInput {
  readonly config: ClusterConfig;
  readonly state: ClusterState;
  readonly catalogue: Catalogue;
  /** The Talos snapshot by server type. */
  readonly images: ReadonlyMap<string, number>;
}

/** Every wanted server with its address and labels, control planes first. */
export function plannedServers(input: PlannedServersInput): readonly PlannedServer[] {
  const { config, state, catalogue, images } = input;
  const addresses = wantedAddresses(config, state);
  return poolsOf(config).flatMap((rolePool) =>
    wantedServers(config, rolePool, state).map((wanted): PlannedServer => {
      const existing = existingOf(state, wanted);
      const server = existing ? wanted : placedServer(catalogue, wanted);
      return {
        ...server,
        labels: labelsOf(config, rolePool, server),
        privateIp: addresses.get(server.name),
        ...(existing ? { imageId: undefined } : imageOf(server, { images, catalogue })),
        existing,
      };
    }),
  );
}

/** What a server that is to be made is made of. */
export function imageOf(
  { type }: Pick<WantedServer, 'type'>,
  { images, catalogue }: Pick<PlannedServersInput, 'images' | 'catalogue'>,
): Pick<PlannedServer, 'imageId' | 'awaits'> {
  const imageId = images.get(type);
  if (imageId !== undefined) return { imageId };
  const found = catalogue.serverTypes.find(({ name }) => name === type);
  return { imageId, awaits: found?.architecture };
}

/** The labels that a server of the pool is created with. */
export function labelsOf(config: ClusterConfig, rolePool: RolePool, wanted: WantedServer): Labels {
  return serverLabels({
    ...wanted,
    cluster: config.cluster_name,
    talosVersion: config.talos.version,
    configHash: settingsHash(nodeSettings(config, rolePool)),
    isBalanced: isBalanced(config),
    poolLabels: rolePool.pool.labels,
  });
}

function wantedAddresses(config: ClusterConfig, state: ClusterState): ReadonlyMap<string, string> {
  const wanted = poolsOf(config)
    .filter(({ role }) => role === 'control-plane')
    .flatMap((rolePool) => wantedServers(config, rolePool, state));
  const holders = wanted.map((server) => ({
    name: server.name,
    privateIp: existingOf(state, server)?.privateIp,
  }));
  return controlPlaneAddresses({
    network: nodeNetwork(config),
    holders,
    taken: [
      ...balancedAddresses(config),
      ...state.servers.flatMap(({ privateIp }) => privateIp ?? []),
    ],
  });
}
