import type { AuthorityOptions, KeyPair } from '../pki.js';
import type { TalosAnswer, TalosRequest } from '../talos/protocol.js';

/** Everything outside that the stand-in talosctl touches, besides files. */
export interface TalosctlIo {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Brings a call to the simulated nodes. */
  call(request: TalosRequest): Promise<TalosAnswer>;
  /** The version that the tool says it has, `v1.13.9`. */
  readonly version: string;
  /** Go's name of the system that the tool runs on; `linux/amd64` unless given. */
  readonly platform?: string;
  /** The key that signs service account tokens, PEM; a new one when not given. */
  readonly generateServiceAccountKey?: () => Promise<string>;
  /** Aborted when nobody waits for the call any more; it writes no file then, as a process that was ended. */
  readonly signal?: AbortSignal | undefined;
  /** A certificate authority of the cluster; a new one when not given. */
  readonly createAuthority?: (options: AuthorityOptions) => Promise<KeyPair>;
  /** Milliseconds since the epoch. */
  now(): number;
}
