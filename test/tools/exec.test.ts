import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import { InterruptedError, PreconditionError } from '../../src/lib/errors.js';
import { cleanEnvironment } from '../../src/tools/environment.js';
import {
  createToolRunner,
  limitProcesses,
  runForUser,
  ToolError,
  type Invocation,
  type RunTool,
} from '../../src/tools/exec.js';
import { WarpClock } from '../helpers/warp-clock.js';

/** A tool that does what its first argument says. */
const script = `
const [does, ...rest] = process.argv.slice(2);
const behaviours = {
  echo: () => process.stdin.on('data', (data) => process.stdout.write(data)),
  env: () => process.stdout.write(JSON.stringify(process.env)),
  fail: () => { console.error(rest.join('\\n')); process.exit(3); },
  warn: () => console.error('Warning: ' + rest.join(' ')),
  hang: () => { process.stderr.write('waiting for ever\\n'); setInterval(() => {}, 1000); },
  'exit-0-on-term': () => { process.on('SIGTERM', () => process.exit(0)); process.stderr.write('up\\n'); setInterval(() => {}, 1000); },
  'say-and-hang': () => { process.stdout.write('half an answ'); setInterval(() => {}, 1000); },
  'leave-behind': () => {
    const args = ['-e', 'setInterval(() => {}, 1000)'];
    const left = require('node:child_process').spawn(process.execPath, args, { stdio: 'inherit' });
    process.stdout.write(String(left.pid) + '\\n');
    if (rest[0] === 'and-hang') setInterval(() => {}, 1000);
    else setTimeout(() => process.exit(Number(rest[0])), 50);
  },
  die: () => process.kill(process.pid, 'SIGKILL'),
};
behaviours[does]();
`;

/**
 * What hangs, once more for a shell: it begins at once, also on a machine that takes seconds to start Node.js, so that
 * short deadlines do. Where there is none they are long.
 */
const shellScript = `
case "$1" in
hang) echo 'waiting for ever' >&2; exec sleep 600;;
exit-0-on-term) trap 'exit 0' TERM; while :; do sleep 0.05; done;;
say-and-hang) printf 'half an answ'; exec sleep 600;;
leave-behind) sleep 600 & echo $!; exec sleep 600;;
esac
`;
const hasShell = process.platform !== 'win32';
const deadline = hasShell ? 1_500 : 15_000;

let folder: string;
let interrupt: AbortController;
let debug: string[];
let warnings: string[];
let run: RunTool;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'oxide-tools-'));
  await writeFile(join(folder, 'tool.cjs'), script);
  await writeFile(join(folder, 'tool.sh'), shellScript);
  await writeFile(join(folder, 'not-executable'), '');
  await chmod(join(folder, 'not-executable'), 0o644);
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(() => {
  interrupt = new AbortController();
  debug = [];
  warnings = [];
  run = createToolRunner({
    commands: {
      kubectl: { file: process.execPath, args: [join(folder, 'tool.cjs')] },
      talosctl: { file: join(folder, 'absent'), args: [] },
      helm: { file: join(folder, 'not-executable'), args: [] },
    },
    env: { GIVEN: 'yes' },
    clock: new WarpClock(),
    signal: interrupt.signal,
    onDebug: (line) => debug.push(line),
    onWarning: (text) => warnings.push(text),
  });
});

const call = (...args: string[]): Invocation => ({ tool: 'kubectl', args, timeoutMs: 30_000 });

/** The failure of one that hangs, at its deadline. */
function failureInTime(...args: string[]): Promise<ToolError> {
  const asNode = { file: process.execPath, args: [join(folder, 'tool.cjs')] };
  const kubectl = hasShell ? { file: '/bin/sh', args: [join(folder, 'tool.sh')] } : asNode;
  const { signal } = interrupt;
  const hanging = createToolRunner({
    ...{ commands: { kubectl, talosctl: kubectl, helm: kubectl }, clock: new WarpClock(), signal },
    env: hasShell ? { PATH: '/usr/bin:/bin' } : {},
  });
  return failure(hanging({ ...call(...args), timeoutMs: deadline }));
}

async function failure(work: Promise<unknown>): Promise<ToolError> {
  const caught: unknown = await work.catch((error: unknown) => error);
  if (caught instanceof ToolError) return caught;
  throw caught;
}

describe('a tool', () => {
  it('gets its input and gives its output', async () => {
    expect(await run({ ...call('echo'), stdin: 'kind: List\n' })).toEqual({
      stdout: 'kind: List\n',
      stderr: '',
    });
    expect(debug).toEqual([expect.stringMatching(/^kubectl echo: 0, \d+ ms$/)]);
  });

  it('gets the given environment and nothing of the process', async () => {
    const { stdout } = await run({ ...call('env'), env: { OWN: '1' } });
    const env = JSON.parse(stdout) as Record<string, string>;
    expect(env).toMatchObject({ GIVEN: 'yes', OWN: '1' });
    expect(env).not.toHaveProperty('HOME');
  });

  it('that fails is shown as it can be typed, with what it said', async () => {
    const error = await failure(run(call('fail', 'first', "it's", 'over')));
    expect(error.message).toBe(
      "kubectl fail first 'it'\\''s' over\n  exit code 3\n  first\n  it's\n  over",
    );
    expect(error.reason).toBe('first');
    expect(error.says('first')).toBe(true);
    expect(error.failure.exitCode).toBe(3);
  });

  it('that succeeds and warns is heard, each time it says something new', async () => {
    for (const text of ['a is deprecated', 'a is deprecated', 'b is old']) {
      await run(call('warn', ...text.split(' ')));
    }
    await failure(run(call('fail', 'Warning: of a call that failed')));
    expect(warnings).toEqual(['kubectl: a is deprecated', 'kubectl: b is old']);
  });

  it('that hangs is ended at its deadline', async () => {
    const error = await failureInTime('hang');
    expect(error.failure.timedOut).toBe(true);
    expect(error.message).toContain(`no result within ${deadline / 1_000} s\n  waiting for ever`);
    expect(error.exitCode).toBe(6);
  });

  it('that was ended at its deadline failed, whatever its exit code says', async () => {
    const error = await failureInTime('exit-0-on-term');
    expect(error.failure.timedOut).toBe(true);
  });

  it('that hangs shows what it said on its standard output when that is all there is', async () => {
    const error = await failureInTime('say-and-hang');
    expect(error.failure.stdout).toBe('half an answ');
    expect(error.message).toContain(`no result within ${deadline / 1_000} s\n  half an answ`);
  });

  describe('that leaves a process behind, which keeps its output open,', () => {
    let left: number | undefined;
    afterEach(() => {
      if (left !== undefined) process.kill(left, 'SIGKILL');
      left = undefined;
    });

    it('is not waited for when it has ended well', async () => {
      const { stdout } = await run(call('leave-behind', '0'));
      left = Number(stdout);
      expect(left).toBeGreaterThan(0);
    });

    it('is not waited for when it has failed', async () => {
      const error = await failure(run(call('leave-behind', '3')));
      left = Number(error.failure.stdout);
      expect([error.failure.exitCode, error.failure.timedOut]).toEqual([3, false]);
    });

    it('is not waited for when it was ended at its deadline, with what it said', async () => {
      const error = await failureInTime('leave-behind', 'and-hang');
      left = Number(error.reason);
      expect(left).toBeGreaterThan(0);
      expect(error.failure.timedOut).toBe(true);
    });
  });

  it('that was killed failed', async () => {
    const error = await failure(run(call('die')));
    expect(error.failure.signal).toBe('SIGKILL');
    expect(error.reason).toBe('ended by SIGKILL');
  });

  it('is asked to end by an interrupt, and its exit code 0 is no success', async () => {
    const running = run(call('exit-0-on-term'));
    setImmediate(() => {
      interrupt.abort(new InterruptedError());
    });
    await expect(running).rejects.toBeInstanceOf(InterruptedError);
    await expect(run(call('env'))).rejects.toBeInstanceOf(InterruptedError);
  });

  it.each(['talosctl', 'helm'] as const)('that is missing is named: %s', async (tool) => {
    const caught: unknown = await run({ ...call(), tool }).catch((error: unknown) => error);
    expect(caught).toBeInstanceOf(PreconditionError);
    expect((caught as PreconditionError).message).toContain(`${tool} was not found`);
    expect((caught as PreconditionError).hint).toContain('https://');
  });
});

describe('a program that a user runs', () => {
  const through = async (input: string, ...args: string[]) => {
    const heard = { stdout: '', stderr: '' };
    const code = await runForUser({
      ...{ file: process.execPath, args: [join(folder, 'tool.cjs'), ...args], env: {} },
      stdin: Readable.from([input]),
      stdout: (text) => (heard.stdout += text),
      stderr: (text) => {
        heard.stderr += text;
        if (text.includes('waiting')) interrupt.abort(new InterruptedError());
      },
      signal: interrupt.signal,
    });
    return { code, ...heard };
  };

  it('has its input, its output as it comes, and its exit code', async () => {
    expect(await through('kind: List\n', 'echo')).toMatchObject({
      code: 0,
      stdout: 'kind: List\n',
    });
    expect(await through('', 'fail', 'no')).toEqual({ code: 3, stdout: '', stderr: 'no\n' });
  });

  it('is told to stop when the user stops, and ends as in a shell', async () => {
    expect(await through('', 'hang')).toMatchObject({ code: 128 + 15 });
  });

  it('that is not there is missing', async () => {
    const streams = { stdin: 'inherit', stdout: 'inherit', stderr: 'inherit' } as const;
    const absent = { file: join(folder, 'absent'), args: [], env: {}, signal: interrupt.signal };
    await expect(runForUser({ ...absent, ...streams })).rejects.toThrow(PreconditionError);
  });
});

describe('the environment of tools', () => {
  it('holds where things are, and nothing that changes what they do', () => {
    const passed = { PATH: '/bin', Path: 'C:\\', HOME: '/home/u', https_proxy: 'http://p:1' };
    const kept = { ...passed, SSL_CERT_FILE: '/c', XDG_CACHE_HOME: '/x', SystemRoot: 'C:\\W' };
    const dropped = {
      ...{ HCLOUD_TOKEN: 't', KUBECONFIG: '/k', TALOSCONFIG: '/t', TAG: 'v0', HELM_NAMESPACE: 'n' },
      ...{
        AWS_SECRET_ACCESS_KEY: 's',
        OXIDE_PASSPHRASE: 'p',
        NODE_OPTIONS: '--x',
        absent: undefined,
      },
    };
    expect(cleanEnvironment({ ...kept, ...dropped })).toEqual({ ...kept, KUBECTL_KUBERC: 'false' });
  });
});

test('only so many processes work at once; those that wait for the cluster take no place', async () => {
  const ends: (() => void)[] = [];
  const begun: string[] = [];
  const run = limitProcesses((call) => {
    begun.push(call.args.join(' '));
    return new Promise((end) => {
      ends.push(() => {
        end({ stdout: '', stderr: '' });
      });
    });
  }, 2);
  const call = (name: string, waits = false) =>
    run({ tool: 'kubectl', args: [name], timeoutMs: 1_000, waits });
  const all = [call('a'), call('b'), call('c'), call('drain', true)];
  expect(begun).toEqual(['a', 'b', 'drain']);
  ends.shift()?.();
  await all[0];
  expect(begun).toEqual(['a', 'b', 'drain', 'c']);
  for (const end of ends) end();
  await Promise.all(all);
});
