import { testSeed } from '../helpers/seed.js';

/** Faults that are alike at a place, and how many of them strike there. */
export interface Alike<T> {
  readonly faults: readonly T[];
  readonly atOnce: number;
}

/** Those whose turn is not at the place with this number: all strike in turns, place by place. */
export function outOfTurn<T>(groups: readonly Alike<T>[], place: number): ReadonlySet<T> {
  return new Set(
    groups.flatMap(({ faults, atOnce }) => {
      const first = (place * atOnce + testSeed) % faults.length;
      return faults.filter((_, i) => (i - first + faults.length) % faults.length >= atOnce);
    }),
  );
}
