import { appendFileSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { ExitCode } from '../../src/lib/errors.js';
import { bundledTools } from '../../src/sandbox/bundled-tools.js';
import { runCli, sharedFolder, startCli, toolCache, type CliEnd } from '../helpers/cli.js';
import { clusterYaml } from '../helpers/rehearsal.js';

const bundled = await bundledTools(join(toolCache, 'oxide'));
const create = ['--sandbox', 'create', '--verbose'];

/** Presses Ctrl-C as soon as the create has said this. */
async function interruptedAfter(cwd: string, text: string, times = 1): Promise<CliEnd> {
  const creating = startCli(create, { cwd, env: { OXIDE_SANDBOX_SPEED: '120' } });
  await creating.said('stderr', text);
  for (let i = 0; i < times; i++) creating.signal('SIGINT');
  const end = await creating.end;
  expect(end.code, end.stderr).toBe(ExitCode.interrupted);
  return end;
}

async function interruptedOnce(cwd: string, text: string): Promise<string> {
  const { stderr } = await interruptedAfter(cwd, text);
  expect(stderr).toContain('\nInterrupted\n');
  expect(stderr).not.toMatch(/^\s+at /m);
  return stderr;
}

// One cluster, whose create is stopped at every stage. Each of these is half a dozen processes.
describe.runIf(bundled)('Ctrl-C', { timeout: 180_000 }, () => {
  const cwd = sharedFolder();
  const output = join(cwd, 'output', 'rehearsal');
  beforeAll(() => {
    writeFileSync(join(cwd, 'cluster.yaml'), clusterYaml(1, 1));
  });

  test('before there is a server leaves nothing that was made for an image', async () => {
    await interruptedOnce(cwd, "✔ Keep the cluster's secrets");
    // The temporary server on which the image is made.
    const stderr = await interruptedOnce(cwd, 'POST /servers 201');
    expect(stderr).toMatch(/DELETE \/firewalls\/\d+ 204/);
    expect(stderr).toContain('; none of it costs anything.\n');
  });

  test('twice ends at once', async () => {
    await interruptedAfter(cwd, '/actions/enable_rescue 201', 2);
    // What a process that was killed while it wrote leaves behind.
    const leftovers = ['.scratch-0123456789ab', 'machine-configs/.0123456789ab.tmp'];
    mkdirSync(join(output, '.scratch-0123456789ab'));
    for (const path of ['.scratch-0123456789ab/secrets.yaml', ...leftovers.slice(1)]) {
      writeFileSync(join(output, path), 'half', { mode: 0o600 });
    }
    appendFileSync(join(output, 'oxide.unfinished'), `\n${leftovers.join('\n\n')}\n`);
  });

  test('again and again leaves a cluster that the same command finishes', async () => {
    for (const text of [
      '/actions/attach_to_network 201',
      'talosctl version --short',
      'helm upgrade',
    ]) {
      const stderr = await interruptedOnce(cwd, text);
      expect(stderr).toMatch(
        /What exists of the cluster now: \d servers?, .*, about €[\d.]+ net an hour\./,
      );
      expect(stderr).toContain('Go on: oxide --sandbox create\n');
      expect(stderr).toContain('Remove: oxide --sandbox destroy\n');
    }
    const { code, stderr } = await runCli(create, { cwd });
    expect(code, stderr).toBe(ExitCode.done);
    expect(stderr).toMatch(/\d+ requests to the Hetzner API\n/);
    expect((await runCli(['--sandbox', 'status'], { cwd })).code).toBe(ExitCode.done);
  });

  test('leaves nothing half written after the next run, and nothing that others can read', () => {
    const entries = readdirSync(output, { recursive: true, withFileTypes: true }).filter(
      ({ parentPath }) => !parentPath.includes('sandbox'),
    );
    expect(entries.map(({ name }) => name)).toContain('secrets.yaml');
    expect(entries.filter(({ name }) => name.startsWith('.'))).toEqual([]);
    const wide = entries.filter(
      ({ parentPath, name }) => (statSync(join(parentPath, name)).mode & 0o077) !== 0,
    );
    expect(wide).toEqual([]);
  });
});
