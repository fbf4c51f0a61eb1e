import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Document,
  type Pair,
  type Scalar,
  type YAMLMap,
} from 'yaml';

/** The way to a part of a value: keys of mappings and places in lists. */
export type Path = readonly (string | number)[];

/** A key as it was read, and as it stands in the file: `012` is read as `12`. */
export interface YamlKey {
  readonly read: string;
  readonly written: string;
}

interface Entry {
  /** Undefined for the entries of a list. */
  readonly key: unknown;
  readonly value: unknown;
}

/** What stands at a key of a mapping or a place of a list. */
export function entryOf(node: unknown, part: string | number): Entry | undefined {
  if (isSeq(node)) {
    const value = node.items[Number(part)];
    return value === undefined ? undefined : { key: undefined, value };
  }
  if (!isMap(node)) return undefined;
  const pair = pairsOf(node).get(String(part));
  return pair && { key: pair.key, value: pair.value };
}

/** Made once for each mapping: thousands of problems may be in one. */
const pairs = new WeakMap<YAMLMap, ReadonlyMap<string, Pair>>();

/** By the key as it was read and as it stands in the file; the first of a name counts. */
function pairsOf(node: YAMLMap): ReadonlyMap<string, Pair> {
  const known = pairs.get(node);
  if (known) return known;
  const named = node.items.flatMap((pair: Pair): (readonly [string, Pair])[] => {
    const { key } = pair;
    if (!isScalar(key)) return [];
    const read = keyRead(key);
    return [
      [key.source ?? read, pair],
      [read, pair],
    ];
  });
  const made = new Map([...named].reverse());
  pairs.set(node, made);
  return made;
}

/** The node at the path, aliases followed; undefined when there is none. */
export function nodeAt(document: Document.Parsed, path: Path): unknown {
  const inner = path.reduce<unknown>(
    (node, part) => entryOf(resolved(node, document), part)?.value,
    document.contents,
  );
  return resolved(inner, document);
}

/** The text of a scalar without quotes; undefined for all else. */
export function plainText(node: unknown): string | undefined {
  return isScalar(node) && node.type === 'PLAIN' ? (node.source ?? '') : undefined;
}

/** The keys of a mapping, in their order. */
export function keysOf(node: unknown): readonly YamlKey[] {
  if (!isMap(node)) return [];
  return node.items.flatMap(({ key }: Pair) => {
    if (!isScalar(key)) return [];
    const read = keyRead(key);
    return [{ read, written: plainText(key) ?? read }];
  });
}

/** A key as it is called in the value: `null` has no name there. */
function keyRead({ value }: Scalar): string {
  return value === null ? '' : `${value as string | number | boolean}`;
}

export function resolved(node: unknown, document: Document.Parsed): unknown {
  return isAlias(node) ? node.resolve(document) : node;
}

/** Where a node begins. */
export function offsetOf(node: unknown): number | undefined {
  if (typeof node !== 'object' || node === null || !('range' in node)) return undefined;
  return Array.isArray(node.range) ? Number(node.range[0]) : undefined;
}
