import { mkdtempSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { onTestFinished, describe, expect, test } from 'vitest';
import { PreconditionError } from '../../src/lib/errors.js';
import { idLifeMs, takeLock, type LockWish } from '../../src/lib/lock-file.js';
import { birthOf } from '../../src/lib/processes.js';
import { bundled } from '../helpers/bundle.js';
import { spawnSync } from 'node:child_process';

function lockIn(): LockWish & { folder: string } {
  const folder = mkdtempSync(join(tmpdir(), 'oxide-lock-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return { folder, path: join(folder, 'oxide.lock'), command: 'create', breakIt: false };
}

/** The lock as another run would have written it. */
function plant(path: string, holding: object): void {
  const whole = { id: 'feedbeef0001', pid: process.ppid, host: hostname() };
  const text = { started: '2026-11-27T10:00:00.000Z', command: 'scale', ...whole, ...holding };
  writeFileSync(path, JSON.stringify(text));
}

/** The id of a process that has ended. */
function deadPid(): number {
  const { pid } = spawnSync(process.execPath, ['--version']);
  return pid;
}

describe('the lock of an output folder', () => {
  test('is a private file that says who holds it, and is gone afterwards', async () => {
    const wish = lockIn();
    const lock = await takeLock(wish);
    expect(JSON.parse(readFileSync(wish.path, 'utf8'))).toMatchObject({
      ...{ id: lock.id, pid: process.pid, host: hostname(), command: 'create' },
    });
    expect(statSync(wish.path).mode & 0o777).toBe(0o600);
    await lock.release();
    expect(await readdir(wish.folder)).toEqual([]);
  });

  test('that another process holds is refused with its name, and stays', async () => {
    const wish = lockIn();
    const started = new Date(Date.now() - 3 * 60_000).toISOString();
    plant(wish.path, { birth: await birthOf(process.ppid), started });
    const refused = await takeLock(wish).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(PreconditionError);
    expect((refused as PreconditionError).message).toBe(
      `another oxide is at work in this output folder: oxide scale, process ${process.ppid} ` +
        `on ${hostname()}, begun 3m ago`,
    );
    expect((refused as PreconditionError).hint).toContain('--break-lock');
    expect(readFileSync(wish.path, 'utf8')).toContain('feedbeef0001');
  });

  test('that was held on another machine is refused: nobody can tell whether it lives', async () => {
    const wish = lockIn();
    plant(wish.path, { host: 'elsewhere', pid: deadPid() });
    await expect(takeLock(wish)).rejects.toThrow('on elsewhere');
  });

  test('is taken over with its id when its process is gone', async () => {
    const wish = lockIn();
    plant(wish.path, { pid: deadPid() });
    const lock = await takeLock(wish);
    expect(lock.id).toBe('feedbeef0001');
    await lock.release();
    expect(await readdir(wish.folder)).toEqual([]);
  });

  test('leaves its id to the next run for as long as a lease may stand, and no longer', async () => {
    const wish = lockIn();
    plant(wish.path, { pid: deadPid() });
    const first = await takeLock(wish);
    expect(first.inherited).toBe(true);
    await first.leaveId();
    expect(statSync(wish.path).mode & 0o777).toBe(0o600);
    const second = await takeLock(wish);
    expect([second.id, second.inherited]).toEqual(['feedbeef0001', true]);
    await second.release();
    plant(wish.path, { ended: new Date(Date.now() - idLifeMs).toISOString() });
    const third = await takeLock(wish);
    expect(third.id).not.toBe('feedbeef0001');
    expect(third.inherited).toBe(false);
  });

  test('that an ended run left for its id is no longer held, wherever that ran', async () => {
    const wish = lockIn();
    const ended = new Date().toISOString();
    plant(wish.path, { ended, birth: await birthOf(process.ppid) });
    expect((await takeLock(wish)).id).toBe('feedbeef0001');
    plant(wish.path, { ended, host: 'elsewhere' });
    const lock = await takeLock(wish);
    expect(lock.inherited).toBe(false);
    plant(wish.path, {});
    expect(await lock.isHeld()).toBe(false);
    await lock.leaveId();
    expect(readFileSync(wish.path, 'utf8')).not.toContain('ended');
  });

  test.runIf(process.platform === 'linux')(
    'is taken over when its process id was given to another program since',
    async () => {
      const wish = lockIn();
      plant(wish.path, { birth: '1' });
      expect((await takeLock(wish)).id).toBe('feedbeef0001');
    },
  );

  test('is taken from whoever holds it when the user says so, under an id of its own', async () => {
    const wish = lockIn();
    plant(wish.path, { host: 'elsewhere' });
    const lock = await takeLock({ ...wish, breakIt: true });
    expect(lock.id).not.toBe('feedbeef0001');
    await lock.release();
  });

  test('that was taken away meanwhile is not given back', async () => {
    const wish = lockIn();
    const lock = await takeLock(wish);
    plant(wish.path, {});
    await lock.release();
    expect(readFileSync(wish.path, 'utf8')).toContain('feedbeef0001');
  });

  test.each(['', '{"id":', '[]', 'null'])(
    'that a killed run left half written (%j) is taken over, once it is certain',
    async (text) => {
      const wish = lockIn();
      writeFileSync(wish.path, text);
      const past = new Date(Date.now() - 60_000);
      utimesSync(wish.path, past, past);
      const lock = await takeLock(wish);
      expect(lock.id).toMatch(/^[0-9a-f]{12}$/);
      await lock.release();
    },
  );

  test('is held by one of many that ask at the same time', async () => {
    const wish = lockIn();
    plant(wish.path, { pid: deadPid() });
    const lockFile = await bundled('src/lib/lock-file.ts');
    onTestFinished(() => {
      lockFile.remove();
    });
    const script = `
      import { takeLock } from ${JSON.stringify(pathToFileURL(lockFile.path).href)};
      await takeLock(${JSON.stringify(wish)}).then(() => console.log('held'), () => console.log('refused'));
      process.stdin.resume();
    `;
    const { spawn } = await import('node:child_process');
    const children = Array.from({ length: 4 }, () =>
      spawn(process.execPath, ['--input-type=module', '--eval', script]),
    );
    onTestFinished(() => {
      for (const child of children) child.kill('SIGKILL');
    });
    const answers = await Promise.all(
      children.map(
        (child) =>
          new Promise<string>((resolve) => {
            child.stdout.once('data', (data: Buffer) => {
              resolve(data.toString().trim());
            });
          }),
      ),
    );
    expect(answers.filter((answer) => answer === 'held')).toHaveLength(1);
  });
});
