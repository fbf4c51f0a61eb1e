#!/usr/bin/env node
import { setMaxListeners } from 'node:events';
import { ExitCode, InterruptedError } from '../lib/errors.js';
import { saveMemory } from './engine.js';

saveMemory();

// Node warns about what libraries use and how many wait for one interrupt: nothing that a user could
// act on. The rest of oxide is loaded afterwards, because the warnings come with the loading.
process.removeAllListeners('warning');
process.on('warning', () => undefined);
// As many as there are nodes, tools and requests wait for the same interrupt.
setMaxListeners(0);
const { runCli, showFailure } = await import('./program.js');
const { lostOutput } = await import('./lost-output.js');

const interrupt = new AbortController();
let asked = 0;
let ended = false;
let lost: Error | undefined;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    asked++;
    // When the work is done there is nothing left to take apart.
    if (ended) process.exit();
    if (asked > 1) process.exit(130);
    interrupt.abort(new InterruptedError());
  });
}
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  lost ??= lostOutput(error);
  if (lost) interrupt.abort(lost);
  tellLost();
});
// What cannot be said cannot be said.
process.stderr.on('error', () => undefined);

const io = {
  env: process.env,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  signal: interrupt.signal,
};
process.exitCode = await runCli(process.argv.slice(2), io);
ended = true;
tellLost();

/** A command that has ended well without its result being seen has not. */
function tellLost(): void {
  if (!ended || !lost || process.exitCode === ExitCode.precondition) return;
  process.exitCode = showFailure(lost, process.argv, io);
}
