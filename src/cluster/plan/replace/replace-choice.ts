import type { ClusterConfig } from '../../../config/schema.js';
import { PreconditionError, UsageError } from '../../../lib/errors.js';
import { balancedAddresses, nodeNetwork } from '../../network/api-endpoint.js';
import { enumerateNames, plural } from '../../../lib/format.js';
import { oxide } from '../../../lib/commands.js';
import { controlPlaneAddresses } from '../../network/node-addresses.js';
import type { ClusterState, ServerState } from '../../state/cluster-state.js';
import { labelKeys } from '../../state/labels.js';
import { poolsOf, type RolePool } from '../../state/node-pools.js';
import { missingServers } from '../differences/drift.js';
import { wantedServer, type PlannedServer } from '../planned-servers.js';
import { serversCalled } from '../scale/removal-order.js';
import type { RunningCluster } from '../scale/scale-input.js';

export interface ReplaceInput extends RunningCluster {
  /** As the user calls them. */
  readonly names: readonly string[];
  /** Neither drains nor asks nodes: for dead ones. */
  readonly force: boolean;
  /**
   * The mark of what is worked on. Unless given it is made of the names, and with it alone the same
   * command knows what it has done; a command whose names follow from facts has one of its own.
   */
  readonly mark?: string;
  /** How many workers are without a node at the same time; 1 unless given. */
  readonly together?: number;
  /** What is replaced by what, where names do not say it. */
  readonly found?: readonly Replacement[];
}

/** One of the nodes: as it is, and as it is made again. */
export interface Replacement {
  readonly old: ServerState | undefined;
  readonly rolePool: RolePool;
  readonly server: Omit<PlannedServer, 'labels' | 'imageId'>;
  /** Of a node that is made beside the old one, before that goes: its mark. */
  readonly label?: string;
}

function stageOf({ labels }: ServerState, mark: string): string | undefined {
  return ['old', 'new'].find((which) => labels[labelKeys.replacement] === `${mark}.${which}`);
}

/**
 * The nodes that are meant, without those that an earlier run of the same command has finished. It
 * marks all of them before the first one goes, and takes all marks off when the last one is done: a
 * node without a mark is finished only when no other is still to go.
 */
export function chosen(input: ReplaceInput, mark: string): readonly Replacement[] {
  const { state, view, names, mark: own } = input;
  const stages = new Set(state.servers.map((one) => stageOf(one, mark)));
  const isEnding = own === undefined && stages.has('new') && !stages.has('old');
  const isResumed = own !== undefined || stages.has('new') || stages.has('old');
  const found = new Map<string, Replacement>();
  for (const name of names) {
    const [server] = serversCalled({ pool: state, nodes: view.nodes }, name);
    const stage = server && stageOf(server, mark);
    if (server && stage === undefined && isEnding) continue;
    const one = server ? existing(input, server, stage) : missing(input, name, isResumed);
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
  if (!wanted || !isGap) throw unknownNode(state, name, wanted?.rolePool);
  const { rolePool, server } = wanted;
  const privateIp =
    rolePool.role === 'control-plane' ? freeAddress(config, state, server) : undefined;
  return { rolePool, old: undefined, server: { ...server, privateIp, existing: undefined } };
}

/** A name that no node has. It may be that of one that a stopped run took out, beyond the count of its pool. */
function unknownNode(
  { servers }: ClusterState,
  name: string,
  of: RolePool | undefined,
): UsageError {
  const nodes = `Its nodes are ${enumerateNames(servers.map((one) => one.name))}.`;
  if (!of) return new UsageError(`the cluster has no node ${name}`, nodes);
  const { role, pool } = of;
  const { length } = servers.filter((one) => one.role === role && one.pool === pool.name);
  return new UsageError(
    `the cluster has no node ${name}, and cluster.yaml asks for ${plural(pool.count, 'node')} of the pool ${pool.name}`,
    `${nodes}\nOne more, also in the place of one that a stopped run has taken out: ${oxide`scale ${role} --pool ${pool.name} --count ${length + 1}`}`,
  );
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
  const taken = [
    ...balancedAddresses(config),
    ...state.servers.flatMap(({ privateIp }) => privateIp ?? []),
  ];
  return controlPlaneAddresses({ network: nodeNetwork(config), holders, taken }).get(name);
}
