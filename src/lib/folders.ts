import { mkdirSync, statSync } from 'node:fs';
import { chmod, lstat, mkdir, readdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PreconditionError } from './errors.js';
import { asFileError, explained, isCode } from './file-errors.js';
import { quote } from './shell.js';

/**
 * Makes a folder, and those above it that are missing, for its owner only (0700). One that exists is
 * left as it is. Node's own way of making several goes round for ever where the system takes no
 * folder, as in /proc.
 */
export async function makeFolders(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    if (isCode(error, 'EEXIST') && (await stat(path)).isDirectory()) return;
    if (!isCode(error, 'ENOENT') || dirname(path) === path) throw error;
    await makeFolders(dirname(path));
    // Another process may have made it meanwhile.
    await mkdir(path, { mode: 0o700 }).catch((again: unknown) => {
      if (!isCode(again, 'EEXIST')) throw again;
    });
  }
}

/** `makeFolders` for the stand-in tools, which do one thing after the other. */
export function makeFoldersSync(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    if (isCode(error, 'EEXIST') && statSync(path).isDirectory()) return;
    if (!isCode(error, 'ENOENT') || dirname(path) === path) throw error;
    makeFoldersSync(dirname(path));
    mkdirSync(path);
  }
}

/** A folder that secrets go into. */
export interface SecretsFolder {
  readonly path: string;
  /** What oxide itself puts into it: with nothing else in it, it is oxide's. */
  readonly names: readonly string[];
}

/**
 * Throws a PreconditionError when others may enter the folder and its rights are not oxide's to
 * change. Changes nothing.
 */
export async function demandPrivate(folder: SecretsFolder): Promise<void> {
  await opennessOf(folder);
}

/**
 * Makes the folder for its owner only (0700). An older one is narrowed when nothing but oxide's own
 * is in it. Throws as `demandPrivate` does.
 */
export async function ensurePrivate(folder: SecretsFolder): Promise<void> {
  const { path } = folder;
  const openness = await opennessOf(folder);
  if (openness === 'missing') await explained('write', path, () => makeFolders(path));
  if (openness !== 'open') return;
  try {
    await chmod(path, 0o700);
  } catch (error) {
    if (isCode(error, 'EPERM')) throw openToOthers(path, 'it belongs to another user');
    throw asFileError(error, { verb: 'write', path }) ?? error;
  }
}

/** `open`: others may enter it, and nothing but oxide's is in it. */
async function opennessOf({ path, names }: SecretsFolder): Promise<'missing' | 'private' | 'open'> {
  try {
    const info = await stat(path);
    // Windows knows no such rights.
    const narrow = process.platform === 'win32' || (info.mode & 0o077) === 0;
    if (info.isDirectory() && narrow) return 'private';
    if (info.isDirectory() && (await lstat(path)).isSymbolicLink()) {
      throw openToOthers(path, 'it is a link to a folder that was made for something else');
    }
    const others = (await readdir(path)).filter((name) => !names.includes(name));
    if (others.length === 0) return 'open';
    throw openToOthers(path, `"${others[0] ?? ''}" in it is not oxide's`);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return 'missing';
    throw asFileError(error, { verb: 'write', path }) ?? error;
  }
}

function openToOthers(path: string, why: string): PreconditionError {
  return new PreconditionError(
    `other users of this machine can enter ${path}, and ${why}`,
    'Secrets go into it. Name a folder that is for this cluster only with --output.\n' +
      `If nobody else needs what is in this one: chmod 700 ${quote(path)}`,
  );
}

/** Whether there is anything of this name, a folder included. */
export async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (isCode(error, 'ENOENT')) return false;
    throw asFileError(error, { verb: 'write', path }) ?? error;
  }
}
