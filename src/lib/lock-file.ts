import { randomBytes } from 'node:crypto';
import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { PreconditionError } from './errors.js';
import { explained, isCode, isMissing } from './file-errors.js';
import { readTextIfExists, writePrivateFile } from './files.js';
import { formatDistance } from './format.js';
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
  /** RFC 3339; when the run ended and left the file for its id. Undefined while it works. */
  readonly ended?: string | undefined;
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
  /** The id is that of an earlier run, whose lease may still stand at Hetzner. */
  readonly inherited: boolean;
  /** Whether no other run has taken it (`--break-lock`). */
  isHeld(): Promise<boolean>;
  /** Gives it back; what another run has taken meanwhile is left alone. */
  release(): Promise<void>;
  /** Gives it back, and leaves the id to the next run from here. */
  leaveId(): Promise<void>;
}

/** How long a lease at Hetzner outlives its run: for so long the next run from here may need its id. */
export const idLifeMs = 10 * 60_000;

/** A lock that is being written has no content for a moment; one that stays so is a killed run's. */
const youngMs = 2_000;

/**
 * Takes the lock of an output folder. One whose process is gone is taken over, with its id. Throws
 * a PreconditionError that names who holds it.
 */
export async function takeLock({ path, command, breakIt }: LockWish): Promise<FileLock> {
  let inherited: string | undefined;
  for (;;) {
    const id = inherited ?? randomBytes(6).toString('hex');
    const mine: Holding = {
      ...{ id, pid: process.pid, birth: await birthOf(process.pid), host: hostname() },
      ...{ started: now(), command },
    };
    if (await place(path, mine)) return heldLock(path, mine, inherited !== undefined);
    const text = await readTextIfExists(path);
    if (text === undefined) continue;
    const holding = parse(text);
    if (!holding && !breakIt && (await isYoung(path))) {
      await realSleep(100);
      continue;
    }
    if (holding && !breakIt && (await isHeld(holding))) throw heldBy(holding, path);
    // Whose lease stands at Hetzner under this id is dead: the one who takes over may use it.
    inherited = holding && !breakIt && mayHaveLease(holding) ? holding.id : undefined;
    await takeAway(path, text);
  }
}

function heldLock(path: string, mine: Holding, inherited: boolean): FileLock {
  const { id, host } = mine;
  return {
    ...{ id, host, inherited },
    isHeld: async () => (await textOfMine(path, mine)) !== undefined,
    release: () => giveBack(path, mine),
    leaveId: async () => {
      if ((await textOfMine(path, mine)) === undefined) return;
      await writePrivateFile(path, textOf({ ...mine, ended: now() }));
    },
  };
}

/** A killed run may have renewed its lease just before; one that ended says when that was. */
function mayHaveLease({ host, ended }: Holding): boolean {
  if (host !== hostname()) return false;
  return ended === undefined || wallClock() - Date.parse(ended) < idLifeMs;
}

function now(): string {
  return new Date(wallClock()).toISOString();
}

function textOf(holding: Holding): string {
  return `${JSON.stringify(holding)}\n`;
}

/** Writes the file unless there is one. */
function place(path: string, holding: Holding): Promise<boolean> {
  return explained('write', path, async () => {
    try {
      const file = await open(path, 'wx', 0o600);
      try {
        await file.writeFile(textOf(holding));
      } finally {
        await file.close();
      }
      return true;
    } catch (error) {
      if (isCode(error, 'EEXIST')) return false;
      throw error;
    }
  });
}

/** Removes exactly this lock: two runs may find the same dead one, and the second must not take the first's. */
function takeAway(path: string, judged: string): Promise<void> {
  const aside = `${path}.${randomBytes(4).toString('hex')}`;
  return explained('write', path, async () => {
    // Somebody else may have taken it over while it was judged: moving that one away, even for a
    // moment, would let a third one in.
    if ((await readTextIfExists(path)) !== judged) return;
    try {
      await rename(path, aside);
    } catch (error) {
      if (isMissing(error)) return;
      throw error;
    }
    if ((await readFile(aside, 'utf8')) === judged) await rm(aside, { force: true });
    else await rename(aside, path);
  });
}

async function giveBack(path: string, mine: Holding): Promise<void> {
  const text = await textOfMine(path, mine);
  if (text !== undefined) await takeAway(path, text);
}

/** The file's text as long as this run is the one that it names. */
async function textOfMine(path: string, mine: Holding): Promise<string | undefined> {
  const text = await readTextIfExists(path);
  const holding = text === undefined ? undefined : parse(text);
  return holding?.id === mine.id && holding.pid === mine.pid ? text : undefined;
}

function parse(text: string): Holding | undefined {
  try {
    const read = JSON.parse(text) as Partial<Holding> | null;
    const { id, pid, host, started, command, birth, ended } = read ?? {};
    if (typeof id !== 'string' || typeof pid !== 'number' || typeof host !== 'string') {
      return undefined;
    }
    return { id, pid, birth, host, started: started ?? '?', command: command ?? '?', ended };
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
async function isHeld({ host, pid, birth, ended }: Holding): Promise<boolean> {
  if (ended !== undefined) return false;
  if (host !== hostname()) return true;
  // This run does not hold it yet, so it was another process with the same id.
  if (pid === process.pid || !isAlive(pid)) return false;
  const now = await birthOf(pid);
  return birth === undefined || now === undefined || birth === now;
}

/** `, begun 12s ago`; nothing when the file does not say when. */
function begun(started: string): string {
  const ms = wallClock() - Date.parse(started);
  return Number.isNaN(ms) ? '' : `, begun ${formatDistance(Math.max(ms, 0))} ago`;
}

function heldBy({ command, pid, host, started }: Holding, path: string): PreconditionError {
  return new PreconditionError(
    `another oxide is at work in this output folder: oxide ${command}, process ${pid} on ${host}${begun(started)}`,
    `Wait until it has ended. If it cannot be running any more (${path}):\n` +
      'the same command with --break-lock',
    'lock.held',
  );
}
