import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, lstat, mkdir, mkdtemp, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { PreconditionError } from './errors.js';

/** Makes a folder that only its owner can enter (0700), also when it exists with wider rights. */
export async function ensurePrivateFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    await chmod(path, 0o700);
  } catch (error) {
    throw explained(error, path);
  }
}

/**
 * Writes a file that only its owner can read (0600), either wholly or not at all: the content goes
 * to a temporary name, is flushed to the disk, and then takes the file's name. `elsewhere` says what
 * else may be named when that place cannot be written.
 */
export async function writePrivateFile(
  path: string,
  content: string | Uint8Array,
  elsewhere = 'another folder with --output',
): Promise<void> {
  const temporary = join(dirname(path), `.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw explained(error, path, elsewhere);
  }
}

/** What the system refuses is the user's to mend: rights, a full disk, a file where a folder should be. */
export function explained(
  error: unknown,
  path: string,
  elsewhere = 'another folder with --output',
): unknown {
  if (!isSystemError(error)) return error;
  return new PreconditionError(
    `cannot write ${path} (${error.code})`,
    `Make room or correct the rights, or name ${elsewhere}; then run it again.`,
  );
}

/**
 * The file's text, or undefined when there is no such file. One that is there and cannot be read is
 * a PreconditionError.
 */
export async function readTextIfExists(path: string): Promise<string | undefined> {
  return (await readIfExists(path, readFile))?.toString('utf8');
}

/** The file's first bytes, or undefined when there is no such file. For files of unknown size. */
export function readStartIfExists(path: string, bytes: number): Promise<Buffer | undefined> {
  return readIfExists(path, () => buffer(createReadStream(path, { end: bytes - 1 })));
}

async function readIfExists(
  path: string,
  read: (path: string) => Promise<Buffer>,
): Promise<Buffer | undefined> {
  try {
    return await read(path);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    if (error.code === 'ENOENT') return undefined;
    throw new PreconditionError(
      `cannot read ${path} (${error.code})`,
      'Correct its rights, or what is in its place; then run it again.',
    );
  }
}

/** Whether there is anything of this name, a folder included. */
export async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return false;
    throw explained(error, path);
  }
}

function isSystemError(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && 'code' in error && 'syscall' in error;
}

/**
 * Gives `work` a folder of its own (0700) inside `parent` and removes it with all that is in it
 * afterwards. Tools write secrets there first, because they choose wider rights.
 */
export async function withScratchFolder<T>(
  parent: string,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(parent, '.scratch-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
