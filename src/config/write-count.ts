import { isMap, isSeq, parseDocument } from 'yaml';
import { OxideError } from '../lib/errors.js';
import { parseConfig } from './load.js';
import type { ClusterConfig } from './schema.js';
import { yamlOptions } from './yaml-walk.js';

/** Which number to write, and where. */
export interface CountChange {
  /** The file as the user named it, for messages and for paths that it holds. */
  readonly file: string;
  readonly section: 'control_planes' | 'workers';
  readonly pool: string;
  readonly count: number;
}

export type WrittenCount = { readonly text: string } | { readonly refused: string };

/**
 * The text of cluster.yaml with another number of nodes in one pool; all else stays byte for byte.
 * Refused when the file would not be valid with it, or holds the pool in a way that cannot be
 * changed in place.
 */
export function withCount(text: string, change: CountChange): WrittenCount {
  const place = placeOfCount(text, change);
  if (!place) return { refused: `the pool "${change.pool}" was not found in ${change.file}` };
  const changed = `${text.slice(0, place.start)}${place.text}${text.slice(place.end)}`;
  try {
    const { file } = change;
    const other = otherChange(parseConfig(text, { file }), parseConfig(changed, { file }), change);
    return other === undefined
      ? { text: changed }
      : { refused: `the number of the pool "${other}" is the same one there` };
  } catch (error) {
    if (error instanceof OxideError) return { refused: error.message };
    throw error;
  }
}

/** Another pool that would change, too: one number may be that of several, by an anchor. */
function otherChange(
  before: ClusterConfig,
  after: ClusterConfig,
  { section, pool }: CountChange,
): string | undefined {
  const countsOf = (config: ClusterConfig) =>
    (['control_planes', 'workers'] as const).flatMap((key) =>
      config[key].map(({ name, count }) => ({ key, name, count })),
    );
  const now = countsOf(after);
  return countsOf(before).find(({ key, name, count }, i) => {
    const isMeant = key === section && name === pool;
    return !isMeant && now[i]?.count !== count;
  })?.name;
}

interface Place {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Where the number stands; without one, the end of the pool's name, where it can be put. */
function placeOfCount(text: string, { section, pool, count }: CountChange): Place | undefined {
  const pools = parseDocument(text, yamlOptions).get(section, true);
  if (!isSeq(pools)) return undefined;
  const found = pools.items.filter(isMap).find((item) => item.get('name') === pool);
  if (!found) return undefined;
  const number = rangeOf(found.get('count', true));
  if (number) return { start: number.start, end: number.end, text: String(count) };
  const name = rangeOf(found.get('name', true));
  const key = rangeOf(found.items[0]?.key);
  if (!name || !key) return undefined;
  const indent = ' '.repeat(key.start - text.lastIndexOf('\n', key.start) - 1);
  const separator = found.flow ? ', ' : `\n${indent}`;
  return { start: name.end, end: name.end, text: `${separator}count: ${count}` };
}

/** From where to where the value of a node is written. */
function rangeOf(node: unknown): { readonly start: number; readonly end: number } | undefined {
  if (typeof node !== 'object' || node === null || !('range' in node)) return undefined;
  const range: unknown = node.range;
  if (!Array.isArray(range)) return undefined;
  return { start: Number(range[0]), end: Number(range[1]) };
}
