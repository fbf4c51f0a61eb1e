import { spawnSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
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
  await mkdir(join(cwd, 'output', 'rehearsal'), { mode: 0o700, recursive: true });
  writeFileSync(
    join(cwd, 'output', 'rehearsal', 'oxide.lock'),
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
    expect(readFileSync(join(cwd, 'output', 'rehearsal', 'oxide.lock'), 'utf8')).toContain(
      'feedbeef0001',
    );
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
    expect(readdirSync(join(cwd, 'output', 'rehearsal'))).toEqual(['sandbox']);
  });
});

describe('an output folder', () => {
  /** Who may enter it, as `ls` says it: 755. */
  const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

  test.skipIf(process.platform === 'win32')(
    'that holds other things and is open to others is refused, and left as it is',
    async () => {
      const cwd = testFolder();
      writeFileSync(join(cwd, 'cluster.yaml'), clusterYaml(1, 0));
      const shared = join(cwd, 'shared');
      await mkdir(shared);
      writeFileSync(join(shared, 'holiday.jpg'), '');
      chmodSync(shared, 0o755);
      const { code, stderr } = await runCli(['-o', 'shared', 'kubeconfig'], { cwd });
      expect(code).toBe(ExitCode.precondition);
      expect(stderr).toContain(
        'other users of this machine can enter shared, and "holiday.jpg" in it is not oxide\'s',
      );
      expect(stderr).toContain('chmod 700 shared');
      expect(readdirSync(shared)).toEqual(['holiday.jpg']);
      await runCli(['--sandbox', '-o', 'shared', 'status'], { cwd });
      expect(modeOf(shared)).toBe('755');
      expect(modeOf(join(shared, 'rehearsal'))).toBe('700');
    },
  );

  test('with another cluster’s in it leaves that one alone', async () => {
    const cwd = testFolder();
    writeFileSync(join(cwd, 'cluster.yaml'), clusterYaml(1, 0));
    const nested = join(cwd, 'output', 'rehearsal', 'prod');
    await mkdir(join(nested, '.scratch-0123456789ab'), { recursive: true, mode: 0o700 });
    for (const name of ['.abcdef012345.tmp', 'oxide.lock', 'oxide.unfinished']) {
      writeFileSync(join(nested, name), '.abcdef012345.tmp\n.scratch-0123456789ab\n');
    }
    const { stderr } = await runCli(['--sandbox', 'kubeconfig'], { cwd });
    expect(stderr).toContain('the cluster "demo" does not exist in this project');
    expect(readdirSync(nested).sort()).toEqual([
      ...['.abcdef012345.tmp', '.scratch-0123456789ab', 'oxide.lock', 'oxide.unfinished'],
    ]);
    expect(readdirSync(join(cwd, 'output', 'rehearsal')).sort()).toEqual(['prod', 'sandbox']);
  });

  test('keeps the id of a killed run through a command that needs no lease', async () => {
    const cwd = await heldFolder();
    const lock = join(cwd, 'output', 'rehearsal', 'oxide.lock');
    const { pid } = spawnSync(process.execPath, ['--version']);
    const killed = JSON.parse(readFileSync(lock, 'utf8')) as object;
    writeFileSync(lock, JSON.stringify({ ...killed, pid }));
    for (let i = 0; i < 2; i++) {
      await runCli(['--sandbox', 'kubeconfig'], { cwd });
      expect(readFileSync(lock, 'utf8')).toContain('feedbeef0001');
    }
  });
});
