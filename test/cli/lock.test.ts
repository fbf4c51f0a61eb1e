import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ExitCode } from '../../src/lib/errors.js';
import { runCli, testFolder } from '../helpers/cli.js';
import { clusterYaml } from '../helpers/rehearsal.js';

/** A folder with a cluster.yaml, in which another oxide, this test, is at work. */
async function heldFolder(): Promise<string> {
  const cwd = testFolder();
  writeFileSync(join(cwd, 'cluster.yaml'), clusterYaml(1, 0));
  await mkdir(join(cwd, 'output'), { mode: 0o700 });
  writeFileSync(
    join(cwd, 'output', 'oxide.lock'),
    JSON.stringify({
      ...{ id: 'feedbeef0001', pid: process.pid, host: hostname() },
      ...{ started: '2026-11-27T10:00:00.000Z', command: 'create' },
    }),
  );
  return cwd;
}

describe('a second oxide in the same output folder', () => {
  test('is refused with the process that works there, and a way on', async () => {
    const cwd = await heldFolder();
    const { code, stderr, stdout } = await runCli(['--sandbox', '--json', 'kubeconfig'], { cwd });
    expect(code).toBe(ExitCode.precondition);
    expect(stderr).toContain(
      `another oxide is at work in this output folder: oxide create, process ${process.pid}`,
    );
    expect(stderr).toContain('the same command with --break-lock');
    expect(JSON.parse(stdout)).toMatchObject({ error: { exitCode: ExitCode.precondition } });
    expect(readFileSync(join(cwd, 'output', 'oxide.lock'), 'utf8')).toContain('feedbeef0001');
  });

  test('may look, and plan', async () => {
    const cwd = await heldFolder();
    const { stderr } = await runCli(['--sandbox', 'status'], { cwd });
    expect(stderr).toContain('the cluster "demo" does not exist in this project');
  });

  test('goes on when the user says so, and leaves no lock behind', async () => {
    const cwd = await heldFolder();
    const { stderr } = await runCli(['--sandbox', '--break-lock', 'kubeconfig'], { cwd });
    expect(stderr).toContain('the cluster "demo" does not exist in this project');
    expect(readdirSync(join(cwd, 'output'))).toEqual(['sandbox']);
  });
});
