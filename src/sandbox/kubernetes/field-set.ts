import { isObject, same, type JsonObject } from './json.js';
import { fieldSchema, isSet, listKeys, type Schema } from './schemas/schema.js';

/**
 * A set of fields in the form of FieldsV1: `f:name` is a field, `k:{…}` an entry of a keyed list,
 * `v:…` a value of a set, `.` the thing itself; an empty object is a leaf.
 * Source: sigs.k8s.io/structured-merge-diff.
 */
export type FieldSet = JsonObject;

/** The steps down from a value: segment of FieldsV1, child value, child schema. */
export function childrenOf(
  value: unknown,
  schema: Schema | undefined,
): [string, unknown, Schema | undefined][] | undefined {
  if (Array.isArray(value)) {
    const keys = listKeys(schema);
    if (keys && value.every(isObject)) {
      return value.map((item) => [keySegment(item, keys, schema?.items), item, schema?.items]);
    }
    if (isSet(schema)) return value.map((item) => [`v:${JSON.stringify(item)}`, item, undefined]);
    return undefined;
  }
  if (!isObject(value) || schema?.['x-kubernetes-map-type'] === 'atomic') return undefined;
  return Object.entries(value).map(([field, item]) => [
    `f:${field}`,
    item,
    fieldSchema(schema, field),
  ]);
}

/** `k:{"containerPort":80,"protocol":"TCP"}`; keys that an entry leaves out have their default. */
export function keySegment(
  item: JsonObject,
  keys: readonly string[],
  schema: Schema | undefined,
): string {
  const values = [...keys]
    .sort()
    .map((key) => [key, item[key] ?? fieldSchema(schema, key)?.default] as const);
  return `k:${JSON.stringify(Object.fromEntries(values))}`;
}

/** All fields of a value. */
export function fieldsOf(value: unknown, schema: Schema | undefined): FieldSet {
  const set: FieldSet = {};
  for (const [segment, item, sub] of childrenOf(value, schema) ?? []) {
    const below = fieldsOf(item, sub);
    set[segment] = segment.startsWith('k:') ? { '.': {}, ...below } : below;
  }
  return set;
}

/** The fields of `after` that are not in `before` or have another value there. */
export function changedFields(
  before: unknown,
  after: unknown,
  schema: Schema | undefined,
): FieldSet {
  const old = new Map(
    (childrenOf(before, schema) ?? []).map(([segment, item]) => [segment, item] as const),
  );
  const set: FieldSet = {};
  for (const [segment, item, sub] of childrenOf(after, schema) ?? []) {
    if (old.has(segment) && same(old.get(segment), item)) continue;
    if (!old.has(segment)) {
      const below = fieldsOf(item, sub);
      set[segment] = segment.startsWith('k:') ? { '.': {}, ...below } : below;
      continue;
    }
    const below = changedFields(old.get(segment), item, sub);
    // Fields were only taken away: their parent still belongs to who it belonged to.
    const isLeaf = !childrenOf(item, sub);
    if (isLeaf || Object.keys(below).length > 0) set[segment] = below;
  }
  return set;
}

export function isLeaf(set: FieldSet): boolean {
  return Object.keys(set).every((segment) => segment === '.');
}

export function isEmpty(set: FieldSet): boolean {
  return Object.keys(set).length === 0;
}

export function union(a: FieldSet, b: FieldSet): FieldSet {
  const merged: FieldSet = { ...a };
  for (const [segment, below] of Object.entries(b)) {
    const present = merged[segment];
    merged[segment] = isObject(present) && isObject(below) ? union(present, below) : below;
  }
  return merged;
}

/** The fields of `set` that `kept` says yes to; parents without fields vanish. */
function filterLeaves(
  set: FieldSet,
  other: FieldSet | undefined,
  keep: (isInOther: boolean) => boolean,
): FieldSet {
  const result: FieldSet = {};
  for (const [segment, below] of Object.entries(set)) {
    const inOther = other?.[segment];
    const otherBelow = isObject(inOther) ? inOther : undefined;
    if (!isObject(below) || isEmpty(below)) {
      if (keep(otherBelow !== undefined)) result[segment] = below;
      continue;
    }
    const rest = filterLeaves(below, otherBelow, keep);
    if (!isEmpty(rest)) result[segment] = rest;
  }
  return result;
}

/** The fields of `set` without those of `other`. */
export function difference(set: FieldSet, other: FieldSet): FieldSet {
  return filterLeaves(set, other, (isInOther) => !isInOther);
}

/** The fields that are in both. */
export function intersection(set: FieldSet, other: FieldSet): FieldSet {
  return filterLeaves(set, other, (isInOther) => isInOther);
}
