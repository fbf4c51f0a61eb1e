import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundledTools } from '../../src/sandbox/bundled-tools.js';

const run = promisify(execFile);
const supported = process.platform === 'linux' && process.arch === 'x64';

describe.runIf(supported)('the bundled kubectl and helm', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'oxide-tools-'));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it('are unpacked whole and without leftovers when two ask at the same time', async () => {
    const [first, second] = await Promise.all([bundledTools(folder), bundledTools(folder)]);
    expect(first).toEqual(second);
    if (!first) throw new Error('the package with kubectl and helm is not installed');
    const kubectl = await run(first.kubectl, ['version', '--client']);
    expect(kubectl.stdout).toContain('Client Version: v1.36.');
    const helm = await run(first.helm, ['version', '--short']);
    expect(helm.stdout).toMatch(/^v4\.2\./);
    expect((await readdir(dirname(first.helm))).sort()).toEqual(['helm', 'kubectl']);
  });

  it('are kept when they are whole, and made anew when one was cut short', async () => {
    const tools = await bundledTools(folder);
    if (!tools) throw new Error('the package with kubectl and helm is not installed');
    const before = { kubectl: await stat(tools.kubectl), helm: await stat(tools.helm) };
    await truncate(tools.helm, 1_000);
    await bundledTools(folder);
    const after = { kubectl: await stat(tools.kubectl), helm: await stat(tools.helm) };
    expect(after.kubectl.ino).toBe(before.kubectl.ino);
    expect(after.helm.size).toBe(before.helm.size);
    expect(after.helm.mode & 0o777).toBe(before.helm.mode & 0o777);
  });
});
