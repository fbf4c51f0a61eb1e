import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/load.js';
import { resolveToken } from '../../src/config/token.js';

const cliToml = `active_context = "work"

[[contexts]]
  name = "home"
  token = "token-of-home"

[[contexts]]
  name = "work"
  token = "token-of-work"
`;
let home: string;
let cliFile: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'oxide-home-'));
  await mkdir(join(home, '.config', 'hcloud'), { recursive: true });
  cliFile = join(home, '.config', 'hcloud', 'cli.toml');
});
afterEach(() => rm(home, { recursive: true }));

function configWith(token: string | undefined) {
  const line = token === undefined ? '' : `\n  token: ${JSON.stringify(token)}`;
  const text = `cluster_name: demo\nhcloud:\n  location: nbg1${line}\ncontrol_planes: [{ name: a, server_type: cx23 }]\n`;
  return parseConfig(text, { file: 'cluster.yaml' });
}

async function tokenFrom(env: Record<string, string>, configured?: string) {
  const { token, source } = await resolveToken({ env, config: configWith(configured), home });
  return { token: token.reveal(), source };
}

test("the environment's token wins over all others", async () => {
  await writeFile(cliFile, cliToml);
  await expect(tokenFrom({ HCLOUD_TOKEN: 'token-of-env\n' }, 'token-of-file')).resolves.toEqual({
    token: 'token-of-env',
    source: 'HCLOUD_TOKEN',
  });
});

test("cluster.yaml's token wins over the hcloud CLI's", async () => {
  await writeFile(cliFile, cliToml);
  await expect(tokenFrom({}, ' token-of-file ')).resolves.toEqual({
    token: 'token-of-file',
    source: 'hcloud.token in cluster.yaml',
  });
});

test("the hcloud CLI's active context is the last resort", async () => {
  await writeFile(cliFile, cliToml);
  await expect(tokenFrom({})).resolves.toEqual({
    token: 'token-of-work',
    source: `the hcloud context "work" (${cliFile})`,
  });
});

test('HCLOUD_CONTEXT and HCLOUD_CONFIG choose another context and file', async () => {
  const other = join(home, 'other.toml');
  await writeFile(other, cliToml);
  const found = await tokenFrom({ HCLOUD_CONTEXT: 'home', HCLOUD_CONFIG: other });
  expect(found.token).toBe('token-of-home');
});

test('on Windows the hcloud CLI keeps its file in APPDATA', async () => {
  const appData = join(home, 'AppData');
  await mkdir(join(appData, 'hcloud'), { recursive: true });
  await writeFile(join(appData, 'hcloud', 'cli.toml'), cliToml);
  await expect(tokenFrom({ APPDATA: appData })).resolves.toMatchObject({ token: 'token-of-work' });
});

test.each([
  {
    what: 'no token anywhere',
    env: {},
    cli: undefined,
    message: 'no Hetzner Cloud API token',
  },
  {
    what: 'an empty environment variable',
    env: { HCLOUD_TOKEN: ' ' },
    cli: cliToml,
    message: 'the Hetzner Cloud API token from HCLOUD_TOKEN is empty',
  },
  {
    what: 'a token with a blank in it',
    env: { HCLOUD_TOKEN: 'Bearer abc' },
    cli: undefined,
    message:
      'the Hetzner Cloud API token from HCLOUD_TOKEN contains blanks or other characters that no token has',
  },
])('$what is refused before anything is asked of Hetzner', async ({ env, cli, message }) => {
  if (cli !== undefined) await writeFile(cliFile, cli);
  await expect(tokenFrom(env)).rejects.toMatchObject({ message, exitCode: 3 });
});

test('a context that does not exist is named with its file', async () => {
  await writeFile(cliFile, cliToml);
  await expect(tokenFrom({ HCLOUD_CONTEXT: 'gone' })).rejects.toThrow(
    `HCLOUD_CONTEXT names "gone", which is not a context in ${cliFile}`,
  );
});

test("a broken file of the hcloud CLI is named, and its contents aren't shown", async () => {
  await writeFile(cliFile, '[[contexts]]\nname = "x"\ntoken = "token-of-home\n');
  await expect(tokenFrom({})).rejects.toMatchObject({
    message: `the hcloud CLI's file ${cliFile} is not valid TOML`,
  });
});
