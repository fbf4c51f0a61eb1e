import { blockedText, evictionOf, podNames } from '../../cluster/kubernetes/evictions.js';
import { ExitCode, OxideError } from '../../lib/errors.js';
import { formatDuration, plural } from '../../lib/format.js';
import { waitFor, type Probe } from '../../lib/wait.js';
import { ToolError } from '../../tools/exec.js';
import {
  drain,
  getBudgets,
  getPods,
  parseBudgets,
  parsePodsToEvict,
  uncordon,
} from '../../tools/kubectl.js';
import type { FlowContext } from '../run/context.js';

/** Real milliseconds between two looks at the pods that are left. */
const lookEveryMs = 5_000;

export interface DrainWish {
  readonly node: string;
  readonly timeoutMs: number;
  readonly onProgress: (text: string) => void;
}

/**
 * Moves the pods off a node, within their disruption budgets. On the deadline, or when it fails in
 * another way, the node takes pods again and the error names what stayed (exit 6, or 5).
 */
export async function drainNode(ctx: FlowContext, wish: DrainWish): Promise<void> {
  const { node, timeoutMs } = wish;
  const watching = new AbortController();
  const watch = watchPods(ctx, wish, watching.signal);
  try {
    // Pods that nobody makes again are in the plan that was confirmed; kubectl needs to be told.
    const realMs = timeoutMs / ctx.clock.speed;
    await ctx.run(drain(ctx.files.kubeconfig, { node, timeoutMs: realMs, force: true }));
  } catch (error) {
    ctx.signal.throwIfAborted();
    if (!(error instanceof ToolError)) throw error;
    throw await givenUp(ctx, wish, error);
  } finally {
    watching.abort();
    await watch;
  }
}

/** Tells how many pods are left until it is stopped. */
async function watchPods(
  ctx: FlowContext,
  { node, timeoutMs, onProgress }: DrainWish,
  stopped: AbortSignal,
): Promise<void> {
  const look = async (): Promise<Probe<never>> => {
    const left = await leavingPods(ctx, node);
    if (!stopped.aborted) onProgress(`${plural(left.length, 'pod')} left`);
    return { waiting: 'still draining' };
  };
  try {
    await waitFor(`the drain of ${node}`, look, {
      clock: ctx.clock,
      signal: AbortSignal.any([ctx.signal, stopped]),
      timeoutMs: 2 * timeoutMs,
      intervalMs: lookEveryMs * ctx.clock.speed,
    });
  } catch (error) {
    // Only the drain itself decides; what cannot be shown is not shown.
    if (!stopped.aborted && !ctx.signal.aborted && !(error instanceof OxideError)) throw error;
  }
}

async function leavingPods(ctx: FlowContext, node: string) {
  const { stdout } = await ctx.run(getPods(ctx.files.kubeconfig, node));
  const { moving, lost } = evictionOf(node, parsePodsToEvict(stdout, new Set()), []);
  return [...moving, ...lost];
}

/** Takes the drain back and says what stood in its way. */
async function givenUp(
  ctx: FlowContext,
  { node, timeoutMs }: DrainWish,
  error: ToolError,
): Promise<OxideError> {
  const { kubeconfig } = ctx.files;
  await ctx.run(uncordon(kubeconfig, node));
  const timedOut = error.says('global timeout reached') || error.failure.timedOut;
  if (!timedOut) {
    return new OxideError(`${node} could not be drained: ${error.reason}`, {
      hint: 'It takes pods again, and nothing of it was deleted.',
      cause: error,
    });
  }
  const pods = parsePodsToEvict((await ctx.run(getPods(kubeconfig, node))).stdout, new Set());
  const budgets = parseBudgets((await ctx.run(getBudgets(kubeconfig))).stdout);
  const eviction = evictionOf(node, pods, budgets);
  const left = [...eviction.moving, ...eviction.lost];
  const why = eviction.blocked.length > 0 ? blockedText(eviction) : podNames(left);
  return new OxideError(
    `${node} was not drained within ${formatDuration(timeoutMs)}: ${why || error.reason}`,
    {
      exitCode: ExitCode.timeout,
      hint:
        'It takes pods again, and nothing of it was deleted. Give the budgets room (more replicas,\n' +
        'or kubectl edit poddisruptionbudget), or allow more time: --timeout 30m',
      cause: error,
    },
  );
}
