import type { ErrorCode } from './error-codes.js';

/** The documented exit codes of oxide. Scripts rely on them: a number never changes its meaning. */
export const ExitCode = {
  done: 0,
  bug: 1,
  usage: 2,
  precondition: 3,
  refused: 4,
  partial: 5,
  timeout: 6,
  unconfirmed: 7,
  changes: 10,
  interrupted: 130,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** Codes of errors that say no more than their exit code does. */
const usualCodes: Readonly<Record<ExitCode, ErrorCode>> = {
  [ExitCode.done]: 'bug',
  [ExitCode.bug]: 'bug',
  [ExitCode.usage]: 'usage',
  [ExitCode.precondition]: 'precondition',
  [ExitCode.refused]: 'refused',
  [ExitCode.partial]: 'partial',
  [ExitCode.timeout]: 'timeout',
  [ExitCode.unconfirmed]: 'unconfirmed',
  [ExitCode.changes]: 'bug',
  [ExitCode.interrupted]: 'interrupted',
};

/** Something that is wrong at a place of a file. */
export interface FileProblem {
  readonly file: string;
  /** Both from 1. */
  readonly line: number;
  readonly column: number;
  /** As `workers.0.count`; empty when it concerns the file as a whole. */
  readonly path: string;
  readonly reason: string;
}

export interface OxideErrorOptions {
  /** The next move: what to change, or the command that goes on from here. */
  readonly hint?: string | undefined;
  readonly exitCode?: ExitCode | undefined;
  /** What went wrong, for machines; that of a cause with the same exit code unless given. */
  readonly errorCode?: ErrorCode | undefined;
  readonly cause?: unknown;
}

/**
 * A failure that a user can act on. Its message states the fact, its hint the next command.
 * Anything thrown that is not an OxideError is a bug in oxide and ends with exit code 1.
 */
export class OxideError extends Error {
  override readonly name: string = 'OxideError';
  readonly hint: string | undefined;
  readonly exitCode: ExitCode;
  /** What went wrong, for machines. */
  readonly errorCode: ErrorCode;
  /** The message as separate findings, each a line of its own; empty when it is one text. */
  readonly findings: readonly string[];

  constructor(message: string | readonly string[], options: OxideErrorOptions = {}) {
    super(
      typeof message === 'string' ? message : message.join('\n'),
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.findings = typeof message === 'string' ? [] : message;
    this.hint = options.hint;
    this.exitCode = options.exitCode ?? ExitCode.partial;
    this.errorCode = options.errorCode ?? codeFrom(options.cause, this.exitCode);
  }
}

function codeFrom(cause: unknown, exitCode: ExitCode): ErrorCode {
  const isSame = cause instanceof OxideError && cause.exitCode === exitCode;
  return isSame ? cause.errorCode : usualCodes[exitCode];
}

/** Wrong usage or configuration: nothing was touched (exit 2). */
export class UsageError extends OxideError {
  override readonly name = 'UsageError';
  constructor(message: string | readonly string[], hint?: string, errorCode?: ErrorCode) {
    super(message, { hint, exitCode: ExitCode.usage, errorCode });
  }
}

/** A file with mistakes in it, each with its place (exit 2). */
export class FileProblemsError extends UsageError {
  readonly problems: readonly FileProblem[];
  constructor(lines: readonly string[], problems: readonly FileProblem[], hint: string) {
    super(lines, hint, 'config.invalid');
    this.problems = problems;
  }
}

/** A tool, token, image or access is missing: nothing was touched by this step (exit 3). */
export class PreconditionError extends OxideError {
  override readonly name = 'PreconditionError';
  constructor(message: string | readonly string[], hint?: string, errorCode?: ErrorCode) {
    super(message, { hint, exitCode: ExitCode.precondition, errorCode });
  }
}

/**
 * Several things that are missing as one error, with each of them and its remedy, so that nobody meets them
 * one after the other.
 */
export function joinMissing(errors: readonly OxideError[]): PreconditionError {
  const each = errors.flatMap(({ message, findings }) =>
    findings.length > 0 ? findings : message,
  );
  const hints = errors.flatMap(({ hint }) => hint?.split('\n') ?? []);
  return new PreconditionError([...new Set(each)], [...new Set(hints)].join('\n') || undefined);
}

/** A wait that ended at its deadline; `last` is the last observed fact (exit 6). */
export class TimeoutError extends OxideError {
  override readonly name = 'TimeoutError';
  readonly last: string;
  constructor(
    what: string,
    elapsed: string,
    last: string,
    options: Pick<OxideErrorOptions, 'hint' | 'cause'> = {},
  ) {
    super(`Timed out after ${elapsed}: ${what}. Last: ${last}`, {
      ...options,
      exitCode: ExitCode.timeout,
    });
    this.last = last;
  }
}

/** The user pressed Ctrl-C, or the process was asked to end (exit 130). */
export class InterruptedError extends OxideError {
  override readonly name = 'InterruptedError';
  constructor(message = 'Interrupted') {
    super(message, { exitCode: ExitCode.interrupted });
  }
}

/** The text of anything that was thrown, in one line. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
