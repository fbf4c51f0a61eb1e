import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { InterruptedError } from '../../src/lib/errors.js';
import { ScaledClock } from '../../src/sandbox/scaled-clock.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const start = Date.UTC(2026, 0, 1);

describe('a scaled clock', () => {
  test('runs as many times as fast as the machine while everybody waits', async () => {
    const clock = new ScaledClock(60, start);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(clock.now() - start).toBe(60_000);
  });

  test('runs as fast as the machine while somebody works', async () => {
    const clock = new ScaledClock(60, start);
    let done = (): void => undefined;
    const work = clock.during(() => new Promise<void>((resolve) => (done = resolve)));
    await vi.advanceTimersByTimeAsync(2_000);
    expect(clock.now() - start).toBe(2_000);
    done();
    await work;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(clock.now() - start).toBe(62_000);
  });

  test('keeps its pace for work that only waits for the world', async () => {
    const clock = new ScaledClock(60, start);
    void clock.during(() => new Promise(() => undefined), { waits: true });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(clock.now() - start).toBe(60_000);
  });

  test('keeps its pace again after work that failed', async () => {
    const clock = new ScaledClock(60, start);
    await expect(clock.during(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(clock.now() - start).toBe(60_000);
  });

  test('wakes a sleeper at its time, whatever the pace was meanwhile', async () => {
    const clock = new ScaledClock(60, start);
    let wokenAt: number | undefined;
    void clock.sleep(60_000).then(() => (wokenAt = clock.now()));
    let done = (): void => undefined;
    void clock.during(() => new Promise<void>((resolve) => (done = resolve)));
    await vi.advanceTimersByTimeAsync(30_000);
    expect(wokenAt).toBeUndefined();
    done();
    await vi.advanceTimersByTimeAsync(501);
    expect(wokenAt).toBeGreaterThanOrEqual(start + 60_000);
  });

  test('wakes a sleeper that is interrupted, with the reason', async () => {
    const clock = new ScaledClock(60, start);
    const interrupt = new AbortController();
    const sleeping = clock.sleep(60_000, interrupt.signal);
    interrupt.abort(new InterruptedError());
    await expect(sleeping).rejects.toBeInstanceOf(InterruptedError);
  });
});
