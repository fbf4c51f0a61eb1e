import { randomBytes } from 'node:crypto';
import { buildName, imageUrl, type ImageBuild } from '../../cluster/catalogue/image-builds.js';
import { schematicId } from '../../cluster/catalogue/schematic.js';
import { oxide } from '../../lib/commands.js';
import { OxideError } from '../../lib/errors.js';
import { megabytes } from '../../lib/format.js';
import { inParallel } from '../../lib/parallel.js';
import type { StepIo } from '../../lib/step.js';
import { downloadDigest } from '../../tools/download.js';
import { askForImage } from '../../tools/image-factory.js';
import type { WrittenImage } from '../../tools/write-outcome.js';
import type { OwnAddresses } from '../access/own-address.js';
import type { FlowContext } from '../run/context.js';
import { keepHolding, makeBuilder, type BuildJob } from './builder.js';
import { removeBuild, removeLeftovers } from './remove-build.js';
import { keepSnapshot } from './keep-snapshot.js';
import { imageOfOthers, isFirst } from './other-builds.js';
import { RescueShell, startRescue } from './rescue.js';
import { putOnDisk } from './write-disk.js';

export interface BuildsWish {
  readonly builds: readonly ImageBuild[];
  readonly own: OwnAddresses;
  /** Also when somebody else makes the same one. */
  readonly force?: boolean;
  /** Compares what was written with a second download, on this machine. */
  readonly verify?: boolean;
  /** Told as soon as an image is there; what was temporary is removed after that. */
  readonly onImage?: (built: BuiltImage) => void;
  /** Told when one will not come. */
  readonly onFailure?: (build: ImageBuild, error: unknown) => void;
}

/** An image that is there now. */
export interface BuiltImage {
  readonly build: ImageBuild;
  /** Of the snapshot. */
  readonly id: number;
}

/** Makes the images that are missing, side by side. What killed builds left goes first. */
export async function buildImages(
  ctx: FlowContext,
  { builds, own, force = false, verify = false, ...told }: BuildsWish,
): Promise<readonly BuiltImage[]> {
  if (builds.length === 0) return [];
  await removeLeftovers(ctx);
  return inParallel(
    ...builds.map((build) =>
      ctx.step(`Make the image ${buildName(build)}`, async (io) => {
        const onImage = (id: number): void => told.onImage?.({ build, id });
        try {
          return { build, id: await ensureImage(ctx, { build, own, force, verify, onImage }, io) };
        } catch (error) {
          told.onFailure?.(build, error);
          throw error;
        }
      }),
    ),
  );
}

interface Wanted {
  readonly build: ImageBuild;
  readonly own: OwnAddresses;
  readonly force: boolean;
  readonly verify: boolean;
  readonly onImage: (id: number) => void;
}

async function ensureImage(ctx: FlowContext, wanted: Wanted, io: StepIo): Promise<number> {
  for (;;) {
    const theirs = wanted.force ? undefined : await imageOfOthers(ctx, wanted.build, io);
    if (theirs?.id !== undefined) {
      wanted.onImage(theirs.id);
      io.summary(`snapshot ${theirs.id}, made by another oxide`);
      return theirs.id;
    }
    // Whoever was at work was stopped: what it had is nobody's now.
    if (theirs?.waited) await removeLeftovers(ctx);
    const made = await makeImage(ctx, wanted, io);
    if (made !== undefined) return made;
  }
}

/** Undefined: somebody else began before. */
async function makeImage(
  ctx: FlowContext,
  { build, own, force, verify, onImage }: Wanted,
  io: StepIo,
): Promise<number | undefined> {
  const job: BuildJob = { build, own, id: randomBytes(4).toString('hex') };
  const ended = new AbortController();
  let holding: Promise<void> | undefined;
  const url = imageUrl(ctx.config.talos, build.architecture, ctx.endpoints.imageFactory);
  try {
    askAhead(ctx, url, ended.signal);
    const builder = await makeBuilder(ctx, job, io);
    if (!force && !(await isFirst(ctx, job, builder.id))) return undefined;
    holding = keepHolding(ctx, job, { serverId: builder.id, ended: ended.signal });
    await startRescue(ctx, builder, io);
    const shell = new RescueShell(ctx, builder, io);
    const written = await putOnDisk(ctx, { shell, url }, io).finally(() => {
      shell.close();
    });
    if (verify) await compare(ctx, { url, written }, io);
    const image = await keepSnapshot(ctx, { build, id: job.id, builder }, io);
    onImage(image.id);
    const size = `${megabytes(written.bytes)} MB written and read back`;
    io.summary(`snapshot ${image.id}, ${size}`);
    return image.id;
  } finally {
    ended.abort();
    await holding;
    io.detail('removing the temporary server');
    await removeBuild(ctx, job.id, io);
  }
}

/** An image that somebody else may not have asked for yet is made while the server starts. */
function askAhead({ config, endpoints, signal }: FlowContext, url: string, ended: AbortSignal) {
  const { talos } = config;
  if (talos.image_url !== undefined || schematicId(talos) === undefined) return;
  const { outbound } = endpoints;
  void askForImage(url, { outbound, signal: AbortSignal.any([signal, ended]) });
}

function notCompared(error: OxideError): OxideError {
  return new OxideError(`the image could not be compared: ${error.message}`, {
    hint: `Nothing is kept of it. ${oxide`image build`} without --verify makes the image without a comparison.`,
    exitCode: error.exitCode,
    cause: error,
  });
}

/** What the temporary server downloaded against what this machine gets. */
async function compare(
  { clock, signal, endpoints }: FlowContext,
  { url, written }: { readonly url: string; readonly written: WrittenImage },
  io: StepIo,
): Promise<void> {
  io.detail('downloading the image here as well');
  const { outbound } = endpoints;
  const here = await downloadDigest({ url, outbound, clock, signal }).catch((error: unknown) => {
    throw error instanceof OxideError && !signal.aborted ? notCompared(error) : error;
  });
  if (here === written.packedSha256) return;
  throw new OxideError(
    `${url}: the temporary server downloaded something else than this machine (SHA-256 ${written.packedSha256}, here ${here})`,
    {
      hint: 'One of the two was led elsewhere: compare with a third place. Nothing is kept of it.',
    },
  );
}
