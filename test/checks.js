/**
 * The checks that read all files, as `npm run` knows them: side by side, because each of them uses one
 * core, and linting takes as long as the others together. What each of them says is shown when it ends.
 * What is named as an argument (`test:unit`) comes after the shorter ones and is seen while it runs: no
 * core waits for the linting then.
 */
import { Buffer } from 'node:buffer';
import { spawn } from 'node:child_process';
import process from 'node:process';

const last = process.argv.slice(2);
const sideBySide = [['lint'], ['types', 'format:check', 'knip', ...last]];
const failed = [];

function run(name) {
  return new Promise((resolve) => {
    const output = last.includes(name) ? 'inherit' : 'pipe';
    const child = spawn(`npm run ${name}`, { shell: true, stdio: ['ignore', output, output] });
    const said = [];
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (part) => said.push(part));
    child.on('close', (code) => {
      process.stdout.write(Buffer.concat(said));
      if (code !== 0) failed.push(name);
      resolve();
    });
  });
}

async function runAll(names) {
  for (const name of names) await run(name);
}

await Promise.all(sideBySide.map(runAll));
if (failed.length > 0) process.stdout.write(`failed: ${failed.join(', ')}\n`);
process.exitCode = failed.length > 0 ? 1 : 0;
