import { TimeoutError } from '../../lib/errors.js';
import { steadyTime } from '../../lib/wait.js';
import { ToolError, type Invocation, type ToolName, type ToolOutput } from '../../tools/exec.js';
import * as helm from '../../tools/helm.js';
import * as kubectl from '../../tools/kubectl.js';
import * as talosctl from '../../tools/talosctl.js';
import type { FlowContext } from '../run/context.js';

/** Real milliseconds that a look waits for what does not answer. */
export const lookMs = 5_000;

/** What a tool needs to tell its own version on a machine that has time for it; real milliseconds. */
const usualMs = 150;
/** A tool that needs this long for that has no time for more. */
const busyMs = 500;
/** The longest that a busy machine is given for one answer; where it needs more, nothing can be told. */
const mostPatienceMs = 120_000;

/** What each tool answers by itself, without the cluster. */
const ownVersion: Readonly<Record<ToolName, () => Invocation>> = {
  talosctl: talosctl.clientVersion,
  kubectl: kubectl.clientVersion,
  helm: helm.clientVersion,
};

/** Surroundings with short deadlines, and what came of them. */
export interface ShortLooks {
  readonly ctx: FlowContext;
  /** Throws when a tool was silent for which this machine is too busy: that tells nothing of the cluster. */
  demandTime(): void;
}

/** The same surroundings, in which no tool takes longer than a look may: see `shortLooks`. */
export function withShortTimeouts(ctx: FlowContext): FlowContext {
  return shortLooks(ctx).ctx;
}

/**
 * What does not answer is asked once more before it counts as silent: for longer when the tool is slow
 * also where it asks nobody, by as much as it is slower there, because this machine is busy then. A tool
 * that was silent twice gets no second question after that. `now`: steady real milliseconds.
 */
export function shortLooks(ctx: FlowContext, now = steadyTime): ShortLooks {
  const silent = new Set<ToolName>();
  let patience = lookMs;
  let tooBusy: TimeoutError | undefined;
  const measure = async (tool: ToolName): Promise<number> => {
    const start = now();
    try {
      // It waits for nobody's turn: what it would wait for is no slowness of the machine.
      await ctx.run({ ...ownVersion[tool](), timeoutMs: lookMs, waits: true });
    } catch (error) {
      if (isSilence(error)) return Infinity;
    }
    return now() - start;
  };
  const askAgain = async (invocation: Invocation): Promise<ToolOutput> => {
    const { tool } = invocation;
    const ownMs = await measure(tool);
    patience = patienceFor(ownMs);
    try {
      return await ctx.run({ ...invocation, timeoutMs: Math.min(patience, mostPatienceMs) });
    } catch (error) {
      if (isSilence(error)) {
        silent.add(tool);
        if (patience > mostPatienceMs) tooBusy = busyError(tool, ownMs);
      }
      throw error;
    }
  };
  const run = async (invocation: Invocation): Promise<ToolOutput> => {
    const first = silent.has(invocation.tool) ? lookMs : Math.min(patience, mostPatienceMs);
    try {
      return await ctx.run({ ...invocation, timeoutMs: Math.min(invocation.timeoutMs, first) });
    } catch (error) {
      if (!isSilence(error) || silent.has(invocation.tool)) throw error;
      return askAgain(invocation);
    }
  };
  const demandTime = (): void => {
    if (tooBusy) throw tooBusy;
  };
  return { ctx: { ...ctx, run }, demandTime };
}

/** How long a machine on which a tool needs this long for its own version is waited for. */
function patienceFor(ownMs: number): number {
  return ownMs < busyMs ? lookMs : (lookMs * ownMs) / usualMs;
}

function busyError(tool: ToolName, ownMs: number): TimeoutError {
  const own = ownMs === Infinity ? `more than ${lookMs / 1_000}` : (ownMs / 1_000).toFixed(1);
  return new TimeoutError(
    `this machine is too busy to ask with ${tool}`,
    `${mostPatienceMs / 1_000} s`,
    `${tool} needs ${own} s to tell its own version`,
    { hint: 'Nothing is known of the cluster by that. Look again when the machine has time.' },
  );
}

function isSilence(error: unknown): boolean {
  return error instanceof ToolError && error.failure.timedOut;
}

/** Why a tool that was ended had nothing to say. */
export function silence({ timeoutMs }: Invocation): string {
  const within = `no answer within ${Math.round(timeoutMs / 1_000)} s`;
  return timeoutMs > lookMs ? `${within} (this machine is busy)` : within;
}
