import { isAbsolute, resolve } from 'node:path';
import { messageOf } from '../lib/errors.js';
import type { Around } from './chart-places.js';
import { manifestLimit, manifestObjects } from './manifest-objects.js';
import type { ClusterConfig } from './schema.js';
import type { Problem } from './source.js';

/** Whether a manifest is fetched: the others are files. */
export function isManifestUrl(place: string): boolean {
  return /^[a-z]+:\/\//.test(place);
}

/** The same with the text of each manifest that is a file beside cluster.yaml; every wrong one is reported. */
export function withManifests(
  config: ClusterConfig,
  around: Around,
): { readonly config: ClusterConfig; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const manifests = config.addons.manifests.map((manifest, index) => {
    const { place } = manifest;
    if (isManifestUrl(place)) return manifest;
    const read = textOf(place, around);
    if ('text' in read) return { place, text: read.text };
    const path = ['addons', 'manifests', index];
    const position = around.source.valueAt(path);
    problems.push({ position, path: path.join('.'), reason: `${place} ${read.reason}` });
    return manifest;
  });
  return { config: { ...config, addons: { ...config.addons, manifests } }, problems };
}

function textOf(
  place: string,
  { folder, read }: Around,
): { readonly text: string } | { readonly reason: string } {
  let text: string | undefined;
  try {
    text = read(isAbsolute(place) ? place : resolve(folder, place));
  } catch (error) {
    return { reason: `cannot be read: ${messageOf(error)}` };
  }
  if (text === undefined) return { reason: 'does not exist' };
  if (text.length > manifestLimit) return { reason: `is larger than ${manifestLimit} bytes` };
  const found = manifestObjects(text);
  return 'reason' in found ? found : { text };
}
