import type { Architecture } from '../../cluster/catalogue/catalogue.js';
import type { ImageBuild } from '../../cluster/catalogue/image-builds.js';
import { messageOf } from '../../lib/errors.js';
import { inParallel } from '../../lib/parallel.js';
import type { OwnAddresses } from '../access/own-address.js';
import type { ImageSource } from '../hetzner/image-source.js';
import type { FlowContext } from '../run/context.js';
import { buildImages, type BuiltImage } from './build-images.js';

/** What a run makes beside its other work. */
interface Missing {
  readonly builds: readonly ImageBuild[];
  readonly own: OwnAddresses;
}

/** Images that are made while other work goes on. */
export interface ComingImages extends ImageSource {
  /** Ends when all of them are there. */
  all(): Promise<void>;
}

/**
 * Makes the missing images while other work goes on, which waits for each of them where it needs it:
 * the first server is ordered as soon as its own is there, while what was temporary is removed.
 */
export async function besideImages<T>(
  ctx: FlowContext,
  { builds, own }: Missing,
  work: (images: ComingImages) => Promise<T>,
): Promise<T> {
  const arrivals = new Map(builds.map(({ architecture }) => [architecture, new Arrival()]));
  const failures = new Set<unknown>();
  const building = buildImages(ctx, {
    ...{ builds, own },
    onImage: ({ build, id }: BuiltImage) => arrivals.get(build.architecture)?.arrive(id),
    onFailure: (build, error) => {
      failures.add(error);
      arrivals.get(build.architecture)?.fail(error);
    },
  });
  let hasEnded = builds.length === 0;
  const ended = building
    .catch((error: unknown) => {
      failures.add(error);
      // Of those that were not begun; of others their own failure is known.
      for (const arrival of arrivals.values()) arrival.fail(error);
      throw error;
    })
    .finally(() => (hasEnded = true));
  const images: ComingImages = {
    of: (architecture) => arrivalOf(arrivals, architecture).id,
    all: async () => {
      await inParallel(...[...arrivals.values()].map(({ id }) => id));
    },
    temporary: () => (hasEnded ? undefined : ended),
  };
  const others = work(images).catch(async (error: unknown) => {
    const isTold = hasEnded || ctx.signal.aborted || failures.has(error);
    if (!isTold) await letEnd(ctx, error, ended);
    throw error;
  });
  const [result] = await inParallel(others, ended);
  return result;
}

/** Minutes may pass before the run ends with an error of other work: it is told when it is known. */
async function letEnd(
  { step }: Pick<FlowContext, 'step'>,
  error: unknown,
  ended: Promise<unknown>,
): Promise<void> {
  await step('Let the image be made to its end', async (io) => {
    io.warn(
      `${messageOf(error)}\nThe image is made to its end all the same, because the same command goes on with it; Ctrl-C ends it now.`,
    );
    await ended.catch(() => undefined);
  });
}

function arrivalOf(
  arrivals: ReadonlyMap<Architecture, Arrival>,
  architecture: Architecture,
): Arrival {
  const arrival = arrivals.get(architecture);
  if (arrival) return arrival;
  throw new Error(`no image is made for ${architecture}`);
}

/** An image that comes, or does not. */
class Arrival {
  readonly id: Promise<number>;
  arrive: (id: number) => void = () => undefined;
  fail: (error: unknown) => void = () => undefined;

  constructor() {
    this.id = new Promise((resolve, reject) => {
      this.arrive = resolve;
      this.fail = reject;
    });
    // Nobody may be waiting for it; the builds' own end says it then.
    this.id.catch(() => undefined);
  }
}
