import { appendFileSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ExitCode } from '../../src/lib/errors.js';
import { bundledTools } from '../../src/sandbox/bundled-tools.js';
import { runCli, startCli, testFolder, toolCache, type CliEnd } from '../helpers/cli.js';
import { clusterYaml } from '../helpers/rehearsal.js';

const bundled = await bundledTools(join(toolCache, 'oxide'));
const create = ['--sandbox', 'create', '--verbose'];

/** Presses Ctrl-C as soon as the create has said this. */
async function interruptedAfter(cwd: string, text: string, times = 1): Promise<CliEnd> {
  const creating = startCli(create, { cwd, env: { OXIDE_SANDBOX_SPEED: '120' } });
  await creating.said('stderr', text);
  for (let i = 0; i < times; i++) creating.signal('SIGINT');
  return creating.end;
}

// Each of these is half a dozen processes.
describe.runIf(bundled)('Ctrl-C', { timeout: 180_000 }, () => {
  test('again and again leaves a cluster that the same command finishes', async () => {
    const cwd = testFolder();
    writeFileSync(join(cwd, 'cluster.yaml'), clusterYaml(1, 1));
    for (const [text, servers] of [
      ["✔ Keep the cluster's secrets", 0],
      // The temporary server on which the image is made.
      ['POST /servers 201', 0],
      ['/actions/attach_to_network 201', 1],
      ['talosctl version --short', 1],
      ['helm upgrade', 1],
    ] as const) {
      const { code, stderr } = await interruptedAfter(cwd, text);
      expect(code, stderr).toBe(ExitCode.interrupted);
      expect(stderr).toContain('\nInterrupted\n');
      expect(stderr).not.toMatch(/^\s+at /m);
      // Whatever was made for an image is gone.
      if (text === 'POST /servers 201') expect(stderr).toMatch(/DELETE \/firewalls\/\d+ 204/);
      if (servers === 0) continue;
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

  test('twice ends at once; the next run takes away what was left half written', async () => {
    const cwd = testFolder();
    writeFileSync(join(cwd, 'cluster.yaml'), clusterYaml(1, 0));
    const { code } = await interruptedAfter(cwd, '/actions/enable_rescue 201', 2);
    expect(code).toBe(ExitCode.interrupted);
    const output = join(cwd, 'output', 'rehearsal');
    const leftovers = ['.scratch-0123456789ab', 'machine-configs/.0123456789ab.tmp'];
    mkdirSync(join(output, '.scratch-0123456789ab'));
    for (const path of ['.scratch-0123456789ab/secrets.yaml', ...leftovers.slice(1)]) {
      writeFileSync(join(output, path), 'half', { mode: 0o600 });
    }
    appendFileSync(join(output, 'oxide.unfinished'), `\n${leftovers.join('\n\n')}\n`);
    expect((await runCli(create, { cwd })).code).toBe(ExitCode.done);
    const entries = readdirSync(output, { recursive: true, withFileTypes: true }).filter(
      ({ parentPath }) => !parentPath.includes('sandbox'),
    );
    expect(entries.filter(({ name }) => name.startsWith('.'))).toEqual([]);
    const wide = entries.filter(
      ({ parentPath, name }) => (statSync(join(parentPath, name)).mode & 0o077) !== 0,
    );
    expect(wide).toEqual([]);
  });
});
