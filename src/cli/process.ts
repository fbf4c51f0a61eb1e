import { setMaxListeners } from 'node:events';
import { ExitCode, InterruptedError } from '../lib/errors.js';
import { keepCompiled } from './compile-cache.js';
import type { CliIo } from './io.js';
import { lostOutput } from './lost-output.js';

interface Run {
  readonly interrupt: AbortController;
  ended: boolean;
  /** Why the result cannot be seen. */
  lost: Error | undefined;
}

/** Runs oxide as this process: with its streams, its signals and its exit code. */
export async function runProcess(args: readonly string[]): Promise<void> {
  // Where a bug is in the source, instead of in the bundle. Reading the maps takes its time.
  process.setSourceMapsEnabled(args.includes('--verbose') || args.includes('-v'));
  // Node warns about what libraries use and how many wait for one interrupt: nothing that a user could
  // act on. The rest of oxide is loaded afterwards, because the warnings come with the loading.
  process.removeAllListeners('warning');
  process.on('warning', () => undefined);
  // As many as there are nodes, tools and requests wait for the same interrupt.
  setMaxListeners(0);
  const run: Run = { interrupt: new AbortController(), ended: false, lost: undefined };
  keepCompiled(process.env);
  const { runCli, showFailure } = await import('./program.js');
  /** A command that has ended well without its result being seen has not. */
  const tellLost = (): void => {
    if (!run.ended || !run.lost || process.exitCode === ExitCode.precondition) return;
    process.exitCode = showFailure(run.lost, args, io);
  };
  const io = streams(run, tellLost);
  obeySignals(run);
  process.exitCode = await runCli(args, io);
  run.ended = true;
  tellLost();
}

function obeySignals(run: Run): void {
  let asked = 0;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      asked++;
      // When the work is done there is nothing left to take apart.
      if (run.ended) process.exit();
      if (asked > 1) process.exit(130);
      run.interrupt.abort(new InterruptedError());
    });
  }
}

/** The process's streams; Node opens each when it is asked for, and a small command needs one of them. */
function streams(run: Run, tellLost: () => void): CliIo {
  const watched = new Set<NodeJS.WriteStream>();
  const once = (stream: NodeJS.WriteStream, onError: (error: NodeJS.ErrnoException) => void) => {
    if (!watched.has(stream)) stream.on('error', onError);
    watched.add(stream);
    return stream;
  };
  return {
    env: process.env,
    signal: run.interrupt.signal,
    get stdin() {
      return process.stdin;
    },
    get stdout() {
      return once(process.stdout, (error) => {
        run.lost ??= lostOutput(error);
        if (run.lost) run.interrupt.abort(run.lost);
        tellLost();
      });
    },
    get stderr() {
      // What cannot be said cannot be said.
      return once(process.stderr, () => undefined);
    },
  };
}
