import { type OxideErrorOptions } from '../lib/errors.js';

/** What is known of a refused or failed request. */
export interface HetznerFailure {
  /** Hetzner's error code, or oxide's own: `unreachable`, `no_answer`, `unexpected_answer`. */
  readonly code: string;
  /** Hetzner's words. */
  readonly message: string;
  /** 0 when there was no answer. */
  readonly status: number;
  readonly correlationId?: string | undefined;
  readonly details?: unknown;
  /** What the request was for: `creating server demo-worker-1`. */
  readonly purpose: string;
  /** Where the token comes from; named when Hetzner refuses it. */
  readonly tokenSource: string;
  readonly cause?: unknown;
}

/** A failure in words, with the next move. */
export type Explanation = { readonly text: string } & Pick<OxideErrorOptions, 'hint' | 'exitCode'>;
