import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { makeFoldersSync } from '../../lib/folders.js';
import { CommandError, type CommandInvocation } from './command.js';

/** Reads a file; an error is worded as Go words it. */
export function readText({ io }: CommandInvocation, path: string): string {
  try {
    return readFileSync(resolve(io.cwd, path), 'utf8');
  } catch (error) {
    throw new CommandError(`open ${path}: ${reasonOf(error)}`);
  }
}

/** Writes a file, with the folders that lead to it. */
export function writeText(
  { io }: CommandInvocation,
  path: string,
  content: { readonly data: string | Uint8Array; readonly mode: number },
): void {
  if (io.signal?.aborted) throw new CommandError('signal: terminated');
  const full = resolve(io.cwd, path);
  try {
    makeFoldersSync(dirname(full));
    writeFileSync(full, content.data, { mode: content.mode });
  } catch (error) {
    throw new CommandError(`open ${path}: ${reasonOf(error)}`);
  }
}

export function fileExists({ io }: CommandInvocation, path: string): boolean {
  return existsSync(resolve(io.cwd, path));
}

/** Refuses to write over a file without `--force`. */
export function demandNewFile(invocation: CommandInvocation, path: string): void {
  if (!invocation.isSet('force') && fileExists(invocation, path)) {
    throw new CommandError(`file "${path}" already exists, use --force to overwrite`);
  }
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'ENOENT':
      return 'no such file or directory';
    case 'EACCES':
    case 'EPERM':
      return 'permission denied';
    case 'EISDIR':
      return 'is a directory';
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
