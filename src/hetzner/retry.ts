import { HetznerError } from './errors.js';

/**
 * What a failed request means for a second try:
 * - `refused`: Hetzner did nothing and says that it may work later; sending it again is safe.
 * - `lost`: nobody knows whether it had its effect; a write is checked before it is sent again.
 * - `final`: trying again would not help.
 */
export type Verdict = 'refused' | 'lost' | 'final';

/** 409 and 423: another change to the same thing is under way. */
const refusedCodes: ReadonlySet<string> = new Set([
  'rate_limit_exceeded',
  'conflict',
  'locked',
  'unreachable',
]);

/** Also the codes that a bare 502, 503 or 504 of a proxy in front of the API is read as. */
const lostCodes: ReadonlySet<string> = new Set([
  'no_answer',
  'bad_gateway',
  'timeout',
  'unavailable',
]);

export function judge(error: unknown, alsoRefused: readonly string[] = []): Verdict {
  if (!(error instanceof HetznerError)) return 'final';
  if (refusedCodes.has(error.code) || alsoRefused.includes(error.code)) return 'refused';
  return lostCodes.has(error.code) ? 'lost' : 'final';
}

/** How often a request is tried that fails with this error. */
export function triesFor(error: unknown): number {
  const code = error instanceof HetznerError ? error.code : '';
  // While the whole project is over its budget, patience is the only answer.
  if (code === 'rate_limit_exceeded') return 20;
  // A machine without a connection is told so in seconds.
  if (code === 'unreachable') return 4;
  // About a minute: longer than an attach or a start keeps a server locked.
  return 8;
}

/** Milliseconds before the try after `tries` failed ones: capped exponential with full jitter. */
export function backoff(tries: number, random: () => number): number {
  return Math.round(random() * Math.min(30_000, 1_000 * 2 ** tries));
}
