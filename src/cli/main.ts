#!/usr/bin/env node
import { InterruptedError } from '../lib/errors.js';
import { saveMemory } from './engine.js';

saveMemory();

// Node 20 to 22 warn about features that libraries use: nothing that a user could act on. The rest
// of oxide is loaded afterwards, because the warnings come with the loading.
process.removeAllListeners('warning');
process.on('warning', (warning) => {
  if (warning.name !== 'ExperimentalWarning') process.stderr.write(`${String(warning)}\n`);
});
const { runCli } = await import('./program.js');

const interrupt = new AbortController();
let asked = 0;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    asked++;
    if (asked > 1) process.exit(130);
    interrupt.abort(new InterruptedError());
  });
}
// A reader that went away (`oxide status | head`) is no reason for a stack trace.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

process.exitCode = await runCli(process.argv.slice(2), {
  env: process.env,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  signal: interrupt.signal,
});
