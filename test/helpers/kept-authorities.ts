import { createAuthority, type AuthorityOptions, type KeyPair } from '../../src/sandbox/pki.js';

/** Clusters one after the other differ; no test makes so many that the first come again. */
const kept = 8;

const made = new Map<string, { next: number; readonly pairs: Promise<KeyPair>[] }>();

/** A certificate authority for a test's cluster: a process makes a few of each kind, and gives them in turn. */
export function keptAuthority(options: AuthorityOptions): Promise<KeyPair> {
  const { algorithm, subject } = options;
  const kind = JSON.stringify({ algorithm, subject });
  const known = made.get(kind) ?? { next: 0, pairs: [] };
  made.set(kind, known);
  return (known.pairs[known.next++ % kept] ??= createAuthority(options));
}
