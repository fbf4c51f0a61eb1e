import { describe, expect, it } from 'vitest';
import { createActionWaiter } from '../../src/hetzner/actions.js';
import type { Action } from '../../src/hetzner/resources.js';
import { TimeoutError } from '../../src/lib/errors.js';
import { realClock, waitFor, type Clock } from '../../src/lib/wait.js';

/** A machine whose wall clock can be set and which can sleep; its steady time goes on meanwhile. */
class Laptop implements Clock {
  readonly speed = 1;
  #wall = Date.UTC(2026, 10, 27);
  #steady = 0;
  readonly #atSleep: ((laptop: Laptop) => void)[];

  constructor(...atSleep: ((laptop: Laptop) => void)[]) {
    this.#atSleep = atSleep;
  }

  now(): number {
    return this.#wall;
  }
  steady(): number {
    return this.#steady;
  }
  during<T>(work: () => Promise<T>): Promise<T> {
    return work();
  }
  sleep(ms: number): Promise<void> {
    this.#wall += ms;
    this.#steady += ms;
    this.#atSleep.shift()?.(this);
    return Promise.resolve();
  }
  setClock(byMs: number): void {
    this.#wall += byMs;
  }
  closeLid(ms: number): void {
    this.#wall += ms;
    this.#steady += ms;
  }
}

const hour = 3_600_000;
const mishaps: readonly [string, (laptop: Laptop) => void][] = [
  [
    'a clock that is set forward',
    (laptop) => {
      laptop.setClock(hour);
    },
  ],
  [
    'a clock that is set back',
    (laptop) => {
      laptop.setClock(-hour);
    },
  ],
  [
    'a laptop that sleeps',
    (laptop) => {
      laptop.closeLid(8 * hour);
    },
  ],
];
const { signal } = new AbortController();

describe.each(mishaps)('%s', (_, mishap) => {
  it('does not end a wait, and does not prolong it', async () => {
    const clock = new Laptop(mishap);
    let looks = 0;
    const probe = () => ({ waiting: `look ${++looks}` });
    const waiting = waitFor('the node', probe, { clock, signal, timeoutMs: 10_000 });
    await expect(waiting).rejects.toThrow(/^Timed out after 10s: the node. Last: look 6$/);
    await expect(waiting).rejects.toBeInstanceOf(TimeoutError);
  });

  it('does not end the wait for an action', async () => {
    const action: Action = { id: 1, command: 'create_server', status: 'running', resources: [] };
    const states = Array.from({ length: 5 }, () => action);
    const waiter = createActionWaiter({
      api: {
        actions: () => Promise.resolve([states.shift() ?? { ...action, status: 'success' }]),
        budgetIsLow: () => false,
      },
      clock: new Laptop(mishap),
      signal,
      timeoutMs: 10_000,
    });
    await waiter.wait([action], 'demo-web-1');
    expect(states).toEqual([]);
  });
});

describe('the real clock', () => {
  it('waits by a time that nobody can set', () => {
    expect(Math.abs(realClock.steady() - performance.now())).toBeLessThan(1_000);
    expect(Math.abs(realClock.now() - Date.now())).toBeLessThan(1_000);
  });
});
