import type { ServerState } from '../../cluster/state/cluster-state.js';
import { nodesOfServer } from '../../cluster/state/nodes.js';
import { enumerateNames } from '../../lib/format.js';
import type { StepIo } from '../../lib/step.js';
import { deleteNodes, type KubeNode } from '../../tools/kubectl.js';
import type { FlowContext } from '../run/context.js';

/** All nodes as Kubernetes knows them now. */
export function readNodes(ctx: FlowContext): Promise<readonly KubeNode[]> {
  return ctx.observer.nodes();
}

/** What the server is in Kubernetes, whatever both are called; the node that lives first. */
export async function nodesOf(ctx: FlowContext, server: ServerState): Promise<readonly KubeNode[]> {
  return nodesOfServer(await readNodes(ctx), server);
}

/** Takes nodes out of Kubernetes whose servers are gone. */
export async function forgetNodes(
  ctx: FlowContext,
  names: readonly string[],
  io: StepIo,
): Promise<void> {
  await ctx.run(deleteNodes(ctx.files.kubeconfig, names));
  io.summary(enumerateNames(names));
}
