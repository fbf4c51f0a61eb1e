import { oxide } from '../../lib/commands.js';
import { ExitCode, OxideError } from '../../lib/errors.js';
import { formatDuration, megabytes } from '../../lib/format.js';
import type { StepIo } from '../../lib/step.js';
import {
  discardDisk,
  diskSeen,
  firstDisk,
  lookAtDisk,
  readDisk,
  sumOnDisk,
  writeDisk,
  writeProgress,
} from '../../tools/disk-commands.js';
import { SshError, type RemoteOutput } from '../../tools/ssh.js';
import {
  writeOutcome,
  type WriteFailure,
  type WriteOutcome,
  type WrittenImage,
} from '../../tools/write-outcome.js';
import type { FlowContext } from '../run/context.js';
import type { RescueShell } from './rescue.js';

/** Writes in all, when the download is at fault. */
const tries = 3;
const pauseMs = 5_000;
/** The Image Factory makes an image when somebody asks for it first; it may take a few minutes. */
const factoryMs = 10 * 60_000;

export interface DiskWork {
  readonly shell: RescueShell;
  readonly url: string;
}

/**
 * Writes the image on the disk of a server that is in the rescue system, and checks that the disk
 * has it. Returns what was written. Nothing is written where a system runs from the disk.
 */
export async function putOnDisk(
  ctx: FlowContext,
  { shell, url }: DiskWork,
  io: StepIo,
): Promise<WrittenImage> {
  await demandRescue(shell);
  const discarded = await shell.run(discardDisk);
  if (discarded.status !== 0) {
    io.note(
      `The disk could not be emptied, so the snapshot may be larger: ${discarded.stderr.trim()}`,
    );
  }
  const written = await writeInTries(ctx, { shell, url }, io);
  io.detail('reading the disk back');
  const found = sumOnDisk(await shell.run(readDisk(written.bytes)));
  if (found !== written.sha256) {
    throw new OxideError(
      `the disk does not have what was written: SHA-256 ${found ?? 'unreadable'}, not ${written.sha256}`,
      { hint: 'Nothing is kept of it. The same command makes the image anew, on another server.' },
    );
  }
  return written;
}

/** A server whose rescue system did not come up boots what is on its disk, and takes the same key. */
async function demandRescue(shell: RescueShell): Promise<void> {
  const output = await shell.run(lookAtDisk);
  const disk = output.status === 0 ? diskSeen(output) : undefined;
  if (!disk) {
    const said = output.stderr.trim() || output.stdout.trim();
    throw new OxideError(`the temporary server shows no disk ${firstDisk}: ${said}`, again);
  }
  if (disk.mounted.length > 0) {
    throw new OxideError(
      `the temporary server is not in its rescue system: its disk is in use (${disk.mounted.join(', ')}); nothing was written`,
      again,
    );
  }
}

const again = { hint: 'Nothing is kept of it. The same command makes the image anew.' };

async function writeInTries(ctx: FlowContext, work: DiskWork, io: StepIo): Promise<WrittenImage> {
  const { clock, signal } = ctx;
  const since = clock.steady();
  for (let i = 1; ;) {
    const outcome = await writeOnce(work, io);
    if (!('why' in outcome)) return outcome;
    const { remedy, why } = outcome;
    const isMaking = remedy === 'wait' && clock.steady() - since < factoryMs;
    const mayHelp = remedy === 'again' || remedy === 'internet';
    if (!isMaking && (!mayHelp || i === tries)) {
      throw failed(outcome, { ...work, elapsed: clock.steady() - since });
    }
    if (isMaking) io.detail(`${why} yet: the Image Factory makes an image for the first who asks`);
    else {
      // Seldom anything that passes: who waits is told at once.
      if (remedy === 'internet' && i === 1) io.note(`${why}; trying again`);
      else io.detail(`${why}; trying again`);
      i++;
      await clock.sleep(pauseMs, signal);
    }
  }
}

async function writeOnce({ shell, url }: DiskWork, io: StepIo): Promise<WriteOutcome> {
  let said = '';
  const onOutput = (piece: string): void => {
    said += piece;
    const progress = progressText(said);
    if (progress !== undefined) io.detail(progress);
  };
  let output: RemoteOutput;
  try {
    output = await shell.run(writeDisk(url), onOutput);
  } catch (error) {
    if (!(error instanceof SshError)) throw error;
    return { why: error.message, remedy: 'again' };
  }
  return writeOutcome(output);
}

/** `34 of 98 MB (35 %), 28 MB/s` */
function progressText(said: string): string | undefined {
  const progress = writeProgress(said);
  if (!progress) return undefined;
  const { bytes, total, speed } = progress;
  const share =
    total === undefined || total === 0
      ? `${megabytes(bytes)} MB`
      : `${megabytes(bytes)} of ${megabytes(total)} MB (${Math.floor((100 * bytes) / total)} %)`;
  return speed === undefined ? share : `${share}, ${speed}`;
}

function failed(
  { why, remedy }: WriteFailure,
  { url, elapsed }: { readonly url: string; readonly elapsed: number },
): OxideError {
  const hints: Readonly<Record<WriteFailure['remedy'], string>> = {
    again: 'Try again later. A mirror: OXIDE_IMAGE_FACTORY, or talos.image_url in cluster.yaml.',
    wait: 'The Image Factory may still be making it. A mirror: OXIDE_IMAGE_FACTORY, or talos.image_url in cluster.yaml.',
    internet:
      'The temporary server needs a way to it: a mirror is named by OXIDE_IMAGE_FACTORY, or talos.image_url in cluster.yaml.',
    image: 'Check talos.version, talos.schematic_id and talos.image_url in cluster.yaml.',
    disk: `A larger disk: ${oxide`image build --type TYPE`}, with a type that has one.`,
    tools: 'Try again later.',
  };
  const time = remedy === 'wait' ? ` in ${formatDuration(elapsed)}` : '';
  return new OxideError(`${url}: ${why}${time}`, {
    hint: `${hints[remedy]}\nNothing is kept of it; the same command makes the image anew.`,
    exitCode: remedy === 'image' ? ExitCode.precondition : ExitCode.partial,
  });
}
