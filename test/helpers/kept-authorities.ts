import { createAuthority, type AuthorityOptions, type KeyPair } from '../../src/sandbox/pki.js';

/** More than the clusters that a file makes between two that have to differ. */
const kept = 128;

const made = new Map<string, { next: number; readonly pairs: Promise<KeyPair>[] }>();

/** A certificate authority for a test's cluster: a process makes a few of each kind, and gives them in turn. */
export function keptAuthority(options: AuthorityOptions): Promise<KeyPair> {
  const { algorithm, subject } = options;
  const kind = JSON.stringify({ algorithm, subject });
  const known = made.get(kind) ?? { next: 0, pairs: [] };
  made.set(kind, known);
  return (known.pairs[known.next++ % kept] ??= createAuthority(options));
}
