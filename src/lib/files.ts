import { createReadStream } from 'node:fs';
import {
  chmod,
  mkdir,
  open,
  readFile,
  readdir,
  realpath,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { asFileError, explained, isMissing } from './file-errors.js';
import { OxideError } from './errors.js';
import { makeFolders } from './folders.js';
import { scratchPath, temporaryPath } from './unfinished.js';

/** Makes a folder inside of a private one, for its owner only (0700). One that exists stays as it is. */
export function ensurePrivateFolder(path: string): Promise<void> {
  return explained('write', path, () => makeFolders(path));
}

/**
 * Writes a file that only its owner can read (0600), either wholly or not at all: the content goes
 * to a temporary name, is flushed to the disk, and then takes the file's name. `elsewhere` says what
 * else may be named when that place cannot be written.
 */
export async function writePrivateFile(
  path: string,
  content: string | Uint8Array,
  elsewhere?: string,
): Promise<void> {
  await replace({ path, mode: 0o600, elsewhere }, content);
}

/** Writes an existing file of the user's anew, wholly or not at all; its rights stay, and links to it. */
export async function rewriteFile(path: string, content: string): Promise<void> {
  const target = await explained('write', path, () => realpath(path));
  const { mode } = await explained('write', path, () => stat(target));
  await replace({ path: target, mode: mode & 0o777 }, content);
}

interface Target {
  readonly path: string;
  readonly mode: number;
  readonly elsewhere?: string | undefined;
}

async function replace(
  { path, mode, elsewhere }: Target,
  content: string | Uint8Array,
): Promise<void> {
  const temporary = await temporaryPath(dirname(path));
  try {
    const file = await open(temporary, 'wx', mode);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await moveIntoPlace(temporary, path);
  } catch (error) {
    // A disk that takes no writes may take no removal either; the first failure is the one to show.
    await rm(temporary, { force: true }).catch(() => undefined);
    throw asFileError(error, { verb: 'write', path, elsewhere }) ?? error;
  }
}

/** Gives a finished file its name and its owner's rights (0600), also when the power goes right after. */
export async function movePrivateFile(from: string, to: string): Promise<void> {
  await explained('write', to, async () => {
    await chmod(from, 0o600);
    await moveIntoPlace(from, to);
  });
}

async function moveIntoPlace(from: string, to: string): Promise<void> {
  await rename(from, to);
  await flushFolder(dirname(to));
}

/** A new name is on the disk only when its folder is. Windows and some network disks cannot do this. */
async function flushFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch {
    // The file itself is whole in any case.
  }
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
    if (isMissing(error)) return undefined;
    throw asFileError(error, { verb: 'read', path }) ?? error;
  }
}

/**
 * The text that a tool has just written for oxide. Tools end their files with a line break: one
 * that is cut off is worse than none, because the cluster would be made from it.
 */
export async function readMadeText(path: string, tool: string): Promise<string> {
  const text = await readTextIfExists(path);
  if (text?.endsWith('\n')) return text;
  const state = text === undefined ? 'wrote no file' : 'wrote a file that is cut off';
  throw new OxideError(`${tool} ended without an error, but ${state}`, {
    hint: 'Is the disk full? Nothing of it was kept, and the same command goes on from here.',
  });
}

/**
 * Gives `work` a folder of its own (0700) inside `parent` and removes it with all that is in it
 * afterwards. Tools write secrets there first, because they choose wider rights. A folder that an
 * error names, in a command that can be pasted, stays until the next run, which clears it away, if it
 * may: what nobody clears away later may not.
 */
export async function withScratchFolder<T>(
  parent: string,
  work: (folder: string) => Promise<T>,
  { mayStay = true }: { readonly mayStay?: boolean } = {},
): Promise<T> {
  const folder = await scratchPath(parent);
  await explained('write', parent, () => mkdir(folder, { mode: 0o700 }));
  const remove = () =>
    explained('write', folder, () => rm(folder, { recursive: true, force: true }));
  let result: T;
  try {
    result = await work(folder);
  } catch (error) {
    const named = mayStay && error instanceof Error && error.message.includes(folder);
    // What cannot be removed now is known to the next run; the first failure is the one to show.
    if (named) await narrowFiles(folder).catch(() => undefined);
    else await remove().catch(() => undefined);
    throw error;
  }
  await remove();
  return result;
}

/** Tools write for all to read; what stays for a look at an error is for its owner only. */
async function narrowFiles(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  await Promise.all(files.map(({ name }) => chmod(join(folder, name), 0o600)));
}

/** Writes a file into a scratch folder (0600). It is not flushed: nobody reads it after a crash. */
export async function writeScratchFile(path: string, content: string): Promise<void> {
  await explained('write', path, () => writeFile(path, content, { mode: 0o600, flag: 'wx' }));
}
