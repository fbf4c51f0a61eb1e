import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { renderAddonsPage } from '../../src/cli/documents/addons-page.js';
import { renderDocuments } from '../../src/cli/documents/reference.js';
import { errorDocument } from '../../src/cli/error-document.js';
import type { CliIo } from '../../src/cli/io.js';
import { outputWishes } from '../../src/cli/output-wishes.js';
import { runCli } from '../../src/cli/program.js';
import { HetznerError } from '../../src/hetzner/errors.js';
import { ExitCode, OxideError, PreconditionError } from '../../src/lib/errors.js';
import { testFolder } from '../helpers/cli.js';
import { demandDocuments } from '../helpers/documents.js';
import { projectFolder } from '../helpers/source-files.js';

/** Runs oxide in this process; what it prints has to be what docs/json.md says. */
async function run(...args: readonly string[]) {
  const text = { stdout: '', stderr: '' };
  const stream = (name: 'stdout' | 'stderr') => ({
    write: (written: string) => {
      text[name] += written;
      return true;
    },
  });
  const { signal } = new AbortController();
  const stdin = Readable.from([]);
  const io: CliIo = {
    ...{ env: {}, stdin, signal },
    ...{ stdout: stream('stdout'), stderr: stream('stderr') },
  };
  const code = await runCli(args, io);
  demandDocuments(args, text);
  return { ...text, code, document: JSON.parse(text.stdout || 'null') as unknown };
}

function file(content: string): string {
  const path = join(testFolder(), 'cluster.yaml');
  writeFileSync(path, content);
  return path;
}

test('docs/json.md is what the schemas say; renew it with: npm run docs', () => {
  expect(readFileSync(join(projectFolder, 'docs', 'json.md'), 'utf8')).toBe(renderDocuments());
});

test('docs/addons.md is what the table of addons says', () => {
  expect(readFileSync(join(projectFolder, 'docs', 'addons.md'), 'utf8')).toBe(renderAddonsPage());
});

describe('with --json', () => {
  test.each([
    [['craete'], 'oxide has no command "craete"'],
    [['create', '--bogus'], "unknown option '--bogus'"],
    [['scale', 'worker'], "required option '--count <number>' not specified"],
    [['secrets'], '"oxide secrets" alone does nothing'],
    [[], 'no command was given'],
    [['status', '--watch'], '--watch redraws a terminal, and the result does not go to one'],
    [['sandbox', 'shell'], '"oxide sandbox shell" has no result that could be one JSON document'],
    [['sandbox', 'run', 'ls'], '"oxide sandbox run" has no result that could be one JSON document'],
    [['sandbox', 'demo'], '"oxide sandbox demo" has no result that could be one JSON document'],
    [['--progress', 'loud', 'create'], '"loud" is not what --progress <form> takes: text or json'],
  ])('a mistake in the command line %j is a document', async (args, message) => {
    const { code, document } = await run(...args, '--json');
    const error = { code: 'usage', message: expect.stringContaining(message) as string };
    expect(document).toMatchObject({ error: { ...error, exitCode: ExitCode.usage } });
    expect(code).toBe(ExitCode.usage);
  });

  test('mistakes in cluster.yaml have their places', async () => {
    const path = file('cluster_name: Demo\nhcloud: {}\n');
    const { document } = await run('validate', '--json', '--config', path);
    expect(document).toMatchObject({ error: { code: 'config.invalid' } });
    const { problems = [] } = (document as { error: { problems?: object[] } }).error;
    expect(problems).toHaveLength(3);
    expect(problems[2]).toEqual({
      ...{ file: path, line: 2, column: 1, path: 'hcloud.location', reason: 'is required' },
    });
  });

  test.each([
    ['config.missing', 'gone.yaml', ''],
    ['config.foreign', undefined, 'k3s_version: v1.32.0+k3s1\nmasters_pool: {}\n'],
    ['config.unreadable', undefined, '\0'],
  ])('%s is said of a file', async (code, path, content) => {
    const config = path ?? file(content);
    const { document } = await run('create', '--json', '--config', config);
    expect(document).toMatchObject({ error: { code } });
  });

  test('help, version, an example and a reference are documents', async () => {
    const folder = testFolder();
    const path = join(folder, 'new', 'cluster.yaml');
    expect((await run('--version', '--json')).document).toEqual({
      version: expect.stringMatching(/^\d+\.\d+\.\d+/) as string,
    });
    expect((await run('init', '--json', '--config', path)).document).toEqual({ file: path });
    const help = (await run('secrets', '--help', '--json')).document as { commands: object[] };
    expect(help.commands).toHaveLength(2);
    await run('--help', '--json');
    expect((await run('reference', '--json')).document).toHaveProperty('$schema');
    const written = join(folder, 'documents.json');
    const call = ['reference', '--json', '--format', 'documents-schema', '--write', written];
    await run(...call);
    expect(JSON.parse(readFileSync(written, 'utf8'))).toHaveProperty('$defs.status');
  });
});

describe('with --progress json', () => {
  test('stderr holds events and nothing else, an error included', async () => {
    const path = file('cluster_name: Demo\n');
    const { stdout, stderr } = await run('validate', '--progress', 'json', '--config', path);
    expect(stdout).toBe('');
    expect(JSON.parse(stderr)).toMatchObject({ type: 'error', error: { code: 'config.invalid' } });
  });

  test('text becomes an event, and nobody is asked', async () => {
    const path = join(testFolder(), 'cluster.yaml');
    const { stderr } = await run('init', '--progress=json', '--config', path);
    expect(JSON.parse(stderr)).toMatchObject({
      type: 'text',
      message: expect.stringContaining('Wrote') as string,
    });
  });
});

test('what comes after -- is no wish of this command line', () => {
  const none = { json: false, jsonProgress: false, verbose: false };
  expect(outputWishes(['sandbox', 'run', '--', 'kubectl', '--json', '-v'])).toEqual(none);
  expect(outputWishes(['--progress', 'json', '-v'])).toEqual({
    ...{ json: false, jsonProgress: true, verbose: true },
  });
});

describe('the code of an error', () => {
  const failure = { message: 'no', purpose: 'asking', tokenSource: 'HCLOUD_TOKEN' };
  const hetzner = (code: string, status: number) => new HetznerError({ ...failure, code, status });
  test.each([
    ['token.refused', hetzner('unauthorized', 401)],
    ['hetzner.capacity', hetzner('resource_unavailable', 422)],
    ['hetzner.limit', hetzner('resource_limit_exceeded', 403)],
    ['hetzner.failed', hetzner('invalid_input', 422)],
    ['hetzner.unreachable', hetzner('ECONNREFUSED', 0)],
    ['precondition', new PreconditionError('x')],
    ['partial', new OxideError('x')],
    ['tool.missing', new PreconditionError('x', 'y', 'tool.missing')],
    ['bug', new Error('x')],
  ])('%s', (code, error) => {
    expect(errorDocument(error, 0).code).toBe(code);
  });

  test('is that of its cause when it ends in the same way', () => {
    const cause = hetzner('resource_limit_exceeded', 403);
    const { exitCode } = cause;
    expect(new OxideError('x', { cause, exitCode }).errorCode).toBe('hetzner.limit');
    expect(new OxideError('x', { cause }).errorCode).toBe('partial');
  });
});
