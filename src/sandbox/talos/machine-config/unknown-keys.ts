import { Document, isMap, isSeq, YAMLMap, YAMLSeq, type Node } from 'yaml';
import { keyText } from './construct.js';
import type { FieldType } from './schema.js';

/**
 * The keys that the type does not have, as YAML with only the way to them, in the form of
 * siderolabs/gen's CheckUnknownKeys; undefined when all are known.
 */
export function unknownKeys(type: FieldType, root: Node): string | undefined {
  const found = search(type, root);
  if (!found) return undefined;
  const document = new Document(found);
  return document.toString({ indent: 4, lineWidth: 0, flowCollectionPadding: false });
}

function search(type: FieldType, node: unknown): Node | undefined {
  if (type.kind === 'list' && isSeq(node)) {
    const found = node.items.map((item) => search(type.of, item)).filter((item) => item);
    if (found.length === 0) return undefined;
    const result = new YAMLSeq();
    result.items = found;
    return result;
  }
  if (!isMap(node) || (type.kind !== 'struct' && type.kind !== 'map')) return undefined;
  const found = new Map<string, unknown>();
  for (const pair of node.items) {
    const key = keyText(pair);
    const fields = type.kind === 'struct' ? type.fields : undefined;
    const field = fields ? (Object.hasOwn(fields, key) ? fields[key] : undefined) : typeOf(type);
    const unknown = field ? search(field, pair.value) : pair.value;
    if (unknown !== undefined) found.set(key, unknown);
  }
  return found.size > 0 ? sorted(found) : undefined;
}

function typeOf(type: FieldType): FieldType | undefined {
  return type.kind === 'map' ? type.of : undefined;
}

function sorted(entries: Map<string, unknown>): YAMLMap {
  const result = new YAMLMap();
  for (const key of [...entries.keys()].sort()) result.set(key, entries.get(key));
  return result;
}
