import {
  blockedText,
  evictionOf,
  podNames,
  type Eviction,
  type PodView,
} from '../../cluster/kubernetes/evictions.js';
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
  ranIntoDeadline,
} from '../../tools/kubectl.js';
import type { FlowContext } from '../run/context.js';
import { demandDrained, leavingPods } from './cordon.js';

/** Real milliseconds between two looks at the pods that are left. */
const lookEveryMs = 5_000;

export interface DrainWish {
  readonly node: string;
  /** The pods that it moves, as they were before. */
  readonly before: readonly PodView[];
  readonly timeoutMs: number;
  readonly onProgress: (text: string) => void;
}

/**
 * Moves the pods off a node, within their disruption budgets, and makes sure that it is empty. On the
 * deadline, or when it fails in another way, the error names what stayed and what is gone (exit 6, or
 * that of the cause). The node stays cordoned: to give it back is the caller's.
 */
export async function drainNode(ctx: FlowContext, wish: DrainWish): Promise<void> {
  const { node, timeoutMs, before } = wish;
  const watching = new AbortController();
  const watch = watchPods(ctx, wish, watching.signal);
  try {
    // Pods that nobody makes again are in the plan that was confirmed; kubectl needs to be told.
    const realMs = timeoutMs / ctx.clock.speed;
    const call = drain(ctx.files.kubeconfig, { nodes: [node], timeoutMs: realMs, force: true });
    await demandDrained(ctx, node, await ctx.run(call));
  } catch (error) {
    ctx.signal.throwIfAborted();
    if (!(error instanceof ToolError)) throw error;
    throw await drainFailure(ctx, wish, { error, before });
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

interface Failed {
  readonly error: ToolError;
  readonly before: readonly PodView[];
}

/** What stood in the way of a drain, and what it has done all the same. */
async function drainFailure(
  ctx: FlowContext,
  { node, timeoutMs }: DrainWish,
  { error, before }: Failed,
): Promise<OxideError> {
  const now = await evictionNow(ctx, node);
  const onDeadline = ranIntoDeadline(error);
  const why = (onDeadline && now ? stayedText(now) : '') || error.reason;
  const next = onDeadline ? wayOn(now) : error.hint;
  const message = onDeadline
    ? `${node} was not drained within ${formatDuration(timeoutMs)}: ${why}`
    : `${node} could not be drained: ${why}`;
  return new OxideError(message, {
    exitCode: onDeadline ? ExitCode.timeout : error.exitCode,
    hint: [doneText(before, now), ...(next === undefined ? [] : [next])].join('\n'),
    cause: error,
  });
}

/** How the pods of the node are now; undefined when that cannot be asked: the drain's error counts. */
async function evictionNow(ctx: FlowContext, node: string): Promise<Eviction | undefined> {
  const { kubeconfig } = ctx.files;
  try {
    const pods = parsePodsToEvict((await ctx.run(getPods(kubeconfig, node))).stdout, new Set());
    const budgets = parseBudgets((await ctx.run(getBudgets(kubeconfig))).stdout);
    return evictionOf(node, pods, budgets);
  } catch (error) {
    ctx.signal.throwIfAborted();
    if (error instanceof OxideError) return undefined;
    throw error;
  }
}

/** `default/slow, which is still ending`; `default/db-0 (budget db)`; empty when all are gone. */
function stayedText(now: Eviction): string {
  const held = now.blocked.map(({ pod }) => pod);
  const free = [...now.moving, ...now.lost].filter((pod) => !held.includes(pod));
  const ending = free.filter((pod) => pod.ending);
  const rest = free.filter((pod) => !pod.ending);
  return [
    ...(held.length > 0 ? [blockedText(now)] : []),
    ...(ending.length > 0 ? [`still ending: ${podNames(ending)}`] : []),
    ...(rest.length > 0 ? [podNames(rest)] : []),
  ].join('; ');
}

/** What a drain has done that failed: pods that nobody makes again are gone for good. */
function doneText(before: readonly PodView[], now: Eviction | undefined): string {
  if (!now) return 'What became of its pods could not be asked.';
  const here = new Set([...now.moving, ...now.lost].filter(({ ending }) => !ending).map(nameOf));
  const gone = before.filter((pod) => !here.has(nameOf(pod)));
  const lost = gone.filter(({ controller }) => controller === undefined);
  const moved = gone.length - lost.length;
  if (gone.length === 0) return 'None of its pods was touched.';
  return [
    ...(moved > 0 ? [`${plural(moved, 'pod')} of it were told to move.`] : []),
    ...(lost.length > 0 ? [`${lostText(lost, now)}, which nobody makes again.`] : []),
  ].join(' ');
}

function lostText(lost: readonly PodView[], now: Eviction): string {
  const ending = now.lost.filter((pod) => pod.ending);
  const what = ending.length > 0 ? 'Gone for good, or about to be' : 'Gone for good';
  return `${what}: ${podNames(lost)}`;
}

function nameOf({ namespace, name }: PodView): string {
  return `${namespace}/${name}`;
}

function wayOn(now: Eviction | undefined): string {
  if (now && now.blocked.length === 0) return 'Allow more time: --timeout 30m';
  return 'Give the budgets room (more replicas, or another poddisruptionbudget), or allow more\ntime: --timeout 30m';
}
