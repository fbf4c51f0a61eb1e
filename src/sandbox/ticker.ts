import { OxideError } from '../lib/errors.js';
import type { Clock } from '../lib/wait.js';
import type { World } from './world.js';

/** Real time, as good as at once for a reader of the files. */
const saveEveryMs = 250;

/**
 * Moves the world on while nobody asks, so that open watches see nodes become ready, and saves
 * what changed in the clusters meanwhile.
 */
export class Ticker {
  readonly #world: World;
  readonly #clock: Clock;
  readonly #stopped = new AbortController();
  #woken = new AbortController();
  #unsaved = false;
  #loop: Promise<void> = Promise.resolve();

  constructor(world: World, clock: Clock) {
    this.#world = world;
    this.#clock = clock;
  }

  start(): void {
    // A world that cannot be saved has said so itself, and stands still from then on.
    this.#loop = this.#run().catch((error: unknown) => {
      if (!(error instanceof OxideError)) throw error;
    });
  }

  /** Something happened that may have brought the next event forward. */
  wake(): void {
    this.#woken.abort();
  }

  /** Something in a cluster changed that is not on disk yet. */
  changed(): void {
    this.#unsaved = true;
    this.wake();
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    this.#woken.abort();
    await this.#loop;
  }

  async #run(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      this.#woken = new AbortController();
      const now = this.#world.settle();
      if (this.#unsaved) {
        this.#unsaved = false;
        this.#world.saveClusters();
      }
      const idle = Math.min(this.#world.nextDue() - now, saveEveryMs * this.#clock.speed);
      await this.#clock.sleep(Math.max(idle, 1), this.#woken.signal).catch(() => undefined);
    }
  }
}
