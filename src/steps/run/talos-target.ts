import type { ServerState } from '../../cluster/state/cluster-state.js';
import type { TalosTarget } from '../../tools/talosctl.js';
import type { FlowContext } from './context.js';
import type { NodeServer } from './node-server.js';

/** How talosctl reaches a control plane: directly, with the cluster's talosconfig. */
export function targetOf(ctx: FlowContext, node: Pick<NodeServer, 'publicIpv4'>): TalosTarget {
  return {
    talosconfig: ctx.files.talosconfig,
    endpoint: node.publicIpv4,
    node: node.publicIpv4,
  };
}

/** How talosctl reaches any node: a control plane passes the call on, over the private network. */
export function targetThrough(
  ctx: FlowContext,
  controlPlane: NodeServer,
  node: ServerState,
): TalosTarget {
  return { ...targetOf(ctx, controlPlane), node: node.privateIp ?? node.publicIpv4 ?? node.name };
}
