import { isAlias, isMap, isScalar, isSeq, type Document, type Pair, type YAMLMap } from 'yaml';

/**
 * The pairs of a mapping with those that its merge key (`<<`) brings in, as Go's YAML reads them into
 * a map; what the mapping says itself wins. For a section with named keys `<<` is an unknown key.
 */
export function withMerged(node: YAMLMap, document: Document.Parsed): readonly Pair[] {
  const merges = node.items.filter(isMerge);
  if (merges.length === 0) return node.items;
  const own = node.items.filter((pair) => !isMerge(pair));
  const sources = merges.flatMap(({ value }) => mappingsOf(value, document));
  const merged = sources.flatMap((source) => withMerged(source, document));
  const named = [...own, ...merged].map((pair) => [nameOf(pair), pair] as const);
  return [...new Map(named.reverse()).values()].reverse();
}

/** What Talos' look for unknown keys says of a map of texts that merges something without an anchor. */
export function mergeObjection({ items }: YAMLMap): string | undefined {
  const values = items.filter(isMerge).map(({ value }) => value);
  if (values.some(isSeq)) return 'unexpected type for yaml sequence: string';
  return values.some(isMap) ? 'unexpected type for yaml mapping: string' : undefined;
}

function isMerge({ key }: Pair): boolean {
  return isScalar(key) && key.type === 'PLAIN' && key.source === '<<';
}

function mappingsOf(value: unknown, document: Document.Parsed): readonly YAMLMap[] {
  const node = isAlias(value) ? value.resolve(document) : value;
  if (isSeq(node)) return node.items.flatMap((item) => mappingsOf(item, document));
  return isMap(node) ? [node] : [];
}

function nameOf({ key }: Pair): string {
  return isScalar(key) ? String(key.value) : '';
}
