import { wallClock, type Clock } from '../../src/lib/wait.js';
import { runTalosctl } from '../../src/sandbox/talosctl/run.js';
import type { World } from '../../src/sandbox/world.js';
import { ToolError, type Invocation, type RunTool } from '../../src/tools/exec.js';
import { helm } from './helm-double.js';
import { keptAuthority } from './kept-authorities.js';
import { kubectl } from './kubectl-double.js';
import { serviceAccountKey } from './service-account-key.js';
import { answerCall } from '../../src/sandbox/talos/rpc/answer.js';

/** How a double ended. */
export interface Ending {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export const done = (stdout = ''): Ending => ({ exitCode: 0, stdout, stderr: '' });
export const failed = (stderr: string): Ending => ({ exitCode: 1, stdout: '', stderr });

/** How a call ended: by itself, at its deadline, or by a signal. */
export type ToolEnd = Ending | 'timeout' | { readonly signal: string; readonly stdout: string };

export interface DoublesOptions {
  readonly world: World;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** The version that the double of talosctl says it has. */
  readonly talosVersion: string;
  /** Sees every call before it runs, and may end it instead. */
  readonly intercept?: ((invocation: Invocation) => Ending | undefined) | undefined;
  /** Stands between the caller and the call: may let it happen, change its end, or both. */
  readonly around?:
    ((invocation: Invocation, happen: () => Promise<ToolEnd>) => Promise<ToolEnd>) | undefined;
}

/**
 * The tools without their processes: the stand-in talosctl in this process, and as much of kubectl
 * and helm as oxide calls, on the same simulated Kubernetes API that the real ones use. Tests that
 * run a flow hundreds of times use these; that the real tools do the same is tested beside them.
 */
export function createToolDoubles(options: DoublesOptions): RunTool {
  const { signal } = options;
  return async (invocation) => {
    signal.throwIfAborted();
    const happen = (): Promise<ToolEnd> => dispatch(options, invocation);
    const ending =
      options.intercept?.(invocation) ??
      (await (options.around ? options.around(invocation, happen) : happen()));
    signal.throwIfAborted();
    if (ending === 'timeout') {
      throw new ToolError({ invocation, stdout: '', stderr: '', timedOut: true });
    }
    if ('signal' in ending) {
      throw new ToolError({ invocation, stderr: '', timedOut: false, ...ending });
    }
    const { stdout, stderr, exitCode } = ending;
    if (exitCode === 0) return { stdout, stderr };
    throw new ToolError({ invocation, stdout, stderr, exitCode, timedOut: false });
  };
}

/** Ends a call of talosctl that hangs when its time is over. */
async function dispatch(options: DoublesOptions, invocation: Invocation): Promise<ToolEnd> {
  if (invocation.args[0] !== 'reset') return run(options, invocation);
  const { clock, signal } = options;
  const ended = new AbortController();
  const timeout = clock
    .sleep(invocation.timeoutMs, AbortSignal.any([signal, ended.signal]))
    .then(() => 'timeout' as const);
  const result = await Promise.race([run(options, invocation), timeout]);
  ended.abort();
  await timeout.catch(() => undefined);
  return result;
}

function run(options: DoublesOptions, invocation: Invocation): Promise<Ending> {
  if (invocation.tool === 'kubectl') return kubectl(options, invocation);
  if (invocation.tool === 'helm') return helm(options, invocation);
  const { world, clock, talosVersion } = options;
  // A reset only waits for the node.
  const waits = invocation.args[0] === 'reset';
  const work = () =>
    runTalosctl(invocation.args, {
      env: {},
      cwd: '.',
      version: talosVersion,
      now: wallClock,
      generateServiceAccountKey: () => Promise.resolve(serviceAccountKey()),
      createAuthority: keptAuthority,
      call: async (request) => {
        const answer = await answerCall(world.talos, request, world.settle());
        world.saveClusters();
        world.saveCloud();
        return answer;
      },
    });
  return waits ? work() : clock.during(work);
}
