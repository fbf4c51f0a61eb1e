/** Hetzner docs, "Rate Limiting": 3600 requests an hour, refilled by one a second. */
const capacity = 3600;
const refillMs = 1000;

/** The request budget of a project: a bucket of tokens that refills in simulated time. */
export class RateLimit {
  #tokens: number;
  #at: number;

  constructor(now: number, saved?: { tokens: number; at: number }) {
    this.#tokens = saved?.tokens ?? capacity;
    this.#at = saved?.at ?? now;
  }

  /** Takes one request out of the budget; false when it is used up. */
  take(now: number): boolean {
    this.#refill(now);
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  /** Uses up the budget but for `left` requests, as another client of the project would. */
  drain(now: number, left: number): void {
    this.#refill(now);
    this.#tokens = Math.min(this.#tokens, left);
  }

  /** `RateLimit-Reset` is when the full budget is back, not when the next request may go. */
  headers(now: number): Record<string, string> {
    const missing = capacity - this.#tokens;
    return {
      'ratelimit-limit': String(capacity),
      'ratelimit-remaining': String(Math.floor(this.#tokens)),
      'ratelimit-reset': String(Math.ceil((now + missing * refillMs) / 1000)),
    };
  }

  toJSON(): { tokens: number; at: number } {
    return { tokens: this.#tokens, at: this.#at };
  }

  #refill(now: number): void {
    const elapsed = Math.max(0, now - this.#at);
    this.#tokens = Math.min(capacity, this.#tokens + elapsed / refillMs);
    this.#at = Math.max(this.#at, now);
  }
}
