import { execFile } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { withoutShims, writeShims } from '../../src/cli/sandbox-shims.js';
import { testFolder } from '../helpers/cli.js';

const run = promisify(execFile);

test('a tool of the user is found on the PATH, and never by a script that finds itself', async () => {
  const sandbox = join(testFolder(), 'sandbox');
  const script = join(testFolder(), "a tool of $HOME's.sh");
  writeFileSync(script, 'echo "helm was told: $1"\n');
  const helm = { file: '/bin/sh', args: [script] };
  const kubectl = { file: '/bin/sh', args: [script] };
  const talosctl = { file: process.execPath, args: ['talosctl.js'] };
  const bin = await writeShims(sandbox, { commands: { talosctl, helm, kubectl } });
  expect(existsSync(join(bin, 'kubectl'))).toBe(true);

  const own = { file: 'kubectl', args: [] };
  await writeShims(sandbox, { commands: { talosctl, helm, kubectl: own } });
  expect(existsSync(join(bin, 'kubectl'))).toBe(false);
  expect((await run(join(bin, 'helm'), ['list $HOME'])).stdout).toBe('helm was told: list $HOME\n');
  const path = ['/usr/local/bin', '/usr/bin'].join(delimiter);
  expect(withoutShims([bin, path].join(delimiter), sandbox)).toBe(path);
});
