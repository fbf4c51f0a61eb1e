import { inTheConsole, oxide, tool } from '../../../lib/commands.js';
import { PreconditionError, UsageError } from '../../../lib/errors.js';
import { enumerate, plural } from '../../../lib/format.js';
import { removalStage } from '../../state/labels.js';
import type { ScaledPool, ScaleWish } from './scale-pool.js';
import type { ServerState } from '../../state/cluster-state.js';
import { nodeOfServer, nodesOfServer, serverAndNode, type ClusterNode } from '../../state/nodes.js';

export interface RemovalInput {
  readonly pool: ScaledPool;
  readonly wish: ScaleWish;
  readonly nodes: readonly ClusterNode[];
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
  const spent = pool.servers.filter((server) => isSpent(server, input.nodes));
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
  const release = staying.filter(({ labels }) => removalStage(labels) !== undefined);
  return { remove, release, staying };
}

/**
 * True for a server that an earlier run told to reset itself, so that it no longer is a node. The
 * label alone is not believed: nothing that is Ready and takes pods was drained and reset.
 */
export function isSpent(server: ServerState, nodes: readonly ClusterNode[]): boolean {
  if (removalStage(server.labels) !== 'reset') return false;
  const node = nodeOfServer(nodes, server);
  return !(server.status === 'running' && node?.ready === true && !node.unschedulable);
}

/** Lower goes earlier. */
function rank({ nodes }: RemovalInput, server: ServerState): number {
  if (removalStage(server.labels) !== undefined) return 0;
  const isReady = nodeOfServer(nodes, server)?.ready === true;
  return server.status === 'running' && isReady ? 2 : 1;
}

/**
 * The servers that --node names. A name that nothing has is forgiven only when the others are all
 * that has to go: then an earlier run of the same command has removed it.
 */
function namedServers(
  input: RemovalInput,
  living: readonly ServerState[],
  surplus: number,
): readonly ServerState[] {
  const { pool, wish, endpointIp } = input;
  const meant = wish.nodes.map((name) => ({ name, servers: serversCalled(input, name) }));
  const found = living.filter((one) => meant.some(({ servers }) => servers.includes(one)));
  const unknown = meant.filter(({ servers }) => servers.length === 0).map(({ name }) => name);
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

/**
 * The servers of the pool that are meant by this name: that of the server, that of its node, or its
 * id, for servers whose names were exchanged.
 */
export function serversCalled(
  {
    pool,
    nodes,
  }: {
    readonly pool: Pick<ScaledPool, 'servers'>;
    readonly nodes: readonly ClusterNode[];
  },
  name: string,
): readonly ServerState[] {
  const byId = pool.servers.filter(({ id }) => String(id) === name);
  if (byId.length > 0) return byId;
  const called = pool.servers.filter(
    (server) =>
      server.name === name || nodesOfServer(nodes, server).some((node) => node.name === name),
  );
  if (called.length < 2) return called;
  const each = called.map((one) => `${serverAndNode(one, nodeOfServer(nodes, one))}: id ${one.id}`);
  throw new UsageError(
    `"${name}" is the name of one server and of the node of another: ${enumerate(each)}`,
    `Say which one is meant by its id: ${called[0]?.id ?? ''}`,
  );
}

function endpointNeeded(servers: readonly ServerState[], endpointIp: string): PreconditionError {
  const holder = servers.find(({ privateIp }) => privateIp === endpointIp);
  return new PreconditionError(
    `${holder?.name ?? 'this control plane'} cannot be removed: it has the address ${endpointIp}, at which all nodes know the Kubernetes API`,
    'Remove another control plane. The one with the lowest index stays for the life of the cluster.',
  );
}

/**
 * A node whose kubelet is silent never confirms that its pods have ended, and a server that runs
 * and cannot be found among the nodes may be one under any name, with pods on it.
 */
export function checkDrainable(
  {
    nodes,
    wish,
  }: { readonly nodes: readonly ClusterNode[]; readonly wish: Pick<ScaleWish, 'force'> },
  chosen: readonly ServerState[],
): void {
  if (wish.force) return;
  const ofChosen = chosen.map((server) => ({ server, node: nodeOfServer(nodes, server) }));
  const lost = ofChosen.filter(({ server, node }) => !node && server.status === 'running');
  if (lost.length > 0) throw notAmongNodes(lost.map(({ server }) => server));
  const silent = ofChosen.filter(({ node }) => node?.ready === false);
  const [first] = silent;
  if (!first) return;
  const names = silent.map(({ server, node }) => serverAndNode(server, node));
  throw new PreconditionError(
    `${enumerate(names)} cannot be drained: not Ready (${first.node?.reason ?? ''})`,
    `Look at it first, or remove it as it is: the same command with --force. Pods on it are lost. A dead node is made anew by ${oxide`repair`}.`,
  );
}

/** A server that runs and whose node is not known cannot be drained (exit 3). */
export function notAmongNodes(servers: readonly ServerState[]): PreconditionError {
  const each = servers.map(({ name, id, privateIp }) => {
    return `${name} (id ${id}, ${privateIp ?? 'no private address'})`;
  });
  return new PreconditionError(
    `${enumerate(each)} cannot be drained: no node in Kubernetes has its address`,
    `Look at what it is: ${tool`kubectl get nodes -o wide`}. If it never was a node, or is to go as it is: the same command with --force.`,
  );
}

/** Throws for servers that Hetzner would not delete. */
export function checkProtection(remove: readonly ServerState[]): void {
  const kept = remove.filter((server) => server.deleteProtected).map(({ name }) => name);
  if (kept.length === 0) return;
  throw new PreconditionError(
    `${enumerate(kept)} cannot be removed: delete protection is on`,
    `Take the protection off ${inTheConsole}, or name other nodes.`,
  );
}
