import type { TalosMethods } from './protocol.js';

/** Something that goes wrong between talosctl and a node, for tests. */
export type TalosFault =
  /** The node resets itself, but the client never hears of it. */
  | { readonly kind: 'reset-hangs'; readonly times?: number }
  /** The call does not reach the node. */
  | {
      readonly kind: 'unavailable';
      readonly method?: keyof TalosMethods;
      readonly times?: number;
    }
  /** The call has its effect, but its answer is lost, or half of what it brings is. */
  | {
      readonly kind: 'answer-lost' | 'truncated';
      readonly method?: keyof TalosMethods;
      readonly times?: number;
    };

/** The faults that are still to happen; each happens once unless it says how often. */
export class TalosFaults {
  readonly #waiting: { readonly fault: TalosFault; left: number }[] = [];

  add(fault: TalosFault): void {
    this.#waiting.push({ fault, left: fault.times ?? 1 });
  }

  /** Takes a fault of this kind that applies to the call; false when there is none. */
  take(kind: TalosFault['kind'], method: keyof TalosMethods): boolean {
    const found = this.#waiting.find(({ fault, left }) => {
      if (fault.kind !== kind || left === 0) return false;
      const only = fault.kind === 'reset-hangs' ? 'Reset' : fault.method;
      return only === undefined || only === method;
    });
    if (!found) return false;
    found.left--;
    return true;
  }
}
