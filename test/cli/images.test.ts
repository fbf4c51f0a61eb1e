import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import type { CliIo } from '../../src/cli/io.js';
import { runCli } from '../../src/cli/program.js';
import { ExitCode } from '../../src/lib/errors.js';
import { openSandbox } from '../../src/sandbox/sandbox.js';
import { testFolder, toolCache } from '../helpers/cli.js';
import { demandDocuments } from '../helpers/documents.js';
import { clusterYaml } from '../helpers/rehearsal.js';

/** A folder with a cluster.yaml, and a sandbox with its snapshot and one that nothing needs any more. */
async function folderWithOldSnapshot(): Promise<{ cwd: string; old: number }> {
  const cwd = testFolder();
  writeFileSync(join(cwd, 'cluster.yaml'), clusterYaml(1, 0));
  const sandbox = await openSandbox({
    folder: join(cwd, 'output', 'rehearsal', 'sandbox'),
    speed: 600,
  });
  const snapshot = (talosVersion: string) =>
    sandbox.world?.cloud.ensureSnapshot({ talosVersion, architecture: 'x86' });
  const old = snapshot('v1.12.4');
  snapshot('v1.13.9');
  await sandbox.close();
  return { cwd, old: old ?? 0 };
}

/** In this process: several of another one would take most of the test's time. */
async function run(folder: string, ...args: readonly string[]) {
  const text = { stdout: '', stderr: '' };
  const stream = (name: keyof typeof text) => ({
    write: (part: string) => ((text[name] += part), true),
  });
  const io: CliIo = {
    env: { PATH: '', HOME: folder, XDG_CACHE_HOME: toolCache, OXIDE_SANDBOX_SPEED: '600' },
    ...{ stdin: new PassThrough().end(), stdout: stream('stdout'), stderr: stream('stderr') },
    signal: new AbortController().signal,
  };
  const places = ['--config', join(folder, 'cluster.yaml'), '--output', join(folder, 'output')];
  const call = ['--sandbox', ...places, 'image', ...args];
  const code = await runCli(call, io);
  demandDocuments(call, text);
  return { code, ...text };
}

test('oxide image shows the snapshots, asks before it deletes one, and tells what went', async () => {
  const { cwd, old } = await folderWithOldSnapshot();
  const image = (...args: readonly string[]) => run(cwd, ...args);
  const listed = await image('list', '--json');
  const planned = await image('prune', '--dry-run', '--json');
  const unasked = await image('prune');
  const misspelt = await image('delete', 'talos');
  const { images } = JSON.parse(listed.stdout) as { images: { id: number; wantedBy: string[] }[] };
  expect(images).toHaveLength(2);
  const wanted = images.find(({ id }) => id !== old);
  expect(wanted?.wantedBy).toEqual(['demo']);
  expect(JSON.parse(planned.stdout)).toMatchObject({
    images: [{ id: old, talosVersion: 'v1.12.4' }],
    staying: [{ id: wanted?.id, why: 'cluster.yaml of demo asks for it' }],
  });
  expect(planned.code).toBe(ExitCode.changes);
  expect(unasked.stderr).toContain('These snapshots will be deleted:');
  expect(unasked.code).toBe(ExitCode.unconfirmed);
  expect(misspelt.stderr).toContain('"talos" is not the id of a snapshot');
  expect(misspelt.code).toBe(ExitCode.usage);
  const gone = await image('delete', String(old), '--yes', '--json');
  expect(JSON.parse(gone.stdout)).toEqual({
    ...{ deleted: [old], failed: [], staying: [], leftovers: [] },
  });
  expect(gone.code).toBe(ExitCode.done);
});

test('a rehearsal builds its image in an empty project, also where a mirror is named, and only once', async () => {
  const cwd = testFolder();
  const talos = 'talos: { image_url: "https://mirror.example.com/{version}/{arch}.raw.xz" }\n';
  writeFileSync(join(cwd, 'cluster.yaml'), `${clusterYaml(1, 0)}${talos}`);
  const built = await run(cwd, 'build', '--json');
  const again = await run(cwd, 'build', '--json', '--verbose');
  expect(JSON.parse(built.stdout)).toMatchObject({
    images: [{ talosVersion: 'v1.13.9', made: true }],
  });
  expect(JSON.parse(again.stdout)).toMatchObject({ images: [{ made: false }] });
  expect(again.stderr).not.toContain('POST ');
});
