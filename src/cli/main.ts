#!/usr/bin/env node
import { setMaxListeners } from 'node:events';
import { InterruptedError } from '../lib/errors.js';
import { saveMemory } from './engine.js';

saveMemory();

// Node warns about what libraries use and how many wait for one interrupt: nothing that a user could
// act on. The rest of oxide is loaded afterwards, because the warnings come with the loading.
process.removeAllListeners('warning');
process.on('warning', () => undefined);
// As many as there are nodes, tools and requests wait for the same interrupt.
setMaxListeners(0);
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
