import { mkdtemp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  ExitCode,
  InterruptedError,
  OxideError,
  PreconditionError,
  TimeoutError,
} from '../../src/lib/errors.js';
import { exists } from '../../src/lib/folders.js';
import {
  readStartIfExists,
  readTextIfExists,
  withScratchFolder,
  writePrivateFile,
} from '../../src/lib/files.js';
import {
  enumerate,
  enumerateNames,
  formatDistance,
  formatDuration,
  plural,
} from '../../src/lib/format.js';
import type { ReportEvent } from '../../src/lib/report.js';
import { Secret } from '../../src/lib/secret.js';
import { createStepRunner } from '../../src/lib/step.js';
import { findMissing, inParallel } from '../../src/lib/parallel.js';
import { realSleep, waitFor } from '../../src/lib/wait.js';
import { WarpClock } from '../helpers/warp-clock.js';

const { signal } = new AbortController();

function interrupted(): AbortSignal {
  const controller = new AbortController();
  controller.abort(new InterruptedError());
  return controller.signal;
}

describe('waiting for something', () => {
  test('gives what the probe found, after telling why it was not there before', async () => {
    const reasons = ['no route', 'connection refused'];
    const heard: string[] = [];
    const value = await waitFor(
      'the API',
      () => {
        const waiting = reasons.shift();
        return waiting === undefined ? { ready: 42 } : { waiting };
      },
      { clock: new WarpClock(), signal, timeoutMs: 60_000, onWaiting: (why) => heard.push(why) },
    );
    expect(value).toBe(42);
    expect(heard).toEqual(['no route', 'connection refused']);
  });

  test('ends at the deadline with the last reason and the next step', async () => {
    let tries = 0;
    const waiting = waitFor('the API', () => ({ waiting: `try ${++tries}` }), {
      ...{ clock: new WarpClock(), signal, timeoutMs: 10_000, intervalMs: 4_000 },
      hint: 'Look at the firewall.',
    });
    const error = await waiting.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error).toMatchObject({ hint: 'Look at the firewall.', exitCode: 6, last: 'try 4' });
    expect((error as Error).message).toMatch(/^Timed out after 1\ds: the API\. Last: try 4$/);
  });

  test('ends with what the probe throws', async () => {
    const waiting = waitFor('the API', () => Promise.reject(new OxideError('gone')), {
      ...{ clock: new WarpClock(), signal, timeoutMs: 10_000 },
    });
    await expect(waiting).rejects.toThrow('gone');
  });

  test('probes nothing after an interrupt', async () => {
    let probes = 0;
    const waiting = waitFor('the API', () => ({ waiting: `${++probes}` }), {
      ...{ clock: new WarpClock(), signal: interrupted(), timeoutMs: 10_000 },
    });
    await expect(waiting).rejects.toBeInstanceOf(InterruptedError);
    expect(probes).toBe(0);
  });

  test('is woken by an interrupt with its reason', async () => {
    const controller = new AbortController();
    const sleeping = realSleep(600_000, controller.signal);
    controller.abort(new InterruptedError());
    await expect(sleeping).rejects.toBeInstanceOf(InterruptedError);
  });
});

describe('a step', () => {
  const recorded = (stop = signal) => {
    const events: ReportEvent[] = [];
    const reporter = { emit: (event: ReportEvent) => void events.push(event) };
    return { events, step: createStepRunner(reporter, new WarpClock(), stop) };
  };

  test('tells its beginning, its facts and its end', async () => {
    const { events, step } = recorded();
    const result = await step('Make it', (io) => {
      io.detail('half');
      io.warn('careful');
      io.summary('id 42');
      return Promise.resolve('made');
    });
    expect(result).toBe('made');
    expect(events.map(({ type }) => type)).toEqual([
      'step-start',
      'step-detail',
      'warning',
      'step-done',
    ]);
    expect(events.at(-1)).toMatchObject({ title: 'Make it', summary: 'id 42' });
  });

  test('tells that it failed, and throws on what happened', async () => {
    const { events, step } = recorded();
    const failing = step('Make it', () => Promise.reject(new OxideError('refused')));
    await expect(failing).rejects.toThrow('refused');
    expect(events.map(({ type }) => type)).toEqual(['step-start', 'step-failed']);
  });

  test('does not begin after an interrupt', async () => {
    const { events, step } = recorded(interrupted());
    await expect(step('Make it', () => Promise.resolve())).rejects.toThrow(InterruptedError);
    expect(events).toEqual([]);
  });
});

describe('work side by side', () => {
  test('gives all results in order', async () => {
    expect(await inParallel(Promise.resolve(1), Promise.resolve('two'))).toEqual([1, 'two']);
  });

  test('ends when all of it has ended, with the first failure', async () => {
    const ended: string[] = [];
    const slow = Promise.resolve().then(() => Promise.resolve().then(() => ended.push('slow')));
    await expect(
      inParallel(Promise.reject(new Error('first')), slow, Promise.reject(new Error('second'))),
    ).rejects.toThrow('first');
    expect(ended).toEqual(['slow']);
  });

  test('shows a failure rather than the interrupt that came with it', async () => {
    await expect(
      inParallel(Promise.reject(new InterruptedError()), Promise.reject(new OxideError('refused'))),
    ).rejects.toThrow('refused');
  });
});

describe('first looks that find something missing', () => {
  const lacking = (what: string, hint: string) => Promise.reject(new PreconditionError(what, hint));

  test('are one error that names all of it, each remedy once', async () => {
    const looks = findMissing(
      lacking('no kubectl', 'Install it.\nLook again.'),
      Promise.resolve(1),
      lacking('no way to Hetzner', 'Look again.'),
    );
    await expect(looks).rejects.toMatchObject({
      ...{ findings: ['no kubectl', 'no way to Hetzner'], hint: 'Install it.\nLook again.' },
      exitCode: ExitCode.precondition,
    });
  });

  test('show what is missing before what failed, and one alone as it is', async () => {
    const failed = Promise.reject(new OxideError('refused'));
    const one = lacking('no kubectl', 'Install it.');
    await expect(findMissing(failed, one)).rejects.toMatchObject({ message: 'no kubectl' });
    await expect(findMissing(failed)).rejects.toThrow('refused');
  });
});

describe.skipIf(process.platform === 'win32')('a private file', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'oxide-files-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
  const rightsOf = async (path: string) => (await stat(path)).mode & 0o777;

  test('is readable by its owner only, also over one with wider rights', async () => {
    const path = join(folder, 'kubeconfig');
    await writeFile(path, 'old', { mode: 0o644 });
    await writePrivateFile(path, 'new');
    expect(await readFile(path, 'utf8')).toBe('new');
    expect(await rightsOf(path)).toBe(0o600);
    expect(await readdir(folder)).toEqual(['kubeconfig']);
  });

  test('leaves nothing behind when it cannot be written', async () => {
    await mkdir(join(folder, 'taken'));
    await expect(writePrivateFile(join(folder, 'taken'), 'x')).rejects.toThrow();
    expect(await readdir(folder)).toEqual(['taken']);
  });

  test('that does not exist has no text', async () => {
    expect(await readTextIfExists(join(folder, 'nothing'))).toBeUndefined();
    expect(await readStartIfExists(join(folder, 'nothing'), 9)).toBeUndefined();
    expect(await exists(join(folder, 'nothing'))).toBe(false);
  });

  test('that cannot be read is named, and is no bug', async () => {
    for (const read of [readTextIfExists, readStartIfExists]) {
      await expect(read(folder, 9)).rejects.toMatchObject({
        message: `cannot read ${folder} (EISDIR)`,
        exitCode: 3,
      });
    }
    expect(await exists(folder)).toBe(true);
  });

  test('of unknown size is read up to a limit', async () => {
    const path = join(folder, 'large');
    await writeFile(path, '0123456789');
    expect(String(await readStartIfExists(path, 4))).toBe('0123');
    expect(String(await readStartIfExists(path, 99))).toBe('0123456789');
  });

  test('of a scratch folder is gone afterwards, also after a failure', async () => {
    const failing = withScratchFolder(folder, async (scratch) => {
      expect(await rightsOf(scratch)).toBe(0o700);
      await writeFile(join(scratch, 'secrets.yaml'), 'x');
      throw new Error('half way');
    });
    await expect(failing).rejects.toThrow('half way');
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('a secret', () => {
  test('prints itself nowhere', () => {
    const secret = new Secret('s3cr3t');
    const texts = [
      secret.toString(),
      String(secret),
      JSON.stringify({ secret }),
      inspect({ secret }, { depth: 9, showHidden: true }),
    ];
    for (const text of texts) {
      expect(text).toContain('[redacted]');
      expect(text).not.toContain('s3cr3t');
    }
    expect(secret.reveal()).toBe('s3cr3t');
  });
});

describe('a text for people', () => {
  test.each([
    [0, '0.0s'],
    [9_949, '9.9s'],
    [9_950, '10s'],
    [59_499, '59s'],
    [59_600, '1m 00s'],
    [185_000, '3m 05s'],
    [3_599_600, '1h 00m'],
    [3_720_000, '1h 02m'],
  ])('says %i ms as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  test('counts and lists', () => {
    expect([plural(0, 'server'), plural(1, 'server')]).toEqual(['0 servers', '1 server']);
    const lists = [[], ['a'], ['a', 'b'], ['a', 'b', 'c']];
    expect(lists.map(enumerate)).toEqual(['', 'a', 'a and b', 'a, b and c']);
  });

  test.each([
    [['demo-web-1'], 'demo-web-1'],
    [['demo-web-2', 'demo-web-1'], 'demo-web-1 and -2'],
    [['demo-web-3', 'demo-web-1', 'demo-web-2', 'demo-web-9'], 'demo-web-1 to -3 and -9'],
    [['demo-cp-1', 'demo-web-1', 'proxy', 'demo-web-2'], 'demo-cp-1, demo-web-1, -2 and proxy'],
    [['web-007', 'web-08'], 'web-007 and web-08'],
  ])('says %j as %s', (names, text) => {
    expect(enumerateNames(names)).toBe(text);
  });

  test.each([
    [400, '0s'],
    [-12_000, '12s'],
    [5 * 60_000, '5m'],
    [26 * 3_600_000, '26h'],
    [29.2 * 86_400_000, '29 days'],
  ])('tells how far away %i ms are: %s', (ms, text) => {
    expect(formatDistance(ms)).toBe(text);
  });
});
