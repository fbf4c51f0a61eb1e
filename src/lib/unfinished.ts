import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import { open, readFile, rm } from 'node:fs/promises';
import { basename, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { explained, isMissing } from './file-errors.js';
import { exists } from './folders.js';

interface Held {
  readonly folder: string;
  /** The line of the record that is being written: one at a time, or they would mix. */
  noting: Promise<void>;
}

/** The folder that the present run holds, and whose record it writes. */
const held = new AsyncLocalStorage<Held>();

/** Where a run notes what it has begun to write in its folder: what a killed one left is known by it. */
export function unfinishedFile(folder: string): string {
  return join(folder, 'oxide.unfinished');
}

/**
 * Does work in a folder that this run holds. Temporary files and scratch folders in it hold secrets:
 * each is noted before it is made. What an earlier run noted and has left is removed first.
 */
export async function recordingUnfinished<T>(folder: string, work: () => Promise<T>): Promise<T> {
  await removeUnfinished(folder);
  return held.run({ folder, noting: Promise.resolve() }, work);
}

/** Ends the record of a run that has left nothing. What an error quotes stays for the next run. */
export async function forgetFinished(folder: string): Promise<void> {
  const record = unfinishedFile(folder);
  for (const path of await notedIn(folder, record)) if (await exists(path)) return;
  await explained('write', record, () => rm(record, { force: true }));
}

/** Removes what the record names, and then the record. Only for who holds the folder. */
export async function removeUnfinished(folder: string): Promise<void> {
  const record = unfinishedFile(folder);
  for (const path of await notedIn(folder, record)) {
    await explained('write', path, () => rm(path, { recursive: true, force: true }));
  }
  await explained('write', record, () => rm(record, { force: true }));
}

/** The name of a file that will have another name when it is whole. */
export async function temporaryPath(folder: string): Promise<string> {
  return noted(join(folder, `.${randomBytes(6).toString('hex')}.tmp`));
}

/** The name of a folder for what tools write before oxide takes it over. */
export async function scratchPath(folder: string): Promise<string> {
  return noted(join(folder, `.scratch-${randomBytes(6).toString('hex')}`));
}

const ownName = /^\.(?:[0-9a-f]{12}\.tmp|scratch-[0-9a-f]{12})$/;

async function noted(path: string): Promise<string> {
  const run = held.getStore();
  const inside = run && pathIn(run.folder, path);
  if (run === undefined || inside === undefined) return path;
  const writing = run.noting.then(() => addLine(unfinishedFile(run.folder), inside));
  run.noting = writing.catch(() => undefined);
  await writing;
  return path;
}

function addLine(record: string, line: string): Promise<void> {
  return explained('write', record, async () => {
    const file = await open(record, 'a', 0o600);
    try {
      // A line that was cut off when the disk was full must not spoil the next one.
      await file.writeFile(`\n${line}\n`);
      await file.datasync();
    } finally {
      await file.close();
    }
  });
}

/** What a record names. A line that no run of oxide would have written counts as none. */
async function notedIn(folder: string, record: string): Promise<readonly string[]> {
  const text = await explained('read', record, async () => {
    try {
      return await readFile(record, 'utf8');
    } catch (error) {
      if (isMissing(error)) return '';
      throw error;
    }
  });
  return text
    .split('\n')
    .filter((line) => ownName.test(basename(line)))
    .map((line) => resolve(folder, line))
    .filter((path) => pathIn(folder, path) !== undefined);
}

/** The path as seen from the folder; undefined when it is not inside. */
function pathIn(folder: string, path: string): string | undefined {
  const inside = relative(resolve(folder), resolve(path));
  const outside = inside === '' || inside.split(sep)[0] === '..' || isAbsolute(inside);
  return outside ? undefined : inside;
}
