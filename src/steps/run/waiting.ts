import type { StepIo } from '../../lib/step.js';
import type { Probe, WaitOptions } from '../../lib/wait.js';
import { ToolError } from '../../tools/exec.js';
import type { FlowContext } from './context.js';

interface Patience {
  readonly timeoutMs: number;
  /** The likely cause and the next command, for the timeout's error. */
  readonly hint?: string;
}

/** How a step waits: by the run's clock, until it is interrupted, with each reason shown. */
export function waitOptions(
  { clock, signal }: FlowContext,
  io: StepIo,
  { timeoutMs, hint }: Patience,
): WaitOptions {
  const onWaiting = (why: string): void => {
    io.detail(why);
  };
  return { clock, signal, timeoutMs, onWaiting, ...(hint === undefined ? {} : { hint }) };
}

/** Asks a tool; that it fails is a reason to wait, in the tool's own words. */
export async function asked<T>(ctx: FlowContext, call: () => Promise<T>): Promise<Probe<T>> {
  try {
    return { ready: await call() };
  } catch (error) {
    ctx.signal.throwIfAborted();
    if (error instanceof ToolError) return { waiting: error.lastLine };
    throw error;
  }
}
