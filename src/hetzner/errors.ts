import type { ErrorCode } from '../lib/error-codes.js';
import { OxideError } from '../lib/errors.js';
import { visibleData } from '../lib/visible.js';
import { meaningOf } from './error-codes.js';
import type { HetznerFailure } from './failure.js';
import { limitCode, limitedBy, type Limited } from './limits.js';

/** Hetzner refused a request, or did not answer it. */
export class HetznerError extends OxideError {
  override readonly name = 'HetznerError';
  /** Hetzner's error code, or one of oxide's own: see `error-codes.ts`. */
  readonly code: string;
  /** 0 when there was no answer. */
  readonly status: number;
  readonly correlationId: string | undefined;
  readonly details: unknown;
  /** Hetzner's words. */
  readonly reason: string;
  /** Of what the account may not have more, when that is why it was refused and Hetzner says so. */
  readonly limited: Limited | undefined;

  constructor(failure: HetznerFailure) {
    const { text, ...options } = meaningOf(failure).explain(visibleData(failure));
    super(text, { ...options, errorCode: errorCodeOf(failure), cause: failure.cause });
    this.code = failure.code;
    this.status = failure.status;
    this.correlationId = failure.correlationId;
    this.details = failure.details ?? null;
    this.reason = failure.message;
    this.limited = limitedBy(failure);
  }
}

const ownCodes: Readonly<Record<string, ErrorCode>> = {
  unauthorized: 'token.refused',
  forbidden: 'token.refused',
  token_readonly: 'token.refused',
  resource_unavailable: 'hetzner.capacity',
  placement_error: 'hetzner.capacity',
  no_space_left_in_location: 'hetzner.capacity',
  [limitCode]: 'hetzner.limit',
};

function errorCodeOf({ code, status }: HetznerFailure): ErrorCode {
  if (Object.hasOwn(ownCodes, code)) return ownCodes[code] ?? 'hetzner.failed';
  return status === 0 ? 'hetzner.unreachable' : 'hetzner.failed';
}
