import type { ServerState } from '../state/cluster-state.js';
import { nodesOfServer, type ClusterNode } from '../state/nodes.js';
import { tool } from '../../lib/commands.js';

/** A server and its nodes that have different names, or more nodes than one. */
export interface NameDifference {
  /** `stale`: a second node, of which nothing lives any more. */
  readonly kind: 'name' | 'stale';
  readonly message: string;
  /** The command that sets it right. */
  readonly remedy: string;
}

/**
 * Where names do not say what belongs together: somebody renamed a server. Until it boots again its
 * node keeps its name; then Talos takes the new one, and the earlier node stays behind.
 */
export function nameDifferences(
  servers: readonly ServerState[],
  nodes: readonly ClusterNode[],
): readonly NameDifference[] {
  return servers.flatMap((server): NameDifference[] => {
    const { name, id } = server;
    const [living, ...stale] = nodesOfServer(nodes, server);
    const earlier = stale.map((node): NameDifference => ({
      kind: 'stale',
      message: `${name} (id ${id}) has a second node in Kubernetes, ${node.name}, from before it was renamed and booted again`,
      remedy: `${tool`kubectl delete node ${node.name}`}: what is bound to it is made again elsewhere`,
    }));
    if (!living || living.name === name.toLowerCase()) return earlier;
    const differing: NameDifference = {
      kind: 'name',
      message: `the server ${name} (id ${id}) is the node ${living.name} in Kubernetes`,
      remedy: `${tool`hcloud server update ${id} --name ${living.name}`}, or its next boot makes a second node`,
    };
    return [differing, ...earlier];
  });
}
