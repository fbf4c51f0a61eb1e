/**
 * The checks that read all files, as `npm run` knows them: side by side, because each of them uses one
 * core, and linting takes as long as the others together. What each of them says is shown when it ends.
 */
import { Buffer } from 'node:buffer';
import { spawn } from 'node:child_process';
import process from 'node:process';

const sideBySide = [['lint'], ['types', 'format:check', 'knip']];

function run(name) {
  return new Promise((resolve) => {
    const child = spawn(`npm run ${name}`, { shell: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const said = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => said.push(part));
    child.on('close', (code) => {
      process.stdout.write(Buffer.concat(said));
      resolve(code === 0);
    });
  });
}

async function runAll(names) {
  let passed = true;
  for (const name of names) passed = (await run(name)) && passed;
  return passed;
}

const passed = await Promise.all(sideBySide.map(runAll));
process.exitCode = passed.every(Boolean) ? 0 : 1;
