import type { ClusterConfig } from '../../config/schema.js';
import { isCommand, tool } from '../../lib/commands.js';
import { PreconditionError } from '../../lib/errors.js';
import type { ClusterState, ServerState } from '../state/cluster-state.js';
import { labelKeys, type ServerIdentity } from '../state/labels.js';
import { poolsOf } from '../state/node-pools.js';
import { nodeOfServer, type ClusterNode } from '../state/nodes.js';
import { relabelCommand, unreadableReason } from '../state/server-labels.js';

/** A server of the cluster of which nobody can tell which node of it it is. */
export interface DoubtfulServer {
  readonly id: number;
  readonly name: string;
  /** `it has no label pool or index` */
  readonly why: string;
  /** The command that sets its labels right, or shows which ones are to be set. */
  readonly remedy: string;
}

export interface DoubtInput {
  readonly config: ClusterConfig;
  readonly state: ClusterState;
  /** What Kubernetes knows; empty while it cannot be asked. */
  readonly nodes: readonly ClusterNode[];
}

/**
 * Servers whose labels do not say which node they are, or say what cannot be: the place of another
 * server, a role that cluster.yaml gives their pool not, or one that their node in Kubernetes has
 * not. Labels are edited in the Hetzner console, and another tool may label its servers like oxide.
 */
export function doubtfulServers(input: DoubtInput): readonly DoubtfulServer[] {
  const { state } = input;
  const unreadable = state.unreadable.map((server) => {
    return { server, why: unreadableReason(server.labels) ?? '', is: undefined };
  });
  const contradicting = state.servers.flatMap((server) => {
    const why = contradictionOf(server, input);
    return why === undefined ? [] : [{ server, why, is: server }];
  });
  return [...unreadable, ...contradicting].map(({ server, why, is }) => {
    const { id, name } = server;
    return { id, name, why, remedy: remedyFor(server, is, input) };
  });
}

function contradictionOf(
  server: ServerState,
  { config, state, nodes }: DoubtInput,
): string | undefined {
  const { id, role, pool, index } = server;
  const twin = state.servers.find((other) => other.id !== id && isSamePlace(other, server));
  if (twin) {
    return `it has role=${role}, pool=${pool} and index=${index}, as ${twin.name} (id ${twin.id}) has`;
  }
  const node = nodeOfServer(nodes, server);
  // Talos labels the node of a control plane some moments after it has registered.
  if (node && node.role !== role && (role === 'worker' || node.ready)) {
    return `it has role=${role}, and its node in Kubernetes is a ${node.role}`;
  }
  const other = poolsOf(config).find((one) => one.pool.name === pool && one.role !== role);
  if (!other || poolsOf(config).some((one) => one.pool.name === pool && one.role === role)) {
    return undefined;
  }
  return `it has role=${role}, and cluster.yaml has the pool ${pool} as ${other.role}`;
}

function isSamePlace(one: ServerIdentity, other: ServerIdentity): boolean {
  return one.role === other.role && one.pool === other.pool && one.index === other.index;
}

type Named = Parameters<typeof nodeOfServer>[1] & { readonly name: string };

/** The labels that its node's name, or its own, suggests: a guess that somebody looks at first. */
function remedyFor(
  server: Named,
  is: ServerIdentity | undefined,
  { config, state, nodes }: DoubtInput,
): string {
  const names = [nodeOfServer(nodes, server)?.name, server.name];
  const guesses = names.flatMap((name) => guessFrom(name ?? '', config) ?? []);
  const guess = guesses.find(
    (one) => !state.servers.some(({ id, ...other }) => id !== server.id && isSamePlace(other, one)),
  );
  if (guess && is && isSamePlace(guess, is))
    return 'its labels fit its name: look at the other one';
  const { role, pool, index } = guess ?? {
    ...{ role: 'ROLE', pool: 'POOL', index: 'NUMBER' },
  };
  return relabelCommand(server.id, {
    [labelKeys.role]: role,
    [labelKeys.pool]: pool,
    [labelKeys.index]: String(index),
  });
}

/** `demo-web-2` as oxide names it, or `demo-web` for a pool of one. */
function guessFrom(name: string, config: ClusterConfig): ServerIdentity | undefined {
  for (const { role, pool } of poolsOf(config)) {
    const stem = `${config.cluster_name}-${pool.name}`;
    if (name === stem) return { role, pool: pool.name, index: 1 };
    const index = name.startsWith(`${stem}-`) ? name.slice(stem.length + 1) : '';
    if (/^[1-9]\d*$/.test(index)) return { role, pool: pool.name, index: Number(index) };
  }
  return undefined;
}

/** Refuses to change a cluster while it cannot be told what some of its servers are (exit 3). */
export function refuseDoubtful(input: DoubtInput): void {
  const found = doubtfulServers(input);
  if (found.length === 0) return;
  const list = found.map(({ name, id, why }) => `  ${name} (id ${id}): ${why}`);
  const remedies = found.map(({ remedy }) => remedy).filter(isCommand);
  throw new PreconditionError(
    [
      `nobody can tell which nodes of the cluster "${input.config.cluster_name}" these servers are:`,
      ...list,
    ].join('\n'),
    [
      'Nothing was changed. Set their labels:',
      ...remedies.map((command) => `  ${command}`),
      `One that is none of its nodes loses a label: ${tool`hcloud server remove-label ID ${labelKeys.cluster}`}`,
    ].join('\n'),
  );
}
