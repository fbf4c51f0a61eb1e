import { createHash, createHmac } from 'node:crypto';

const half = 32;

/** Whether Hetzner could have made such a token. */
function looksReal(token: string): boolean {
  return /^[A-Za-z0-9]{64}$/.test(token);
}

function seal(token: string, nonce: string): string {
  return createHmac('sha256', token).update(nonce).digest('hex').slice(0, half);
}

/**
 * What stands in the rehearsal for a token of the user's: another one of the simulated project, and the same
 * for the same token, so that a change can be rehearsed. One that is no token stays none. What was typed is
 * of a real project, and is written nowhere.
 */
export function furtherToken(token: string, typed: string): string {
  if (!looksReal(typed)) return '0'.repeat(typed.length);
  const nonce = createHash('sha256').update(typed).digest('hex').slice(0, half);
  return `${nonce}${seal(token, nonce)}`;
}

/** Whether a token is the project's, or one that stands for a user's. */
export function isTokenOf(token: string, given: string): boolean {
  return given === token || given.slice(half) === seal(token, given.slice(0, half));
}
