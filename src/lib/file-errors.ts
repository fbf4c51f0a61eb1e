import { PreconditionError } from './errors.js';

export interface RefusedOperation {
  readonly verb: 'read' | 'write';
  readonly path: string;
  /** What else may be named when that place cannot be written. */
  readonly elsewhere?: string | undefined;
}

/**
 * What the system refuses is the user's to mend: rights, a full disk, a file where a folder should
 * be. Undefined for what is no failure of a file operation.
 */
export function asFileError(
  error: unknown,
  refused?: RefusedOperation,
): PreconditionError | undefined {
  if (!isSystemError(error)) return undefined;
  // A tool that does not start names a path, too.
  if (error.syscall.startsWith('spawn')) return undefined;
  const path = refused?.path ?? error.path;
  if (path === undefined) return undefined;
  const { verb = 'use', elsewhere = 'another folder with --output' } = refused ?? {};
  return new PreconditionError(
    `cannot ${verb} ${path} (${error.code})`,
    verb === 'read'
      ? 'Correct its rights, or what is in its place; then run it again.'
      : `Make room or correct the rights, or name ${elsewhere}; then run it again.`,
    'file.refused',
  );
}

/** Does a file operation; what the system refuses becomes a PreconditionError that names the path. */
export async function explained<T>(
  verb: RefusedOperation['verb'],
  path: string,
  work: () => Promise<T> | T,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw asFileError(error, { verb, path }) ?? error;
  }
}

/** True when a file operation failed because there is no such file. */
export function isMissing(error: unknown): boolean {
  return isCode(error, 'ENOENT');
}

/** True for an error of the system with this code, such as `EEXIST`. */
export function isCode(error: unknown, code: string): boolean {
  return isSystemError(error) && error.code === code;
}

interface SystemError extends Error {
  readonly code: string;
  readonly syscall: string;
  readonly path?: string;
}

function isSystemError(error: unknown): error is SystemError {
  return error instanceof Error && 'code' in error && 'syscall' in error;
}
