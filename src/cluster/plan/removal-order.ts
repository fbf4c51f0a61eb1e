import { PreconditionError, UsageError } from '../../lib/errors.js';
import { enumerate, plural } from '../../lib/format.js';
import { removalStage } from '../state/labels.js';
import type { ScaledPool, ScaleWish } from './scale-pool.js';
import type { ServerState } from '../state/cluster-state.js';

/** A node as Kubernetes knows it. */
export interface NodeView {
  readonly name: string;
  readonly ready: boolean;
  /** Why it is not Ready. */
  readonly reason: string;
  readonly internalIp: string | undefined;
  /** `v1.34.1` */
  readonly kubeletVersion: string;
  /** `v1.13.9` */
  readonly talosVersion: string | undefined;
}

export interface RemovalInput {
  readonly pool: ScaledPool;
  readonly wish: ScaleWish;
  readonly nodes: readonly NodeView[];
  /** Private address that all nodes know the Kubernetes API by. */
  readonly endpointIp: string;
}

/** What becomes of the servers that a pool has. */
export interface NodesToRemove {
  /** In the order in which they go. */
  readonly remove: readonly ServerState[];
  /** They stay, although an earlier run began to remove them. */
  readonly release: readonly ServerState[];
  /** How many of the pool's servers stay. */
  readonly staying: readonly ServerState[];
}

/**
 * Who goes: first what an earlier run told to reset itself, which no longer is a node; then those
 * named, those whose removal was begun, the ones that are not Ready, and the highest index.
 */
export function chooseNodesToRemove(input: RemovalInput): NodesToRemove {
  const { pool, wish } = input;
  const begun = (stage: 'drain' | 'reset') => (server: ServerState) =>
    removalStage(server.labels) === stage;
  const spent = pool.servers.filter(begun('reset'));
  const living = pool.servers.filter((server) => !spent.includes(server));
  const surplus = Math.max(0, living.length - wish.count);
  const named = namedServers(input, living, surplus);
  const candidates = living
    .filter((server) => !named.includes(server) && server.privateIp !== input.endpointIp)
    .sort((a, b) => rank(input, a) - rank(input, b) || b.index - a.index);
  const chosen = [...named, ...candidates].slice(0, surplus);
  if (chosen.length < surplus) throw endpointNeeded(living, input.endpointIp);
  const remove = [...spent, ...chosen];
  checkDrainable(input, chosen);
  checkProtection(remove);
  const staying = living.filter((server) => !remove.includes(server));
  return { remove, release: staying.filter(begun('drain')), staying };
}

/** Lower goes earlier. */
function rank({ nodes }: RemovalInput, server: ServerState): number {
  if (removalStage(server.labels) !== undefined) return 0;
  const isReady = nodes.some(({ name, ready }) => name === server.name && ready);
  return server.status === 'running' && isReady ? 2 : 1;
}

/**
 * The servers that --node names. A name that nothing has is forgiven only when the others are all
 * that has to go: then an earlier run of the same command has removed it.
 */
function namedServers(
  { pool, wish, endpointIp }: RemovalInput,
  living: readonly ServerState[],
  surplus: number,
): readonly ServerState[] {
  const found = living.filter(({ name }) => wish.nodes.includes(name));
  const unknown = wish.nodes.filter((name) => !pool.servers.some((server) => server.name === name));
  if (unknown.length > 0 && found.length !== surplus) {
    throw new UsageError(
      `the pool "${pool.name}" has no node ${enumerate(unknown)}`,
      `Its nodes are ${enumerate(pool.servers.map(({ name }) => name))}.`,
    );
  }
  if (found.length > surplus) {
    throw new UsageError(
      `--node names ${plural(found.length, 'node')}, but with --count ${wish.count} ${surplus === 0 ? 'none' : `only ${surplus}`} would go`,
      `The pool "${pool.name}" has ${plural(living.length, 'node')} now.`,
    );
  }
  if (found.some(({ privateIp }) => privateIp === endpointIp)) {
    throw endpointNeeded(found, endpointIp);
  }
  return found;
}

function endpointNeeded(servers: readonly ServerState[], endpointIp: string): PreconditionError {
  const holder = servers.find(({ privateIp }) => privateIp === endpointIp);
  return new PreconditionError(
    `${holder?.name ?? 'this control plane'} cannot be removed: it has the address ${endpointIp}, at which all nodes know the Kubernetes API`,
    'Remove another control plane. The one with the lowest index stays for the life of the cluster.',
  );
}

/** A node whose kubelet is silent never confirms that its pods have ended. */
function checkDrainable({ nodes, wish }: RemovalInput, chosen: readonly ServerState[]): void {
  if (wish.force) return;
  const silent = chosen.flatMap(({ name }) => nodes.find((n) => n.name === name && !n.ready) ?? []);
  const [first] = silent;
  if (!first) return;
  throw new PreconditionError(
    `${enumerate(silent.map(({ name }) => name))} cannot be drained: not Ready (${first.reason})`,
    'Repair it first, or remove it as it is: the same command with --force. Pods on it are lost.',
  );
}

function checkProtection(remove: readonly ServerState[]): void {
  const kept = remove.filter((server) => server.deleteProtected).map(({ name }) => name);
  if (kept.length === 0) return;
  throw new PreconditionError(
    `${enumerate(kept)} cannot be removed: delete protection is on`,
    'Take the protection off in the Hetzner console, or name other nodes with --node.',
  );
}
