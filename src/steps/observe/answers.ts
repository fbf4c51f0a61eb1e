import type { Answer } from '../../lib/answer.js';
import { messageOf, OxideError } from '../../lib/errors.js';
import { ToolError } from '../../tools/exec.js';
import { talosObstacle } from '../../tools/talosctl.js';
import type { FlowContext } from '../run/context.js';
import { silence } from './short-looks.js';

/** Asks, and takes what nobody can tell for an answer, with the reason. */
export async function ask<T>(ctx: FlowContext, question: () => Promise<T>): Promise<Answer<T>> {
  try {
    return { is: await question() };
  } catch (error) {
    ctx.signal.throwIfAborted();
    if (!(error instanceof OxideError)) throw error;
    return { unknown: error instanceof ToolError ? reasonOf(error) : messageOf(error) };
  }
}

/** Why a tool brought no answer, in one line. */
export function reasonOf(error: ToolError): string {
  const { timedOut, invocation } = error.failure;
  if (timedOut) return silence(invocation);
  return (invocation.tool === 'talosctl' ? talosObstacle(error)?.why : undefined) ?? error.reason;
}
