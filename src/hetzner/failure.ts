import type { OxideErrorOptions } from '../lib/errors.js';

/** What is known of a refused or failed request. */
export interface HetznerFailure {
  /** Hetzner's error code; oxide's own when there was no answer (`status` 0) or no readable one. */
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
  /** Who was asked: `https://api.hetzner.cloud`; undefined for Hetzner's own API. */
  readonly endpoint?: string | undefined;
  readonly cause?: unknown;
}

/** A failure in words, with the next move. */
export type Explanation = { readonly text: string } & Pick<OxideErrorOptions, 'hint' | 'exitCode'>;

export type Explain = (failure: HetznerFailure) => Explanation;
