import { isMap, isScalar, isSeq } from 'yaml';
import { keyText } from './construct.js';
import { emitYaml, Written } from './emit.js';
import { typeAt, type FieldType } from './schema.js';

/**
 * The keys that the type does not have, as YAML with only the way to them, in the form of
 * siderolabs/gen's CheckUnknownKeys; undefined when all are known.
 */
export function unknownKeys(type: FieldType, root: unknown): string | undefined {
  const found = search(type, root);
  return found === undefined ? undefined : emitYaml(found);
}

function search(type: FieldType, node: unknown): unknown {
  if (type.kind === 'list' && isSeq(node)) {
    const found = node.items.map((item) => search(type.of, item)).filter((item) => item);
    return found.length === 0 ? undefined : found;
  }
  if (!isMap(node) || (type.kind !== 'struct' && type.kind !== 'map')) return undefined;
  const found: [string, unknown][] = [];
  for (const pair of node.items) {
    const key = keyText(pair);
    const field = typeAt(type, key);
    const { value } = pair;
    const unknown = field ? search(field, value) : shown(value);
    if (unknown !== undefined) found.push([key, unknown]);
  }
  if (found.length === 0) return undefined;
  return Object.fromEntries(found.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A value as it stands there, its quotes included. */
function shown(node: unknown): unknown {
  if (isSeq(node)) return node.items.map(shown);
  if (isMap(node)) {
    return Object.fromEntries(node.items.map((pair) => [keyText(pair), shown(pair.value)]));
  }
  if (!isScalar(node)) return null;
  if (node.type === 'QUOTE_DOUBLE') return new Written(JSON.stringify(node.value));
  if (node.type !== 'QUOTE_SINGLE') return node.value;
  return new Written(`'${String(node.value).replaceAll("'", "''")}'`);
}
