import type { Clock, DuringOptions, SleepOptions } from '../../src/lib/wait.js';
import { ScaledClock } from '../../src/sandbox/scaled-clock.js';

/** Made once: thousands of sleepers are woken by it. */
const awake = new Error('the time has come');

interface Sleeper {
  readonly background: boolean;
  readonly wakeAt: number;
  wake(): void;
}

/**
 * A clock for tests that skips idle time: when nobody does real work and everybody sleeps, it jumps
 * to the next wake-up. While a request or a tool is under way it runs `speed` times as fast as the
 * machine's, so that a real tool's own waits see the world move. What a run takes in simulated time
 * therefore hardly depends on how busy the machine is.
 */
export class WarpClock implements Clock {
  readonly speed: number;
  readonly #base: Clock;
  #skipped = 0;
  #busy = 0;
  readonly #sleepers = new Set<Sleeper>();
  #scheduled = false;

  constructor(options: { speed?: number; startAt?: number | undefined } = {}) {
    this.speed = options.speed ?? 20;
    this.#base = new ScaledClock(this.speed, options.startAt);
  }

  now(): number {
    return this.#base.now() + this.#skipped;
  }

  steady(): number {
    return this.now();
  }

  async during<T>(work: () => Promise<T>, options?: DuringOptions): Promise<T> {
    this.#busy++;
    try {
      return await this.#base.during(work, options);
    } finally {
      this.#busy--;
      this.#consider();
    }
  }

  async sleep(
    ms: number,
    signal?: AbortSignal,
    { background = false }: SleepOptions = {},
  ): Promise<void> {
    const woken = new AbortController();
    const sleeper: Sleeper = {
      background,
      wakeAt: this.now() + ms,
      wake: () => {
        woken.abort(awake);
      },
    };
    this.#sleepers.add(sleeper);
    this.#consider();
    const either = signal ? AbortSignal.any([signal, woken.signal]) : woken.signal;
    try {
      await this.#base.sleep(ms, either);
    } catch (error) {
      if (signal?.aborted) throw error;
    } finally {
      this.#sleepers.delete(sleeper);
      this.#consider();
    }
  }

  /** Looks again after everything that is runnable has run; jumps when all that is left is sleep. */
  #consider(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      setImmediate(() => {
        this.#scheduled = false;
        this.#jump();
      });
    });
  }

  #jump(): void {
    const sleepers = [...this.#sleepers];
    // While nothing but background work sleeps, something else is under way: a file, for example.
    if (this.#busy === 0 && sleepers.some(({ background }) => !background)) {
      const next = Math.min(...sleepers.map((sleeper) => sleeper.wakeAt));
      this.#skipped += Math.max(0, next - this.now());
    }
    const now = this.now();
    for (const sleeper of this.#sleepers) if (sleeper.wakeAt <= now) sleeper.wake();
  }
}
