import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { CliIo } from '../../src/cli/io.js';
import { runCli } from '../../src/cli/program.js';
import { commands, families } from '../../src/cli/tree/tree.js';
import { ExitCode } from '../../src/lib/errors.js';

interface End {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function oxide(line: string, columns = 80): Promise<End> {
  const text = { stdout: '', stderr: '' };
  const stream = (name: keyof typeof text) => ({
    columns,
    write: (part: string) => {
      text[name] += part;
      return true;
    },
  });
  const { signal } = new AbortController();
  const io: CliIo = {
    ...{ env: {}, stdin: Readable.from([]), signal },
    ...{ stdout: stream('stdout'), stderr: stream('stderr') },
  };
  const code = await runCli(
    line.split(' ').filter((word) => word !== ''),
    io,
  );
  return { code, ...text };
}

describe('the help', () => {
  it.each(['', ...Object.keys(families), ...commands.map(({ name }) => name)])(
    'of oxide %s is a result, fits 80 columns and is the same in both ways to ask',
    async (name) => {
      const { code, stdout, stderr } = await oxide(`${name} --help`);
      expect(stdout).toMatch(new RegExp(`^Usage: ${`oxide ${name}`.trim()} `));
      expect([code, stderr]).toEqual([ExitCode.done, '']);
      expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
      expect(await oxide(`help ${name}`)).toEqual({ code, stdout, stderr });
      expect(await oxide(`--output x ${name} -h`)).toEqual({ code, stdout, stderr });
    },
  );

  it('of oxide shows every command, in the order of use, and the options of all once', async () => {
    const { stdout } = await oxide('--help');
    const shown = [...stdout.matchAll(/^ {2}([a-z][a-z -]*?) {2}/gm)].map(([, name]) => name);
    expect(shown.slice(0, commands.length)).toEqual(commands.map(({ name }) => name));
    expect(stdout.match(/--output/g)).toHaveLength(1);
  });

  it('of oxide and of a command names exit codes and variables', async () => {
    const { stdout } = await oxide('--help');
    for (const code of Object.values(ExitCode)) {
      expect(stdout).toMatch(new RegExp(`^ +${code} {2}\\S`, 'm'));
    }
    const status = (await oxide('status --help')).stdout;
    expect(status).toContain('\n    5  the cluster is not healthy\n');
    expect(status).toContain('\n  HCLOUD_TOKEN ');
  });

  it('has no line that ends in mid-word on a narrow terminal', async () => {
    const { stdout } = await oxide('help scale', 40);
    expect(stdout).toContain('\n  --count <number>\n      how many nodes the pool shall\n');
  });

  it('of what does not exist is an error', async () => {
    const { code, stdout, stderr } = await oxide('craete --help');
    expect([code, stdout]).toEqual([ExitCode.usage, '']);
    expect(stderr).toBe('\noxide has no command "craete"\n\n→ Did you mean: oxide create\n');
  });
});

describe('oxide alone', () => {
  it('says what it is and how to begin, and that is no error', async () => {
    const { code, stdout, stderr } = await oxide('');
    expect([code, stderr]).toEqual([ExitCode.done, '']);
    const calls = [...stdout.matchAll(/^ {2}(oxide .*?) {2}/gm)].map(([, call]) => call);
    expect(calls).toEqual([
      'oxide init',
      'oxide --sandbox create',
      'oxide create --dry-run',
      'oxide --help',
    ]);
  });

  it('with options is an error', async () => {
    const { code, stdout, stderr } = await oxide('--sandbox');
    expect([code, stdout]).toEqual([ExitCode.usage, '']);
    expect(stderr).toContain('no command was given\n\n→ oxide --help');
  });
});

describe('a call that oxide does not understand', () => {
  it.each([
    ['apply', 'Did you mean: oxide create\n'],
    ['up', 'Did you mean: oxide create\n'],
    ['delete', 'Did you mean: oxide destroy\n'],
    ['plan', 'Did you mean: oxide create --dry-run\n'],
    ['sacle worker', 'Did you mean: oxide scale\n'],
    ['allow-me', 'Did you mean: oxide firewall allow-me\n'],
    ['export', 'Did you mean: oxide secrets export\n'],
    ['secrets exprot', 'Did you mean: oxide secrets export\n'],
    ['sandbox foo', 'There are these: oxide sandbox demo, '],
    ['xyzzy', '→ oxide --help shows the commands.\n'],
    ['upgrade', 'Upgrades are not there yet. oxide --help '],
    ['secrets', 'It begins these: oxide secrets export, oxide secrets import\n'],
    ['create --dryrun', 'Did you mean --dry-run? oxide create --help shows what it takes.\n'],
    ['scale worker', 'oxide scale --help shows what it takes.\n'],
  ])('such as oxide %s is answered with what is meant', async (line, hint) => {
    const { code, stdout, stderr } = await oxide(line);
    expect([code, stdout]).toEqual([ExitCode.usage, '']);
    expect(stderr).toContain(hint);
    expect(stderr).not.toContain('error: ');
  });

  it.each([
    ['scale worker --count five', "argument 'five' is invalid. It takes a whole number"],
    ['scale worker --count 1 --timeout 5', 'It takes a number and a unit, such as 90s'],
    ['scale master --count 1', '"master" is not what role takes: worker or control-plane\n'],
    ['scale wroker --count 1', '→ Did you mean worker? oxide scale --help shows more.'],
    ['status --progress yaml', '"yaml" is not what --progress <form> takes: text or json\n'],
    ['create now', "too many arguments for 'create'. Expected 0 arguments but got 1."],
    ['status --output', "option '-o, --output <folder>' argument missing"],
  ])('oxide %s says what it takes', async (line, what) => {
    const { code, stderr } = await oxide(line);
    expect(stderr).toContain(what);
    expect(code).toBe(ExitCode.usage);
  });

  it('is one document for a machine', async () => {
    const { stdout } = await oxide('create --dryrun --json');
    expect(JSON.parse(stdout)).toMatchObject({
      error: { message: "unknown option '--dryrun'", exitCode: ExitCode.usage },
    });
  });
});
