import { formatDuration, timeOfDay } from '../lib/format.js';
import type { Clock } from '../lib/wait.js';

export interface BudgetOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly random: () => number;
  readonly onNotice?: ((message: string) => void) | undefined;
}

/**
 * What is left to others that use the project: below it the pace slows to what is refilled. A run
 * needs two requests for a node, so that it seldom comes this far; slowing down earlier would leave
 * most of the budget unused.
 */
const reserve = 60;
/** Hetzner refills one request a second. */
const refillMs = 1_000;
const longestWaitMs = 60_000;

/**
 * The project's request budget: 3600 an hour for everything that uses the project, refilled by one
 * a second. `RateLimit-Reset` is not used: it tells when the whole budget is back, not the next
 * request (Hetzner docs, "Rate Limiting").
 */
export class RateBudget {
  readonly #options: BudgetOptions;
  #low = false;
  #lastSlot = -Infinity;
  #closedUntil = -Infinity;
  #refusals = 0;

  constructor(options: BudgetOptions) {
    this.#options = options;
  }

  /** True when only the reserve is left: who polls should poll less. */
  get low(): boolean {
    return this.#low;
  }

  /** Waits for the turn of one request; at once while there is plenty. */
  async turn(): Promise<void> {
    const { clock, signal, random } = this.#options;
    while (clock.steady() < this.#closedUntil) {
      // Everyone who waits comes back a little apart, or the next refusal is certain.
      await clock.sleep(this.#closedUntil - clock.steady() + random() * refillMs, signal);
    }
    if (!this.#low) return;
    const slot = Math.max(clock.steady(), this.#lastSlot + refillMs);
    this.#lastSlot = slot;
    if (slot > clock.steady()) await clock.sleep(slot - clock.steady(), signal);
  }

  /** Learns from the headers of an answer. */
  learn(headers: Readonly<Record<string, string | undefined>>): void {
    const remaining = Number(headers['ratelimit-remaining'] ?? Number.NaN);
    if (!Number.isNaN(remaining)) this.#low = remaining < reserve;
  }

  /** The API took a request: whatever had closed the door is over. */
  accepted(): void {
    this.#refusals = 0;
  }

  /** The API refused a request with 429: nobody sends another before this wait is over. */
  refused(): void {
    const { clock, random, onNotice } = this.#options;
    if (clock.steady() < this.#closedUntil) return;
    const span = Math.min(longestWaitMs, 4_000 * 2 ** this.#refusals);
    this.#refusals++;
    const wait = refillMs + random() * span;
    this.#closedUntil = clock.steady() + wait;
    onNotice?.(
      "Hetzner's request budget for this project is used up (it is shared with everything that " +
        `uses the project); waiting ${formatDuration(wait)}, until ${timeOfDay(clock.now() + wait)}. Ctrl-C is safe.`,
    );
  }
}
