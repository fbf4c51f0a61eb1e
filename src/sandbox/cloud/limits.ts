import { limitExceeded } from './api-error.js';

/** What an account may have only so many of, as errors name it, with their words. */
const words = {
  server_limit: 'server limit exceeded',
  primary_ip_limit: 'Primary IP limit exceeded',
  network_limit: 'network limit exceeded',
  // Name and words assumed from the others'.
  snapshot_limit: 'snapshot limit exceeded',
} as const;

export type LimitName = keyof typeof words;

/** The limits of the account: none unless set. */
export class Limits {
  readonly #most: Partial<Record<LimitName, number>>;

  constructor(saved?: Partial<Record<LimitName, number>>) {
    this.#most = { ...saved };
  }

  set(name: LimitName, most: number | undefined): void {
    if (most === undefined) Reflect.deleteProperty(this.#most, name);
    else this.#most[name] = most;
  }

  /** Refuses an order after which there would be more than the account may have. */
  assertRoom(name: LimitName, after: number): void {
    if (after > (this.#most[name] ?? Infinity)) throw limitExceeded(name, words[name]);
  }

  toJSON(): Partial<Record<LimitName, number>> {
    return { ...this.#most };
  }
}
