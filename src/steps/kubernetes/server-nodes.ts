import type { ServerState } from '../../cluster/state/cluster-state.js';
import { nodesOfServer } from '../../cluster/state/nodes.js';
import { deleteNode, getNodes, parseNodes, type KubeNode } from '../../tools/kubectl.js';
import type { FlowContext } from '../run/context.js';

/** All nodes as Kubernetes knows them now. */
export async function readNodes(ctx: FlowContext): Promise<readonly KubeNode[]> {
  return parseNodes((await ctx.run(getNodes(ctx.files.kubeconfig))).stdout);
}

/** What the server is in Kubernetes, whatever both are called; the node that lives first. */
export async function nodesOf(ctx: FlowContext, server: ServerState): Promise<readonly KubeNode[]> {
  return nodesOfServer(await readNodes(ctx), server);
}

/** Deletes every node that the server is, and says how many that were. */
export async function deleteNodes(ctx: FlowContext, server: ServerState): Promise<number> {
  const nodes = await nodesOf(ctx, server);
  for (const { name } of nodes) await ctx.run(deleteNode(ctx.files.kubeconfig, name));
  return nodes.length;
}
