import type { Architecture } from '../../cluster/catalogue/catalogue.js';
import type { PlannedServer } from '../../cluster/plan/planned-servers.js';
import { HetznerError } from '../../hetzner/errors.js';

/** Where servers get images from that are still being made. */
export interface ImageSource {
  /** The snapshot's id, as soon as it is there. */
  of(architecture: Architecture): Promise<number>;
  /** Ends when nothing temporary is left of what makes them; undefined: it has ended. */
  temporary(): Promise<unknown> | undefined;
}

/** The snapshot that a server is made of. */
export async function imageFor(
  { name, imageId, awaits }: PlannedServer,
  images: ImageSource | undefined,
): Promise<number> {
  if (imageId !== undefined) return imageId;
  if (awaits === undefined || !images) throw new Error(`the plan holds no image for ${name}`);
  return images.of(awaits);
}

/** Ends as soon as one of these servers can be made: each waits for the image of its own architecture only. */
export async function untilOneCanBeMade(
  servers: readonly PlannedServer[],
  images: ImageSource | undefined,
): Promise<void> {
  const awaited = servers.map(({ existing, imageId, awaits }) =>
    existing || imageId !== undefined ? undefined : awaits,
  );
  if (!images || awaited.includes(undefined)) return;
  await Promise.race([...new Set(awaited)].flatMap((one) => (one ? [images.of(one)] : [])));
}

/**
 * Orders while the server on which an image was made may still be there: at a limit of the account it
 * takes a place that is free as soon as it is gone.
 */
export async function besideBuilds<T>(
  images: ImageSource | undefined,
  order: () => Promise<T>,
): Promise<T> {
  try {
    return await order();
  } catch (error) {
    const temporary = images?.temporary();
    const isLimit = error instanceof HetznerError && error.limited !== undefined;
    if (!temporary || !isLimit) throw error;
    await temporary.catch(() => undefined);
    return order();
  }
}
