/**
 * How long small commands take to start, as multiples of `node -e 0`: `npm run bench:startup`. All of them
 * take turns, so that whatever else the machine does strikes them alike.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { project } from './project.js';

const rounds = Number(process.argv[2] ?? 31);
const main = join(project, 'dist', 'cli', 'main.js');
const calls = {
  'node -e 0': ['-e', '0'],
  'oxide --version': [main, '--version'],
  'oxide --help': [main, '--help'],
  'oxide validate': [main, 'validate'],
};

const folder = mkdtempSync(join(tmpdir(), 'oxide-bench-'));
cpSync(join(project, 'cluster.example.yaml'), join(folder, 'cluster.yaml'));
const took = new Map(Object.keys(calls).map((name) => [name, []]));
for (let round = 0; round < rounds; round++) {
  for (const [name, args] of Object.entries(calls)) took.get(name).push(run(args));
}
const memory = new Map(Object.entries(calls).map(([name, args]) => [name, peakMemory(args)]));
rmSync(folder, { recursive: true });

const base = median(took.get('node -e 0'));
for (const [name, times] of took) {
  const ms = median(times);
  const cells = [`${ms.toFixed(0)} ms`, `${(ms / base).toFixed(2)} ×`, `${memory.get(name)} MB`];
  process.stdout.write(`${name.padEnd(16)}${cells.map((cell) => cell.padStart(10)).join('')}\n`);
}

/** Without tools: what talosctl takes to check machine configurations is not oxide's start. */
function run(args, before = []) {
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, [...before, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: '', HOME: folder },
  });
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`);
  return performance.now() - start;
}

/** The most that it had in memory at one time, as the system counts it. */
function peakMemory(args) {
  const file = join(folder, 'peak');
  const told = `process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(file)}, String(process.resourceUsage().maxRSS)))`;
  const script = join(folder, 'told.cjs');
  writeFileSync(script, told);
  run(args, ['--require', script]);
  return Math.round(Number(readFileSync(file, 'utf8')) / 1024);
}

function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
}
