import type { ClusterConfig } from '../../../config/schema.js';
import { existingOf, wantedServers, type WantedServer } from '../planned-servers.js';
import { poolsOf } from '../../state/node-pools.js';
import type { ClusterState, ServerState } from '../../state/cluster-state.js';

/** The versions that a node runs; null where it is not known. */
export interface RunningVersions {
  readonly name: string;
  /** `v1.13.9` */
  readonly talos: string | null;
  /** `v1.34.1` */
  readonly kubernetes: string | null;
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
