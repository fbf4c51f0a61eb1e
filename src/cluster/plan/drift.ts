import type { ClusterConfig } from '../../config/schema.js';
import { candidateText, locationsText, typesText, wishText } from '../catalogue/candidates.js';
import { existingOf, wantedServers, type WantedServer } from './planned-servers.js';
import { poolsOf } from '../state/node-pools.js';
import type { ClusterState, ServerState } from '../state/cluster-state.js';

/** One way in which a cluster is not what cluster.yaml says. */
export interface Drift {
  readonly kind: 'missing' | 'surplus' | 'server-type' | 'location' | 'talos' | 'kubernetes';
  /** Name of the server. */
  readonly server: string;
  /** What cluster.yaml says; null for a server that it does not ask for. */
  readonly wanted: string | null;
  /** What there is; null for a server that does not exist. */
  readonly found: string | null;
}

/** The versions that a node runs; null where it is not known. */
export interface RunningVersions {
  readonly name: string;
  /** `v1.13.9` */
  readonly talos: string | null;
  /** `v1.34.1` */
  readonly kubernetes: string | null;
}

export interface DriftInput {
  readonly config: ClusterConfig;
  readonly state: ClusterState;
  readonly running: readonly RunningVersions[];
}

/** Everything in which the servers differ from cluster.yaml. What is not known does not differ. */
export function driftOf({ config, state, running }: DriftInput): readonly Drift[] {
  return [
    ...missingServers(config, state).map(({ name, candidates }): Drift => {
      return { kind: 'missing', server: name, wanted: wishText(candidates), found: null };
    }),
    ...surplusServers(config, state).map((server): Drift => {
      const { name } = server;
      return { kind: 'surplus', server: name, wanted: null, found: candidateText(server) };
    }),
    ...matchedServers(config, state).flatMap(placeDrift),
    ...running.flatMap(({ name, talos, kubernetes }) => [
      ...differing('talos', name, [config.talos.version, talos]),
      ...differing('kubernetes', name, [`v${config.talos.kubernetes_version}`, kubernetes]),
    ]),
  ];
}

/** A server that is one of what its pool may have is what cluster.yaml says. */
function placeDrift({ wanted, existing }: MatchedServer): readonly Drift[] {
  const { candidates } = wanted;
  const { name: server, type, location } = existing;
  const drift: Drift[] = [];
  if (!candidates.some((candidate) => candidate.type === type)) {
    drift.push({ kind: 'server-type', server, wanted: typesText(candidates), found: type });
  }
  if (!candidates.some((candidate) => candidate.location === location)) {
    drift.push({ kind: 'location', server, wanted: locationsText(candidates), found: location });
  }
  return drift;
}

function differing(
  kind: Drift['kind'],
  server: string,
  [wanted, found]: readonly [string, string | null],
): readonly Drift[] {
  return found === null || found === wanted ? [] : [{ kind, server, wanted, found }];
}

/** Servers that cluster.yaml asks for and that do not exist. */
export function missingServers(
  config: ClusterConfig,
  state: ClusterState,
): readonly WantedServer[] {
  return allWanted(config, state).filter((wanted) => existingOf(state, wanted) === undefined);
}

/** Servers of the cluster that cluster.yaml does not ask for. */
export function surplusServers(config: ClusterConfig, state: ClusterState): readonly ServerState[] {
  const known = new Set(matchedServers(config, state).map(({ existing }) => existing.id));
  return state.servers.filter(({ id }) => !known.has(id));
}

/** A server as it is asked for, and as it is. */
export interface MatchedServer {
  readonly wanted: WantedServer;
  readonly existing: ServerState;
}

/** Servers that exist and are asked for, as asked and as they are. */
export function matchedServers(
  config: ClusterConfig,
  state: ClusterState,
): readonly MatchedServer[] {
  return allWanted(config, state).flatMap((wanted) => {
    const existing = existingOf(state, wanted);
    return existing ? [{ wanted, existing }] : [];
  });
}

function allWanted(config: ClusterConfig, state: ClusterState): readonly WantedServer[] {
  return poolsOf(config).flatMap((rolePool) => wantedServers(config, rolePool, state));
}
