import { setMaxListeners } from 'node:events';
import { InterruptedError } from '../../src/lib/errors.js';
import { wallClock, type Clock, type SleepOptions } from '../../src/lib/wait.js';

// As the command has it: every wait listens to the one signal of its run.
setMaxListeners(0);

interface Sleeper {
  readonly background: boolean;
  readonly wakeAt: number;
  wake(): void;
}

/** How often a clock looks for the end of file operations before it waits a millisecond at a time. */
const looksBeforeTimer = 50;

/**
 * A clock for tests in which nothing but waiting takes time: when nobody does real work and everybody
 * sleeps, it jumps to the next wake-up, and it stands still otherwise. So it costs no real time to
 * wait, and what a run takes in simulated time does not depend on how busy the machine is.
 */
export class WarpClock implements Clock {
  readonly speed = 1;
  #now: number;
  #busy = 0;
  readonly #sleepers = new Set<Sleeper>();
  #scheduled = false;

  constructor(options: { startAt?: number | undefined } = {}) {
    // A whole second, so that what happens at ticks is the same in every run.
    this.#now = options.startAt ?? Math.ceil(wallClock() / 1_000) * 1_000;
  }

  now(): number {
    return this.#now;
  }

  steady(): number {
    return this.#now;
  }

  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#busy++;
    try {
      return await work();
    } finally {
      this.#busy--;
      this.#consider();
    }
  }

  sleep(
    ms: number,
    signal?: AbortSignal,
    { background = false }: SleepOptions = {},
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        signal?.removeEventListener('abort', onAbort);
        this.#sleepers.delete(sleeper);
        this.#consider();
      };
      const sleeper: Sleeper = {
        background,
        wakeAt: this.#now + ms,
        wake: () => {
          end();
          resolve();
        },
      };
      const onAbort = (): void => {
        end();
        reject(signal?.reason instanceof Error ? signal.reason : new InterruptedError());
      };
      if (signal?.aborted) {
        onAbort();
        return;
      }
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#sleepers.add(sleeper);
      this.#consider();
    });
  }

  /** Looks again after everything that is runnable has run; jumps when all that is left is sleep. */
  #consider(): void {
    if (this.#scheduled || !this.#mayJump()) return;
    this.#scheduled = true;
    setImmediate(() => {
      setImmediate(() => {
        this.#look();
      });
    });
  }

  #look(looks = 1): void {
    if (usesFiles()) {
      // Nobody tells when that ends; in memory it does within a few turns, long before a timer.
      const lookAgain = (): void => {
        this.#look(looks + 1);
      };
      if (looks < looksBeforeTimer) setImmediate(lookAgain);
      else setTimeout(lookAgain, 1);
      return;
    }
    this.#scheduled = false;
    if (!this.#mayJump()) return;
    const sleepers = [...this.#sleepers];
    this.#now = Math.max(this.#now, Math.min(...sleepers.map(({ wakeAt }) => wakeAt)));
    for (const sleeper of sleepers) if (sleeper.wakeAt <= this.#now) sleeper.wake();
  }

  /** While nothing but background work sleeps, something else is under way. */
  #mayJump(): boolean {
    if (this.#busy > 0) return false;
    for (const { background } of this.#sleepers) if (!background) return true;
    return false;
  }
}

/** Whether this process waits for its disk: that takes no simulated time either. */
function usesFiles(): boolean {
  return process.getActiveResourcesInfo().some((resource) => resource.startsWith('FSReq'));
}
