import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Clock } from '../../src/lib/wait.js';
import { openSandbox } from '../../src/sandbox/sandbox.js';

/** A clock that a test sets, and that counts who holds it back. */
class HandClock implements Clock {
  readonly speed = 60;
  time = Date.UTC(2030, 0, 1);
  working = 0;

  now(): number {
    return this.time;
  }

  steady(): number {
    return this.time;
  }

  sleep(): Promise<void> {
    return new Promise(() => undefined);
  }

  async during<T>(work: () => Promise<T>): Promise<T> {
    this.working++;
    try {
      return await work();
    } finally {
      this.working--;
    }
  }
}

async function joined() {
  const path = mkdtempSync(join(tmpdir(), 'oxide-sandbox-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  const folder = join(path, 'sandbox');
  const world = new HandClock();
  const host = await openSandbox({ folder, speed: 60, clock: world, ticking: false });
  onTestFinished(() => host.close());
  const guest = await openSandbox({ folder, speed: 60 });
  return { world, host, guest };
}

test('holds the world back while a command that joined works, and follows its time', async () => {
  const { world, guest } = await joined();
  expect(guest.host?.pid).toBe(process.pid);
  world.time += 3_600_000;
  let meanwhile = 0;
  await guest.clock.during(async () => {
    expect(guest.clock.now()).toBeGreaterThanOrEqual(world.time);
    await guest.clock.during(() => Promise.resolve());
    meanwhile = world.working;
    world.time += 3_600_000;
  });
  expect(meanwhile).toBe(1);
  expect(world.working).toBe(0);
  expect(guest.clock.now()).toBeGreaterThanOrEqual(world.time);
});

test('does not hold it back for work that only waits for it', async () => {
  const { world, guest } = await joined();
  await guest.clock.during(() => Promise.resolve(), { waits: true });
  expect(guest.clock.now()).toBeLessThan(world.time + 3_600_000);
  const held = await guest.clock.during(() => Promise.resolve(world.working), { waits: true });
  expect(held).toBe(0);
});

test('goes on when the one that ran the world has ended, and tells of that', async () => {
  const { host, guest } = await joined();
  const ended = guest.host?.ended(new AbortController().signal);
  await host.close();
  await ended;
  expect(await guest.clock.during(() => Promise.resolve('done'))).toBe('done');
});
