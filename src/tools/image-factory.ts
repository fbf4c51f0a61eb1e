import { PreconditionError } from '../lib/errors.js';
import type { Outbound } from '../lib/outbound.js';
import type { Clock } from '../lib/wait.js';
import { download, fetchText } from './download.js';

/** The Image Factory, and how requests get there. */
export interface ImageFactory {
  /** Without a slash at the end. */
  readonly base: string;
  readonly outbound?: Outbound | undefined;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** The official names of the extensions that there are for a Talos version: `siderolabs/gvisor`. */
export async function officialExtensions(
  { base, ...way }: ImageFactory,
  version: string,
): Promise<readonly string[]> {
  const url = `${base}/version/${version}/extensions/official`;
  const text = await download({ url, ...way });
  const list = parsed(text);
  const names = Array.isArray(list) ? list.flatMap((entry) => textIn(entry, 'name') ?? []) : [];
  if (names.length === 0) throw noFactory(url, text);
  return names;
}

/** Makes the Image Factory know what is added to Talos. Returns the id that it has there. */
export async function registerSchematic(
  { base, ...way }: ImageFactory,
  document: string,
): Promise<string> {
  const url = `${base}/schematics`;
  const body = { text: document, type: 'application/yaml' };
  const text = await download({ url, body, ...way });
  const id = textIn(parsed(text), 'id');
  if (id === undefined) throw noFactory(url, text);
  return id;
}

/** Real milliseconds; the factory itself gives up after as many (image-factory, internal/asset/asset.go). */
const makingMs = 20 * 60_000;

/**
 * Lets the factory make an image, which it does for the first who asks, also when nobody waits for the
 * answer any more. Whether it could is told where the image is downloaded.
 */
export async function askForImage(
  url: string,
  { outbound, signal }: Pick<ImageFactory, 'outbound' | 'signal'>,
): Promise<void> {
  const options = { signal, outbound, timeoutMs: makingMs, limit: 0, head: true };
  await fetchText(url, options).catch(() => undefined);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function textIn(value: unknown, key: string): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const found = (value as Readonly<Record<string, unknown>>)[key];
  return typeof found === 'string' ? found : undefined;
}

function noFactory(url: string, text: string): PreconditionError {
  return new PreconditionError(
    `what came from ${url} is no answer of an Image Factory: it begins with ${JSON.stringify(text.slice(0, 60))}`,
    'A proxy may have answered. Behind a mirror, OXIDE_IMAGE_FACTORY names its place.',
  );
}
