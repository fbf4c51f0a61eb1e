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
    }
  /** The machine of this name starts etcd, whose image is not there, or etcd ends with an error. */
  | {
      readonly kind: 'etcd-image-missing' | 'etcd-crash';
      readonly machine: string;
      readonly times?: number;
    };

type MachineFault = Extract<TalosFault, { machine: string }>['kind'];
type CallFault = Exclude<TalosFault['kind'], MachineFault>;

/** The faults that are still to happen; each happens once unless it says how often. */
export class TalosFaults {
  readonly #waiting: { readonly fault: TalosFault; left: number }[] = [];

  add(fault: TalosFault): void {
    this.#waiting.push({ fault, left: fault.times ?? 1 });
  }

  /** Takes a fault of this kind that applies to the call; false when there is none. */
  take(kind: CallFault, method: keyof TalosMethods): boolean {
    return this.#take((fault) => {
      if (fault.kind !== kind || 'machine' in fault) return false;
      const only = fault.kind === 'reset-hangs' ? 'Reset' : fault.method;
      return only === undefined || only === method;
    });
  }

  /** Takes a fault of this kind that strikes the machine; false when there is none. */
  takeAt(kind: MachineFault, machine: string): boolean {
    return this.#take((fault) => fault.kind === kind && fault.machine === machine);
  }

  #take(strikes: (fault: TalosFault) => boolean): boolean {
    const found = this.#waiting.find(({ fault, left }) => left > 0 && strikes(fault));
    if (!found) return false;
    found.left--;
    return true;
  }
}
