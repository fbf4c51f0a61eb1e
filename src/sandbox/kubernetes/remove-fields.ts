import { childrenOf, isLeaf, type FieldSet } from './field-set.js';
import { isObject } from './json.js';
import type { Schema } from './schemas/schema.js';

interface Surroundings {
  readonly schema: Schema | undefined;
  /** What some manager still owns: an entry of a list stays as long as anybody owns a part of it. */
  readonly owned: FieldSet;
}

/** The value without some of its fields. */
export function removeFields(value: unknown, dropped: FieldSet, around: Surroundings): unknown {
  const children = childrenOf(value, around.schema);
  if (!children || isLeaf(dropped)) return value;
  const kept = children.flatMap(([segment, item, schema]) => {
    const below = dropped[segment];
    if (!isObject(below)) return [[segment, item] as const];
    const owned = around.owned[segment];
    if (isLeaf(below) ? owned === undefined : segment.startsWith('k:') && owned === undefined)
      return [];
    const rest = removeFields(item, below, { schema, owned: isObject(owned) ? owned : {} });
    return [[segment, rest] as const];
  });
  if (Array.isArray(value)) return kept.map(([, item]) => item);
  return Object.fromEntries(kept.map(([segment, item]) => [segment.slice('f:'.length), item]));
}
