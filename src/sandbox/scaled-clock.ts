import { realSleep, steadyTime, wallClock, type Clock, type DuringOptions } from '../lib/wait.js';

/** Made once: thousands of sleeps are woken by it. */
const rateChange = new Error('the clock runs at another rate');

/**
 * A clock that runs `speed` times as fast as the machine's while everybody waits, and as fast as
 * the machine's while somebody works: a tool that computes for two seconds has not taken two
 * simulated minutes. Tools that only wait for the world (`kubectl rollout status`) do not slow it.
 */
export class ScaledClock implements Clock {
  #simulated: number;
  #real = steadyTime();
  #working = 0;
  #rateChanged = new AbortController();

  constructor(
    readonly speed: number,
    startAt = wallClock(),
  ) {
    this.#simulated = startAt;
  }

  now(): number {
    return this.#simulated + (steadyTime() - this.#real) * this.#rate;
  }

  /** It runs by the machine's steady time anyway. */
  steady(): number {
    return this.now();
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const until = this.now() + ms;
    do {
      const changed = this.#rateChanged.signal;
      const either = signal ? AbortSignal.any([signal, changed]) : changed;
      try {
        await realSleep(Math.max(0, until - this.now()) / this.#rate, either);
        return;
      } catch (error) {
        if (!changed.aborted || signal?.aborted) throw error;
      }
    } while (this.now() < until);
  }

  async during<T>(work: () => Promise<T>, { waits = false }: DuringOptions = {}): Promise<T> {
    if (waits) return work();
    this.#setWorking(this.#working + 1);
    try {
      return await work();
    } finally {
      this.#setWorking(this.#working - 1);
    }
  }

  /** Moves on to what another clock shows; it never goes back. */
  protected catchUp(now: number): void {
    this.#simulated = Math.max(this.now(), now);
    this.#real = steadyTime();
    this.#wakeSleepers();
  }

  get #rate(): number {
    return this.#working > 0 ? 1 : this.speed;
  }

  #setWorking(working: number): void {
    const before = this.#rate;
    this.#simulated = this.now();
    this.#real = steadyTime();
    this.#working = working;
    if (this.#rate !== before) this.#wakeSleepers();
  }

  /** They look at the clock again, and sleep on if it is not yet their time. */
  #wakeSleepers(): void {
    const changed = this.#rateChanged;
    this.#rateChanged = new AbortController();
    changed.abort(rateChange);
  }
}
