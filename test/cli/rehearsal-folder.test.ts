import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { filesOf, rehearsalFolder } from '../../src/cli/output-folder.js';
import { runCli } from '../../src/cli/program.js';
import { ExitCode } from '../../src/lib/errors.js';
import { clusterYaml } from '../helpers/rehearsal.js';
import { testFolder } from '../helpers/cli.js';

const rehearsed = '# Secrets of the rehearsed cluster "demo"\n';
const real = '# Secrets of the cluster "demo"\n';

/** An output folder with these files in it, and a cluster.yaml beside it. */
function outputWith(files: Readonly<Record<string, string>>): string {
  const folder = testFolder();
  writeFileSync(join(folder, 'cluster.yaml'), clusterYaml(1, 0));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, 'output', name, '..'), { recursive: true, mode: 0o700 });
    writeFileSync(join(folder, 'output', name), text, { mode: 0o600 });
  }
  return join(folder, 'output');
}

/** A real run without a token, in this process. */
async function said(output: string, ...args: readonly string[]) {
  let text = '';
  const stream = { write: (more: string) => ((text += more), true) };
  const { signal } = new AbortController();
  const env = { HOME: join(output, '..'), HCLOUD_CONFIG: join(output, '..', 'none.toml') };
  const io = { env, stdin: Readable.from([]), stdout: stream, stderr: stream, signal };
  const places = ['--config', join(output, '..', 'cluster.yaml'), '--output', output];
  return { code: await runCli([...places, ...args], io), text };
}

describe('a rehearsal', () => {
  test('has its folder below that of the real cluster, or one of that name', async () => {
    expect(rehearsalFolder('output/')).toBe(join('output', 'rehearsal'));
    expect(rehearsalFolder('output/rehearsal')).toBe(join('output', 'rehearsal'));
    const output = outputWith({ 'secrets.yaml': real, 'rehearsal/secrets.yaml': rehearsed });
    expect((await filesOf({ output, sandbox: true })).folder).toBe(join(output, 'rehearsal'));
    expect((await filesOf({ output })).folder).toBe(output);
  });

  test('that is all there is, is named by a real run', async () => {
    const output = outputWith({ 'rehearsal/secrets.yaml': rehearsed });
    const { code, text } = await said(output, 'status');
    expect(code).toBe(ExitCode.precondition);
    expect(text).toContain(
      `${join(output, 'rehearsal')} holds a rehearsal only. How that is: oxide`,
    );
    expect(text).toContain(' --sandbox status\n');
    expect((await said(output, 'create')).text).not.toContain('holds a rehearsal only');
    const both = outputWith({ 'secrets.yaml': real, 'rehearsal/secrets.yaml': rehearsed });
    expect((await said(both, 'status')).text).not.toContain('holds a rehearsal only');
  });

  test.skipIf(process.platform === 'win32')(
    'of an earlier oxide is refused, and moved by the line that is printed',
    async () => {
      const output = outputWith({
        'secrets.yaml': rehearsed,
        'sandbox/cloud.json': '{}',
        other: '',
      });
      const { code, text } = await said(output, 'create');
      expect(code).toBe(ExitCode.precondition);
      expect(text).toContain('holds a rehearsal of an earlier oxide');
      const line = /^ *(mkdir .* && mv .*)$/m.exec(text)?.[1] ?? '';
      execFileSync('/bin/sh', ['-c', line]);
      expect(readdirSync(output).sort()).toEqual(['other', 'rehearsal']);
      expect(readdirSync(join(output, 'rehearsal')).sort()).toEqual(['sandbox', 'secrets.yaml']);
      expect((await filesOf({ output })).folder).toBe(output);
    },
  );

  test.skipIf(process.platform === 'win32')(
    'of an earlier oxide beside a newer one is to be deleted',
    async () => {
      const output = outputWith({ 'secrets.yaml': rehearsed, 'rehearsal/secrets.yaml': rehearsed });
      const { text } = await said(output, '--sandbox', 'create');
      execFileSync('/bin/sh', ['-c', /^ *(rm -r .*)$/m.exec(text)?.[1] ?? '']);
      expect(existsSync(join(output, 'secrets.yaml'))).toBe(false);
      expect(readdirSync(output)).toEqual(['rehearsal']);
    },
  );
});
