import { steadyTime } from '../../lib/wait.js';
import { ToolError, type Invocation, type ToolName, type ToolOutput } from '../../tools/exec.js';
import * as helm from '../../tools/helm.js';
import * as kubectl from '../../tools/kubectl.js';
import * as talosctl from '../../tools/talosctl.js';
import type { FlowContext } from '../run/context.js';

/** Real milliseconds that a look waits for what does not answer. */
export const lookMs = 5_000;

/** The same on a machine that is busy, where a tool needs seconds before it asks anything. */
const patientLookMs = 20_000;

/** A tool that needs this long (real milliseconds) to tell its own version has no time for more. */
const busyMs = 500;

/** What each tool answers by itself, without the cluster. */
const ownVersion: Readonly<Record<ToolName, () => Invocation>> = {
  talosctl: talosctl.clientVersion,
  kubectl: kubectl.clientVersion,
  helm: helm.clientVersion,
};

/**
 * The same surroundings, in which no tool takes longer than a look may. What does not answer is asked
 * once more before it counts as silent: for longer when the tool is slow also where it asks nobody,
 * because this machine is busy then. A tool that was silent twice gets no second question after that.
 * `now`: steady real milliseconds.
 */
export function withShortTimeouts(ctx: FlowContext, now = steadyTime): FlowContext {
  const silent = new Set<ToolName>();
  const isBusy = async (tool: ToolName): Promise<boolean> => {
    const start = now();
    try {
      await ctx.run({ ...ownVersion[tool](), timeoutMs: lookMs });
    } catch (error) {
      return isSilence(error);
    }
    return now() - start >= busyMs;
  };
  const askAgain = async (invocation: Invocation): Promise<ToolOutput> => {
    const timeoutMs = (await isBusy(invocation.tool)) ? patientLookMs : lookMs;
    try {
      return await ctx.run({ ...invocation, timeoutMs });
    } catch (error) {
      if (isSilence(error)) silent.add(invocation.tool);
      throw error;
    }
  };
  return {
    ...ctx,
    run: async (invocation) => {
      try {
        return await ctx.run({ ...invocation, timeoutMs: Math.min(invocation.timeoutMs, lookMs) });
      } catch (error) {
        if (!isSilence(error) || silent.has(invocation.tool)) throw error;
        return askAgain(invocation);
      }
    },
  };
}

function isSilence(error: unknown): boolean {
  return error instanceof ToolError && error.failure.timedOut;
}

/** Why a tool that was ended had nothing to say. */
export function silence({ timeoutMs }: Invocation): string {
  const within = `no answer within ${timeoutMs / 1_000} s`;
  return timeoutMs > lookMs ? `${within} (this machine is busy)` : within;
}
