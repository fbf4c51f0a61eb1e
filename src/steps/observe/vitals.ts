import { vitalsOf, type Vitals } from '../../cluster/plan/replace/dead-nodes.js';
import type { ClusterState, ServerState } from '../../cluster/state/cluster-state.js';
import { nodeOfServer, type ClusterNode } from '../../cluster/state/nodes.js';
import { inParallel } from '../../lib/parallel.js';
import { steadyTime } from '../../lib/wait.js';
import { ToolError } from '../../tools/exec.js';
import { getControllerLease, parseClusterTime } from '../../tools/kubectl.js';
import { isTalosSilent, version, type TalosTarget } from '../../tools/talosctl.js';
import type { FlowContext } from '../run/context.js';
import type { NodeServer } from '../run/node-server.js';
import { targetOf, targetThrough } from '../run/talos-target.js';
import { ask } from './answers.js';
import { shortLooks } from './short-looks.js';

interface Looked {
  readonly state: ClusterState;
  readonly nodes: readonly ClusterNode[];
  /** Control planes whose Talos answers: they pass calls on. */
  readonly through: readonly NodeServer[];
}

/**
 * What is known of every node. Only those that are not Ready while their servers run are asked, and
 * the cluster for its time: a cluster whose nodes are all Ready is not asked anything. Throws a TimeoutError
 * when this machine is too busy to ask: that nothing answers it is no sign of death then. `now`: steady real
 * milliseconds.
 */
export async function observeVitals(
  ctx: FlowContext,
  looked: Looked,
  now = steadyTime,
): Promise<readonly Vitals[]> {
  const { state, nodes, through } = looked;
  const suspects = state.servers.filter(
    (server) => server.status === 'running' && nodeOfServer(nodes, server)?.ready === false,
  );
  const looks = shortLooks(ctx, now);
  const look = looks.ctx;
  const [clusterTime, answers] = await inParallel(
    suspects.length === 0 ? Promise.resolve(undefined) : timeOfCluster(look),
    inParallel(
      ...suspects.map(async (server): Promise<[number, boolean]> => [
        server.id,
        await talosAnswers(look, server, through),
      ]),
    ),
  );
  looks.demandTime();
  const { config } = ctx;
  return vitalsOf({ config, state, nodes, clusterTime, talos: new Map(answers) });
}

async function timeOfCluster(ctx: FlowContext): Promise<number | undefined> {
  const asked = await ask(ctx, async () =>
    parseClusterTime((await ctx.run(getControllerLease(ctx.files.kubeconfig))).stdout),
  );
  return 'is' in asked ? asked.is : undefined;
}

/**
 * Whether its Talos answers, at its own address or to another control plane: the way from this
 * machine alone may be broken. Anything that is no silence counts as an answer.
 */
async function talosAnswers(
  ctx: FlowContext,
  server: ServerState,
  through: readonly NodeServer[],
): Promise<boolean> {
  const { publicIpv4, id } = server;
  const [other] = through.filter((node) => node.id !== id);
  const ways = [
    ...(publicIpv4 === undefined ? [] : [targetOf(ctx, { publicIpv4 })]),
    ...(other ? [targetThrough(ctx, other, server)] : []),
  ];
  for (const way of ways) if (!(await isSilent(ctx, way))) return true;
  return false;
}

async function isSilent(ctx: FlowContext, target: TalosTarget): Promise<boolean> {
  try {
    await ctx.run(version(target));
    return false;
  } catch (error) {
    ctx.signal.throwIfAborted();
    if (!(error instanceof ToolError)) throw error;
    return isTalosSilent(error);
  }
}
