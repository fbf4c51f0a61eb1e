import { keySegment } from './field-set.js';
import { isObject, same } from './json.js';
import { fieldSchema, isSet, listKeys, type Schema } from './schemas/schema.js';

/** Merges `wanted` into `live`: objects field by field, keyed lists entry by entry, the rest whole. */
export function mergeByKeys(live: unknown, wanted: unknown, schema: Schema | undefined): unknown {
  if (isObject(live) && isObject(wanted) && schema?.['x-kubernetes-map-type'] !== 'atomic') {
    const merged = { ...live };
    for (const [field, value] of Object.entries(wanted)) {
      merged[field] = mergeByKeys(merged[field], value, fieldSchema(schema, field));
    }
    return merged;
  }
  if (!Array.isArray(live) || !Array.isArray(wanted)) return wanted;
  if (isSet(schema)) {
    const added = wanted.filter((item: unknown) => !live.some((present) => same(present, item)));
    return [...(live as unknown[]), ...(added as unknown[])];
  }
  const keys = listKeys(schema);
  if (!keys || !live.every(isObject) || !wanted.every(isObject)) return wanted;
  const entries = new Map(live.map((item) => [keySegment(item, keys, schema?.items), item]));
  for (const item of wanted) {
    const key = keySegment(item, keys, schema?.items);
    entries.set(key, mergeByKeys(entries.get(key), item, schema?.items) as typeof item);
  }
  return [...entries.values()];
}
