import { FileProblemsError, OxideError, type FileProblem } from '../lib/errors.js';
import type { ErrorCode } from '../lib/error-codes.js';

/** An error for machines, its texts the same as for people. */
export interface ErrorDocument {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string | null;
  readonly exitCode: number;
  /** The places of mistakes in cluster.yaml. */
  readonly problems?: readonly FileProblem[];
}

export function errorDocument(error: unknown, exitCode: number): ErrorDocument {
  if (!(error instanceof OxideError)) {
    return { code: 'bug', message: String(error), hint: null, exitCode };
  }
  const { errorCode: code, message, hint = null } = error;
  const problems = error instanceof FileProblemsError ? { problems: error.problems } : {};
  return { code, message, hint, exitCode, ...problems };
}
