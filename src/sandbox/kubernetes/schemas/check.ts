import { isObject } from '../json.js';
import { fieldSchema, type Schema } from './schema.js';

/** What is wrong with a value, by the path of the field. */
export interface Problem {
  readonly kind: 'unknown' | 'type' | 'required' | 'unsupported' | 'invalid';
  readonly path: string;
  readonly message: string;
}

/** All problems of a value, in the order of its fields. */
export function problemsOf(value: unknown, schema: Schema, path = ''): Problem[] {
  if (value === null || value === undefined) return [];
  if (schema['x-kubernetes-int-or-string'] === true) {
    if (typeof value === 'number' || typeof value === 'string') return [];
    return [wrongType(value, 'integer or string', path)];
  }
  if (schema.type !== undefined && !hasType(value, schema.type)) {
    return [wrongType(value, schema.type, path)];
  }
  const own = ownProblems(value, schema).map(({ kind, message }) => ({ kind, path, message }));
  if (Array.isArray(value)) return [...own, ...itemProblems(value, schema, path)];
  if (isObject(value)) return [...own, ...propertyProblems(value, schema, path)];
  return own;
}

/** The value without fields that the schema does not know. */
export function pruned(value: unknown, schema: Schema): unknown {
  if (Array.isArray(value)) {
    const { items } = schema;
    return items ? value.map((item: unknown) => pruned(item, items)) : value;
  }
  if (!isObject(value) || keepsUnknown(schema)) return value;
  const known = Object.entries(value).flatMap(([field, item]) => {
    const sub = schema.properties?.[field] ?? schema.additionalProperties;
    if (sub === undefined || sub === false) return [];
    return [[field, sub === true ? item : pruned(item, sub)] as const];
  });
  return Object.fromEntries(known);
}

/** The value as the API's own types keep it: nothing where it is the same as zero. */
export function tidied(value: unknown, schema: Schema | undefined): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => tidied(item, schema?.items));
  if (!isObject(value) || schema?.type !== 'object') return value;
  const kept = Object.entries(value).flatMap(([field, item]) => {
    const sub = fieldSchema(schema, field);
    if (item === null || (sub?.['x-omit-zero'] === true && isZero(item))) return [];
    return [[field, tidied(item, sub)] as const];
  });
  return Object.fromEntries(kept);
}

function isZero(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0;
  return value === '' || value === 0 || value === false;
}

/** The value with the defaults of the schema filled in. */
export function withDefaults(value: unknown, schema: Schema): unknown {
  if (Array.isArray(value)) {
    const { items } = schema;
    return items ? value.map((item: unknown) => withDefaults(item, items)) : value;
  }
  if (!isObject(value) || !schema.properties) return value;
  const filled = { ...value };
  for (const [field, sub] of Object.entries(schema.properties)) {
    const present = filled[field] ?? structuredClone(sub.default);
    if (present !== undefined) filled[field] = withDefaults(present, sub);
  }
  return filled;
}

function ownProblems(value: unknown, schema: Schema): Omit<Problem, 'path'>[] {
  const found: Omit<Problem, 'path'>[] = [];
  const wrong = (why: string): void => {
    found.push({ kind: 'invalid', message: `Invalid value: ${JSON.stringify(value)}: ${why}` });
  };
  const isUnset = value === '' && schema['x-go-type'] !== undefined;
  if (schema.enum && !isUnset && !schema.enum.includes(value)) {
    const choices = schema.enum.map((choice) => JSON.stringify(choice)).join(', ');
    const message = `Unsupported value: ${JSON.stringify(value)}: supported values: ${choices}`;
    found.push({ kind: 'unsupported', message });
  }
  if (typeof value === 'string') {
    if (schema.pattern !== undefined && !new RegExp(schema.pattern, 'u').test(value)) {
      wrong(`should match '${schema.pattern}'`);
    }
    if (value.length < (schema.minLength ?? 0))
      wrong(`must be at least ${schema.minLength ?? 0} chars long`);
    if (value.length > (schema.maxLength ?? Infinity))
      wrong(`may not be more than ${schema.maxLength ?? 0} bytes`);
  }
  if (typeof value === 'number') {
    if (value < (schema.minimum ?? -Infinity))
      wrong(`should be greater than or equal to ${schema.minimum ?? 0}`);
    if (value > (schema.maximum ?? Infinity))
      wrong(`should be less than or equal to ${schema.maximum ?? 0}`);
  }
  if (Array.isArray(value)) {
    if (value.length < (schema.minItems ?? 0))
      wrong(`should have at least ${schema.minItems ?? 0} items`);
    if (value.length > (schema.maxItems ?? Infinity))
      wrong(`must have at most ${schema.maxItems ?? 0} items`);
  }
  return found;
}

function itemProblems(value: readonly unknown[], schema: Schema, path: string): Problem[] {
  const { items } = schema;
  if (!items) return [];
  return value.flatMap((item, index) => problemsOf(item, items, `${path}[${index}]`));
}

function propertyProblems(value: object, schema: Schema, path: string): Problem[] {
  const found: Problem[] = [];
  const fieldPath = (field: string): string => (path === '' ? field : `${path}.${field}`);
  for (const [field, item] of Object.entries(value)) {
    const sub = schema.properties?.[field] ?? schema.additionalProperties;
    if (typeof sub === 'object') found.push(...problemsOf(item, sub, fieldPath(field)));
    else if (sub !== true && !keepsUnknown(schema)) {
      found.push({ kind: 'unknown', path: fieldPath(field), message: 'unknown field' });
    }
  }
  for (const field of schema.required ?? []) {
    if (!Object.hasOwn(value, field)) {
      found.push({ kind: 'required', path: fieldPath(field), message: 'Required value' });
    }
  }
  return found;
}

// A schema without fields, like `{type: object}`, keeps nothing in a structural schema; one without
// any type says nothing at all.
function keepsUnknown(schema: Schema): boolean {
  return schema['x-kubernetes-preserve-unknown-fields'] === true || schema.type === undefined;
}

function hasType(value: unknown, type: string): boolean {
  switch (type) {
    case 'object':
      return isObject(value);
    case 'array':
      return Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}

function wrongType(value: unknown, wanted: string, path: string): Problem {
  const actual = Array.isArray(value) ? 'array' : typeof value;
  const message = `Invalid value: "${actual}": must be of type ${wanted}`;
  return { kind: 'type', path, message };
}
