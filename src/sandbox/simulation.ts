/**
 * A part of the simulated world. Parts hold no timers: they are plain state that is brought
 * forward to a point in simulated time, so that a world can be saved, loaded and replayed.
 */
export interface Simulated {
  /** Simulated time (ms since the epoch) at which something next happens by itself. */
  nextDue(): number | undefined;
  /** Brings the part forward to `now`. Calling it twice with the same time changes nothing more. */
  advance(now: number): void;
}

/** Seeded random numbers: the same seed gives the same ids, addresses and keys of tokens. */
export interface Random {
  /** A float in [0, 1). */
  next(): number;
  /** An integer in [min, max]. */
  integer(min: number, max: number): number;
  /** `length` lower-case hex digits. */
  hex(length: number): string;
}

/** mulberry32: small, fast and good enough to spread ids. `state` can be saved and given back. */
export function createRandom(seed: number): Random & { state(): number } {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return {
    next,
    integer: (min, max) => min + Math.floor(next() * (max - min + 1)),
    hex: (length) => Array.from({ length }, () => Math.floor(next() * 16).toString(16)).join(''),
    state: () => state,
  };
}

/** Brings all parts forward in the order given, until none has anything left to do at `now`. */
export function settle(parts: readonly Simulated[], now: number): void {
  for (let round = 0; round < 100; round++) {
    for (const part of parts) part.advance(now);
    if (parts.every((part) => (part.nextDue() ?? Infinity) > now)) return;
  }
  throw new Error('the simulated world does not come to rest');
}
