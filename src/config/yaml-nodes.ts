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

/** What stands at a key of a mapping, merged ones included, or at a place of a list. */
export function entryOf(
  node: unknown,
  part: string | number,
  document: Document.Parsed,
): Entry | undefined {
  if (isSeq(node)) {
    const value = node.items[Number(part)];
    return value === undefined ? undefined : { key: undefined, value };
  }
  if (!isMap(node)) return undefined;
  const pair = namedPairs(node, document).get(String(part));
  return pair && { key: pair.key, value: pair.value };
}

/** Made once for each mapping: thousands of problems may be in one. */
const known = new WeakMap<YAMLMap, ReadonlyMap<string, Pair>>();

/** By the key as it was read and as it stands in the file; the first of a name counts. */
function namedPairs(node: YAMLMap, document: Document.Parsed): ReadonlyMap<string, Pair> {
  const made = known.get(node) ?? new Map(namesOf(pairsOf(node, document)).reverse());
  known.set(node, made);
  return made;
}

function namesOf(pairs: readonly Pair[]): (readonly [string, Pair])[] {
  return pairs.flatMap((pair): (readonly [string, Pair])[] => {
    const { key } = pair;
    if (!isScalar(key)) return [];
    const read = keyRead(key);
    return [
      [key.source ?? read, pair],
      [read, pair],
    ];
  });
}

/**
 * The pairs of a mapping, and after its own those that its merge keys (`<<`) bring in: what it says
 * itself wins, and then the first that says it.
 */
export function pairsOf(node: YAMLMap, document: Document.Parsed): readonly Pair[] {
  const isMerge = (pair: Pair): boolean => isMergeKey(pair.key);
  const merged = node.items.filter(isMerge).flatMap(({ value }) => mergedInto(value, document));
  const own = node.items.filter((pair) => !isMerge(pair));
  return [...own, ...merged.flatMap((from) => (isMap(from) ? pairsOf(from, document) : []))];
}

/** The nodes that a merge key names: one mapping, or each of a list. */
export function mergedInto(value: unknown, document: Document.Parsed): readonly unknown[] {
  const named = resolved(value, document);
  return isSeq(named) ? named.items.map((item) => resolved(item, document)) : [named];
}

/** A plain `<<`: the library gives it a symbol for its value, so that it is no name of a key. */
export function isMergeKey(key: unknown): boolean {
  return isScalar(key) && typeof key.value === 'symbol';
}

/** The node at the path, aliases followed; undefined when there is none. */
export function nodeAt(document: Document.Parsed, path: Path): unknown {
  const inner = path.reduce<unknown>(
    (node, part) => entryOf(resolved(node, document), part, document)?.value,
    document.contents,
  );
  return resolved(inner, document);
}

/** The text of a scalar without quotes; undefined for all else. */
export function plainText(node: unknown): string | undefined {
  return isScalar(node) && node.type === 'PLAIN' ? (node.source ?? '') : undefined;
}

/** The keys of a mapping, in their order, those that are merged into it last. */
export function keysOf(node: unknown, document: Document.Parsed): readonly YamlKey[] {
  if (!isMap(node)) return [];
  const keys = pairsOf(node, document).flatMap(({ key }: Pair) => {
    if (!isScalar(key)) return [];
    const read = keyRead(key);
    return [[read, { read, written: plainText(key) ?? read }] as const];
  });
  return [...new Map(keys.reverse()).values()].reverse();
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
