import { randomBytes } from 'node:crypto';
import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { PreconditionError } from './errors.js';
import { asFileError } from './file-errors.js';
import { readTextIfExists } from './files.js';
import { birthOf, isAlive } from './processes.js';
import { realSleep, wallClock } from './wait.js';

/** What the file says of the run that holds it. */
interface Holding {
  /** Of the run; also in its lease at Hetzner. */
  readonly id: string;
  readonly pid: number;
  /** When the process began, in the kernel's ticks: a process id is given again. */
  readonly birth: string | undefined;
  readonly host: string;
  /** RFC 3339 */
  readonly started: string;
  /** `create` */
  readonly command: string;
}

export interface LockWish {
  readonly path: string;
  /** The command that wants it, for the message to others. */
  readonly command: string;
  /** Takes it from whoever holds it. */
  readonly breakIt: boolean;
}

/** A lock that this run holds. */
export interface FileLock {
  /** That of a killed run that held it before, or a new one. */
  readonly id: string;
  readonly host: string;
  /** Gives it back; what another run has taken meanwhile is left alone. */
  release(): Promise<void>;
}

/** A lock that is being written has no content for a moment; one that stays so is a killed run's. */
const youngMs = 2_000;

/**
 * Takes the lock of an output folder. One whose process is gone is taken over, with its id. Throws
 * a PreconditionError that names who holds it.
 */
export async function takeLock({ path, command, breakIt }: LockWish): Promise<FileLock> {
  let id = randomBytes(6).toString('hex');
  for (;;) {
    const mine: Holding = {
      ...{ id, pid: process.pid, birth: await birthOf(process.pid), host: hostname() },
      ...{ started: new Date(wallClock()).toISOString(), command },
    };
    if (await place(path, mine)) {
      return { id, host: mine.host, release: () => giveBack(path, mine) };
    }
    const text = await readTextIfExists(path);
    if (text === undefined) continue;
    const holding = parse(text);
    if (!holding && !breakIt && (await isYoung(path))) {
      await realSleep(100);
      continue;
    }
    if (holding && !breakIt && (await isHeld(holding))) throw heldBy(holding, path);
    // Whose lease stands at Hetzner under this id is dead: the one who takes over may use it.
    if (holding && !breakIt) ({ id } = holding);
    await takeAway(path, text);
  }
}

/** Writes the file unless there is one. */
async function place(path: string, holding: Holding): Promise<boolean> {
  try {
    const file = await open(path, 'wx', 0o600);
    try {
      await file.writeFile(`${JSON.stringify(holding)}\n`);
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw asFileError(error, { verb: 'write', path }) ?? error;
  }
}

/** Removes exactly this lock: two runs may find the same dead one, and the second must not take the first's. */
async function takeAway(path: string, judged: string): Promise<void> {
  const aside = `${path}.${randomBytes(4).toString('hex')}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return;
    throw asFileError(error, { verb: 'write', path }) ?? error;
  }
  if ((await readFile(aside, 'utf8')) === judged) await rm(aside, { force: true });
  else await rename(aside, path);
}

async function giveBack(path: string, mine: Holding): Promise<void> {
  const text = await readTextIfExists(path);
  const holding = text === undefined ? undefined : parse(text);
  if (text === undefined || holding?.id !== mine.id || holding.pid !== mine.pid) return;
  await takeAway(path, text);
}

function parse(text: string): Holding | undefined {
  try {
    const read = JSON.parse(text) as Partial<Holding> | null;
    const { id, pid, host, started, command, birth } = read ?? {};
    if (typeof id !== 'string' || typeof pid !== 'number' || typeof host !== 'string') {
      return undefined;
    }
    return { id, pid, birth, host, started: started ?? '?', command: command ?? '?' };
  } catch {
    return undefined;
  }
}

async function isYoung(path: string): Promise<boolean> {
  try {
    return wallClock() - (await stat(path)).mtimeMs < youngMs;
  } catch {
    return false;
  }
}

/** Nobody can tell of a process on another machine; that one counts as alive. */
async function isHeld({ host, pid, birth }: Holding): Promise<boolean> {
  if (host !== hostname()) return true;
  // This run does not hold it yet, so it was another process with the same id.
  if (pid === process.pid || !isAlive(pid)) return false;
  const now = await birthOf(pid);
  return birth === undefined || now === undefined || birth === now;
}

function heldBy({ command, pid, host, started }: Holding, path: string): PreconditionError {
  return new PreconditionError(
    `another oxide is at work in this output folder: oxide ${command}, process ${pid} on ${host}, since ${started}`,
    `Wait until it has ended. If it cannot be running any more (${path}):\n` +
      'the same command with --break-lock',
  );
}
