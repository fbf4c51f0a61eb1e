import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { stringify } from 'yaml';
import { ExitCode } from '../../src/lib/errors.js';
import { Secret } from '../../src/lib/secret.js';
import { seal } from '../../src/tools/sealed-archive.js';
import { runCli, testFolder, type CliOptions } from '../helpers/cli.js';
import { clusterYaml } from '../helpers/rehearsal.js';
import { shortLived } from '../helpers/short-lived.js';
import { error, ScriptedServer } from '../hetzner/scripted-server.js';

const passphrase = 'four words nobody says';
const env = { OXIDE_PASSPHRASE: passphrase };

async function secretsText(): Promise<string> {
  const os = { crt: await shortLived(300), key: 'cHJpdmF0ZQ==' };
  return `# Secrets of the cluster "demo".\n${stringify({ certs: { os } })}`;
}

/** A folder with a cluster.yaml and, where it is given, a secrets.yaml in output/. */
function folderWith(secrets?: string): string {
  const folder = testFolder();
  writeFileSync(join(folder, 'cluster.yaml'), clusterYaml(1, 0));
  if (secrets === undefined) return folder;
  mkdirSync(join(folder, 'output'), { mode: 0o700 });
  writeFileSync(join(folder, 'output', 'secrets.yaml'), secrets, { mode: 0o600 });
  return folder;
}

/** The same, with an encrypted copy that opens quickly. */
async function folderWithCopy(secrets: string): Promise<string> {
  const folder = folderWith();
  const files = new Map([['secrets.yaml', secrets]]);
  const copy = await seal(files, { passphrase: new Secret(passphrase), workFactor: 10 });
  writeFileSync(join(folder, 'demo-secrets.age'), copy);
  return folder;
}

/** No token anywhere: HOME is the folder itself. */
const run = (cwd: string, args: readonly string[], options: CliOptions = {}) =>
  runCli(args, { cwd, ...options, env: { HOME: cwd, ...options.env } });

const rights = (path: string) => (statSync(path).mode & 0o777).toString(8);

describe('oxide secrets export', () => {
  test('needs a passphrase only, no token; and import brings the same back', async () => {
    const secrets = await secretsText();
    const from = folderWith(secrets);
    const exported = await run(from, ['secrets', 'export', '--json', '--verbose'], { env });
    expect(exported.code).toBe(ExitCode.done);
    expect(JSON.parse(exported.stdout)).toMatchObject({
      ...{ cluster: 'demo', file: 'demo-secrets.age', contents: ['secrets.yaml'] },
      caFingerprint: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
    });

    const to = folderWith();
    const copy = join(from, 'demo-secrets.age');
    const imported = await run(to, ['secrets', 'import', copy, '--verbose'], { env });
    expect(imported.stdout).toContain('The secrets of the cluster "demo" are back:');
    expect(imported.stdout).toContain(
      'Not compared with the cluster at Hetzner: no Hetzner Cloud API token.',
    );
    expect(imported.code).toBe(ExitCode.done);
    expect(readFileSync(join(to, 'output', 'secrets.yaml'), 'utf8')).toBe(secrets);
    if (process.platform !== 'win32') {
      expect(rights(copy)).toBe('600');
      expect(rights(join(to, 'output'))).toBe('700');
      expect(rights(join(to, 'output', 'secrets.yaml'))).toBe('600');
    }
    for (const { stdout, stderr } of [exported, imported]) {
      expect(stdout + stderr).not.toContain(passphrase);
      expect(stdout + stderr).not.toContain('cHJpdmF0ZQ==');
    }
  });

  test('without a terminal names the ways to give a passphrase, and writes nothing', async () => {
    const cwd = folderWith(await secretsText());
    const { code, stderr } = await run(cwd, ['secrets', 'export']);
    expect(stderr).toContain('this needs a passphrase, and there is no terminal to ask on');
    expect(stderr).toContain('--passphrase-file FILE');
    expect(stderr).toContain('OXIDE_PASSPHRASE');
    expect(code).toBe(ExitCode.unconfirmed);
    expect(readdirSync(cwd).sort()).toEqual(['cluster.yaml', 'output']);
  });

  test.each([
    ['too short', { OXIDE_PASSPHRASE: 'four words' }, 'has fewer than 12 characters'],
    ['empty', { OXIDE_PASSPHRASE: '' }, 'the passphrase from OXIDE_PASSPHRASE is empty'],
  ])('takes no passphrase that is %s', async (_what, given, message) => {
    const cwd = folderWith(await secretsText());
    const { code, stderr } = await run(cwd, ['secrets', 'export'], { env: given });
    expect(stderr).toContain(message);
    expect(code).toBe(ExitCode.usage);
    expect(existsSync(join(cwd, 'demo-secrets.age'))).toBe(false);
  });

  test('of a cluster without secrets says where they come from, and makes no folder', async () => {
    const cwd = folderWith();
    const { code, stderr } = await run(cwd, ['secrets', 'export'], { env });
    expect(stderr).toContain('there is no output/secrets.yaml to make a copy of');
    expect(code).toBe(ExitCode.precondition);
    expect(readdirSync(cwd)).toEqual(['cluster.yaml']);
  });
});

describe('oxide secrets import', () => {
  test.each<[string, readonly string[], string | undefined]>([
    ['a file', ['--passphrase-file', 'passphrase.txt'], undefined],
    ['stdin', ['--passphrase-file', '-'], `${passphrase}\r\nmore\n`],
  ])('takes the passphrase from the first line of %s', async (_what, args, stdin) => {
    const cwd = await folderWithCopy(await secretsText());
    writeFileSync(join(cwd, 'passphrase.txt'), `${passphrase}\nmore\n`);
    const options = stdin === undefined ? {} : { stdin };
    const { code } = await run(cwd, ['secrets', 'import', 'demo-secrets.age', ...args], options);
    expect(code).toBe(ExitCode.done);
    expect(existsSync(join(cwd, 'output', 'secrets.yaml'))).toBe(true);
  });

  test('says that the passphrase is wrong, without a stack, and writes nothing', async () => {
    const cwd = await folderWithCopy(await secretsText());
    const wrong = { OXIDE_PASSPHRASE: 'four words you said' };
    const { code, stderr } = await run(cwd, ['secrets', 'import', 'demo-secrets.age'], {
      env: wrong,
    });
    expect(stderr).toContain('the passphrase does not open demo-secrets.age');
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(code).toBe(ExitCode.usage);
    expect(existsSync(join(cwd, 'output'))).toBe(false);
  });

  test('names a passphrase file that is not there', async () => {
    const cwd = await folderWithCopy(await secretsText());
    const args = ['secrets', 'import', 'demo-secrets.age', '--passphrase-file', 'no.txt'];
    const { code, stderr } = await run(cwd, args);
    expect(stderr).toContain('the passphrase file cannot be read: ENOENT');
    expect(code).toBe(ExitCode.usage);
  });

  test('says why it could not compare, and goes on', async () => {
    const api = new ScriptedServer();
    onTestFinished(() => api.stop());
    const refusal = error(401, 'unauthorized', 'the token you have provided is invalid');
    for (const path of ['networks', 'firewalls', 'ssh_keys', 'servers']) {
      api.on(`GET /${path}`, refusal);
    }
    const cwd = await folderWithCopy(await secretsText());
    const { code, stdout } = await run(cwd, ['secrets', 'import', 'demo-secrets.age', '--json'], {
      env: { ...env, HCLOUD_TOKEN: 'x', HCLOUD_ENDPOINT: await api.start() },
    });
    expect(JSON.parse(stdout)).toMatchObject({
      written: [join('output', 'secrets.yaml')],
      comparison: { unknown: expect.stringContaining('HCLOUD_TOKEN') as string },
    });
    expect(code).toBe(ExitCode.done);
    expect(api.lines.every((line) => line.startsWith('GET '))).toBe(true);
  });
});
