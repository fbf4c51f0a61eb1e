import { inspect } from 'node:util';

const redacted = '[redacted]';

/**
 * A value that cannot print itself: templates, JSON and `console.log` all show `[redacted]`.
 * `reveal()` is the one way to the value, and easy to search for.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return redacted;
  }

  toJSON(): string {
    return redacted;
  }

  [inspect.custom](): string {
    return redacted;
  }
}
