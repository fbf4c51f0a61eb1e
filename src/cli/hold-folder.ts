import { OxideError } from '../lib/errors.js';
import { takeLock, type FileLock } from '../lib/lock-file.js';
import { forgetFinished, recordingUnfinished } from '../lib/unfinished.js';
import type { ClusterFiles, Holder } from '../steps/run/context.js';

export interface HoldWish {
  /** The command that wants it, for the message to others. */
  readonly command: string;
  /** The user said `--break-lock`. */
  readonly breakIt: boolean;
}

/**
 * Does work in an output folder that no other oxide writes to meanwhile, and removes what a killed
 * run has left half written there. Throws a PreconditionError that names who holds the folder.
 */
export async function holdFolder<T>(
  files: ClusterFiles,
  { command, breakIt }: HoldWish,
  work: (holder: Holder) => Promise<T>,
): Promise<T> {
  const lock = await takeLock({ path: files.lock, command, breakIt });
  const { id, host, inherited } = lock;
  // The lease of a killed run stands until a run from here has taken it and given it back.
  const holder: Holder = { id, host, takesOver: breakIt, hasLease: inherited };
  try {
    return await recordingUnfinished(files.folder, () => work(holder));
  } finally {
    await leave(files.folder, lock, holder);
  }
}

async function leave(folder: string, lock: FileLock, { hasLease }: Holder): Promise<void> {
  try {
    if (await lock.isHeld()) await forgetFinished(folder);
    await (hasLease ? lock.leaveId() : lock.release());
  } catch (error) {
    // A disk that refuses has said so before; what is left is taken over by the next run.
    if (!(error instanceof OxideError)) throw error;
  }
}
