import type { StepIo } from '../../lib/step.js';
import type { Probe, WaitOptions } from '../../lib/wait.js';
import { OxideError } from '../../lib/errors.js';
import { ToolError } from '../../tools/exec.js';
import { kubernetesObstacle } from '../../tools/kubectl.js';
import { talosObstacle, type Obstacle } from '../../tools/talosctl.js';
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
    if (!(error instanceof ToolError)) throw error;
    askAnotherNext(ctx, error);
    return { waiting: error.reason };
  }
}

/** Where Kubernetes was asked, this control plane may have died: the next one is asked then. */
function askAnotherNext({ apiServers }: FlowContext, { failure }: ToolError): void {
  if (failure.invocation.tool !== 'talosctl') apiServers.next();
}

const goesOn = 'The same command goes on from here.';

/** Asks a tool for one wait; what is only not there yet becomes a reason to wait. */
export type Ask = <T>(call: () => Promise<T>) => Promise<Probe<T>>;

/**
 * How long a failure that waiting does not heal is looked at again, ms: an API server renews its
 * certificate when it learns the addresses of its node, and a node that boots may show another first.
 */
const hopelessAfterMs = 20_000;

/** Asks the Talos API, for one wait. All that is no matter of waiting is thrown. */
export function askTalos(ctx: FlowContext): Ask {
  return asker(ctx, talosObstacle);
}

/** Asks the Kubernetes API, for one wait: every failure is a reason to wait but what cannot become. */
export function askKubernetes(ctx: FlowContext): Ask {
  return asker(ctx, kubernetesObstacle);
}

function asker(ctx: FlowContext, obstacleOf: (error: ToolError) => Obstacle | undefined): Ask {
  let hopelessSince: number | undefined;
  return async (call) => {
    try {
      return { ready: await call() };
    } catch (error) {
      ctx.signal.throwIfAborted();
      const obstacle = error instanceof ToolError ? obstacleOf(error) : undefined;
      if (!(error instanceof ToolError) || !obstacle) throw error;
      askAnotherNext(ctx, error);
      const { prospect, why, hint } = obstacle;
      const now = ctx.clock.steady();
      if (prospect === 'not-yet') hopelessSince = undefined;
      if (prospect === 'never') hopelessSince ??= now;
      if (
        hopelessSince !== undefined &&
        prospect === 'never' &&
        now - hopelessSince >= hopelessAfterMs
      )
        throw hopeless(obstacle, error);
      const advice = hint === undefined ? {} : { hint: `${hint}\n${goesOn}` };
      return { waiting: why, words: error.reason, ...advice, cause: error };
    }
  };
}

function hopeless({ why, hint }: Obstacle, error: ToolError): OxideError {
  const words = error.reason === why ? '' : `\n  ${error.reason}`;
  return new OxideError(`waiting does not help: ${why}${words}`, {
    exitCode: error.exitCode,
    hint: hint === undefined ? goesOn : `${hint}\n${goesOn}`,
    cause: error,
  });
}
