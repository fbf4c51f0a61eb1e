import type { Probe } from '../../lib/wait.js';
import { ToolError } from '../../tools/exec.js';
import { talosNotReady } from '../../tools/talosctl.js';
import type { FlowContext } from '../run/context.js';

/** Runs a call and turns "not answering yet" into a reason to wait; all else is thrown. */
export async function probeTalos<T>(ctx: FlowContext, call: () => Promise<T>): Promise<Probe<T>> {
  try {
    return { ready: await call() };
  } catch (error) {
    ctx.signal.throwIfAborted();
    const why = error instanceof ToolError ? talosNotReady(error) : undefined;
    if (why === undefined) throw error;
    return { waiting: why };
  }
}
