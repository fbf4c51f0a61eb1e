import type { Role, ServerState } from './cluster-state.js';

/** A node as Kubernetes knows it, with what ties it to a server. */
export interface ClusterNode {
  readonly name: string;
  readonly ready: boolean;
  /** Why it is not Ready. */
  readonly reason: string;
  /** Since when it is not Ready, by the clock of the cluster, ms; undefined: it is, or nobody tells. */
  readonly notReadySince?: number | undefined;
  readonly role: Role;
  readonly internalIp: string | undefined;
  /** `hcloud://42`, once a cloud controller has set it; it never changes afterwards. */
  readonly providerId: string | undefined;
  /** Cordoned: takes no new pods. */
  readonly unschedulable: boolean;
}

/** What of a server ties nodes to it: neither can be edited while it is a node. */
export type NodeAnchor = Pick<ServerState, 'id' | 'privateIp'>;

/**
 * The nodes that a server is in Kubernetes, the one that lives first. There is more than one when
 * the server was renamed and booted again: Talos takes the new name, and its kubelet registers a
 * second node beside the first. A name ties nothing to anything, because anybody may change it.
 */
export function nodesOfServer<N extends ClusterNode>(
  nodes: readonly N[],
  server: NodeAnchor,
): readonly N[] {
  return nodes.filter((node) => isNodeOf(node, server)).sort((a, b) => life(b) - life(a));
}

/** The node that a server is in Kubernetes; undefined when none can be told to be it. */
export function nodeOfServer<N extends ClusterNode>(
  nodes: readonly N[],
  server: NodeAnchor,
): N | undefined {
  return nodesOfServer(nodes, server)[0];
}

/** Nodes that none of these servers is. */
export function nodesWithoutServer<N extends ClusterNode>(
  nodes: readonly N[],
  servers: readonly NodeAnchor[],
): readonly N[] {
  return nodes.filter((node) => !servers.some((server) => isNodeOf(node, server)));
}

/** An address may pass from a deleted server to a new one; the id of a server never does. */
function isNodeOf({ providerId, internalIp }: ClusterNode, server: NodeAnchor): boolean {
  const id = /^hcloud:\/\/(\d+)$/.exec(providerId ?? '')?.[1];
  if (id !== undefined) return Number(id) === server.id;
  return internalIp !== undefined && internalIp === server.privateIp;
}

/** Of two nodes of a server the one that is Ready lives, or else the one that was cordoned last. */
function life({ ready, unschedulable }: ClusterNode): number {
  return (ready ? 2 : 0) + (unschedulable ? 1 : 0);
}

/** `postgres-1 (node demo-web-2)`, or the name alone where both have the same. */
export function serverAndNode(server: { readonly name: string }, node?: ClusterNode): string {
  return node && node.name !== server.name ? `${server.name} (node ${node.name})` : server.name;
}
