import type { ServerState } from '../../cluster/state/cluster-state.js';
import { gathered } from '../../lib/gathered.js';
import { ToolError, type ToolOutput } from '../../tools/exec.js';
import { deleteNodes, drain } from '../../tools/kubectl.js';
import { reset } from '../../tools/talosctl.js';
import type { FlowContext } from '../run/context.js';
import type { NodeServer } from '../run/node-server.js';
import { targetThrough } from '../run/talos-target.js';

/**
 * Real milliseconds for `talosctl reset`. It may hang when the node is off already (Talos issue
 * 11119), so it is ended, and facts decide.
 */
const resetTimeoutMs = 2 * 60_000;
/** How long a call waits for others that want the same of other nodes, ms. */
const gatherMs = 200;
/** Real milliseconds for the drain of nodes without pods that move. */
const emptyDrainMs = 30_000;

/** What is asked for several nodes in one call of a tool. */
export interface NodeActs {
  /**
   * Cordons nodes that have no pods to move; kubectl drains several one after the other, which takes
   * no time then. Undefined when it failed for any of them.
   */
  drainEmpty(name: string): Promise<ToolOutput | undefined>;
  /** Asks the node to switch itself off. Returns what talosctl said when it failed, which alone proves nothing. */
  reset(server: ServerState): Promise<string | undefined>;
  /** Takes the node out of Kubernetes. */
  deleteNode(name: string): Promise<void>;
}

/**
 * The acts of removals that run side by side: what they want at the same moment is one process. When
 * it fails each node is asked for alone, so that a failure is that of its own node.
 */
export function nodeActs(ctx: FlowContext, others: readonly NodeServer[]): NodeActs {
  const pause = (): Promise<void> => ctx.clock.sleep(gatherMs, ctx.signal);
  const drainAll = gathered(pause, async (nodes: readonly string[]) => {
    const said = await tryDrain(ctx, nodes);
    return () => Promise.resolve(said);
  });
  const resetAll = gathered(pause, async (nodes: readonly string[]) => {
    const said = await tryReset(ctx, others, { nodes, wait: false });
    if (said === undefined || nodes.length === 1) return () => Promise.resolve(said);
    return (node: string) => tryReset(ctx, others, { nodes: [node], wait: false });
  });
  const deleteAll = gathered(pause, async (names: readonly string[]) => {
    const { kubeconfig } = ctx.files;
    try {
      await ctx.run(deleteNodes(kubeconfig, names));
      return () => Promise.resolve();
    } catch (error) {
      if (names.length === 1 || !(error instanceof ToolError)) throw error;
      return async (name: string) => {
        await ctx.run(deleteNodes(kubeconfig, [name]));
      };
    }
  });
  const [way] = others;
  return {
    drainEmpty: drainAll,
    reset: (server) => {
      if (!way) return Promise.resolve('no other control plane answers');
      const { node } = targetThrough(ctx, way, server);
      // One that is a member of etcd has left it when the call ends by itself.
      const isMember = server.role === 'control-plane';
      return isMember ? tryReset(ctx, others, { nodes: [node], wait: true }) : resetAll(node);
    },
    deleteNode: deleteAll,
  };
}

async function tryDrain(
  ctx: FlowContext,
  nodes: readonly string[],
): Promise<ToolOutput | undefined> {
  const options = { nodes, timeoutMs: emptyDrainMs, force: true };
  try {
    return await ctx.run(drain(ctx.files.kubeconfig, options));
  } catch (error) {
    ctx.signal.throwIfAborted();
    if (error instanceof ToolError) return undefined;
    throw error;
  }
}

async function tryReset(
  ctx: FlowContext,
  [way]: readonly NodeServer[],
  { nodes, wait }: { readonly nodes: readonly string[]; readonly wait: boolean },
): Promise<string | undefined> {
  if (!way) return undefined;
  const target = {
    talosconfig: ctx.files.talosconfig,
    endpoint: way.publicIpv4,
    node: nodes.join(','),
  };
  try {
    await ctx.run(reset(target, { graceful: true, wait, timeoutMs: resetTimeoutMs }));
    return undefined;
  } catch (error) {
    ctx.signal.throwIfAborted();
    if (error instanceof ToolError) return error.reason;
    throw error;
  }
}
