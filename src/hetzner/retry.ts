import { meaningOf, type Verdict } from './error-codes.js';
import { HetznerError } from './errors.js';
import type { ApiRequest } from './exchange.js';

/** What a failed request means for a second try, and how many tries it has in all. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly tries: number;
}

/**
 * Judged by code and by method: a look may be repeated after whatever may pass, a write only after
 * what Hetzner did not do, or after a look whether it was done.
 */
export function judge(
  error: unknown,
  { method }: Pick<ApiRequest, 'method'>,
  alsoRefused: readonly string[] = [],
): Judgement {
  if (!(error instanceof HetznerError)) return { verdict: 'final', tries: 1 };
  const { code, status, reason: message } = error;
  const { verdict, tries, looks = tries } = meaningOf({ code, status, message });
  if (alsoRefused.includes(code)) return { verdict: 'refused', tries: aMinute };
  return { verdict, tries: method === 'GET' ? looks : tries };
}

/** As many tries as take about a minute. */
const aMinute = 8;

/** Milliseconds before the try after `tries` failed ones: capped exponential with full jitter. */
export function backoff(tries: number, random: () => number): number {
  return Math.round(random() * Math.min(30_000, 1_000 * 2 ** tries));
}
