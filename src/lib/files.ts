import { randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
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
 * to a temporary name, is flushed to the disk, and then takes the file's name.
 */
export async function writePrivateFile(path: string, content: string | Uint8Array): Promise<void> {
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
    throw explained(error, path);
  }
}

/** What the system refuses is the user's to mend: rights, a full disk, a file where a folder should be. */
export function explained(error: unknown, path: string): unknown {
  if (!(error instanceof Error && 'code' in error && 'syscall' in error)) return error;
  return new PreconditionError(
    `cannot write ${path} (${String(error.code)})`,
    'Make room or correct the rights, or name another folder with --output; then run it again.',
  );
}

/** The file's text, or undefined when there is no such file. */
export async function readTextIfExists(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
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
