import { ConfigDecodeError } from './decode-error.js';
import { parseUrl } from './layout/go-url.js';
import { type Field, type FieldType, type Struct } from './schema.js';
import { isMapping, isZero, mapping, type Mapping } from './values.js';

/**
 * Merges a patch into a value the way Talos' strategic merge does (Talos source,
 * pkg/machinery/config/merge): mappings key by key, lists appended unless their field says
 * "replace" or knows elements by a key, and what is empty in the patch changes nothing.
 */
export function mergeValues(type: FieldType, base: unknown, patch: unknown): unknown {
  if (type.kind === 'text' && type.isReplaced) return patch;
  // A section that is no pointer is always there, in the patch as well.
  if (type.kind === 'struct' && type.isPointer !== true) {
    return base === undefined && patch === undefined ? undefined : mergeStructs(type, base, patch);
  }
  if (patch === undefined || patch === null) return base;
  if (base === undefined || base === null) return patch;
  if (type.isPointer !== true && isZero(type, patch) && !isCollection(type)) return base;
  switch (type.kind) {
    case 'struct':
      // A certificate and its key belong together: a patch gives both or takes both away.
      return type.isEncoded ? patch : mergeStructs(type, base, patch);
    case 'object':
      return mergeAnything(base, patch, 'map[string]interface {}');
    case 'any':
      return mergeAny(base, patch);
    case 'map':
      return mergeMaps(type, mapping(base), mapping(patch));
    case 'list':
      return mergeLists(type, base as unknown[], patch as unknown[]);
    case 'checked':
      return /(URL|Endpoint)$/.test(type.name) ? mergeUrls(base, patch) : patch;
    case 'text':
      return mergeTexts(type, base, patch);
    default:
      return patch;
  }
}

function isCollection({ kind }: FieldType): boolean {
  return ['list', 'map', 'object', 'argument'].includes(kind);
}

const unsettable =
  'merge field network.RoutingRuleConfigV1Alpha1.RuleSrc: merge field network.Prefix.Prefix: ' +
  'merge field netip.Prefix.ip: merge field netip.Addr.addr: merge field netip.uint128.hi: ' +
  'merge not possible, left 0 is not settable';

function mergeStructs(type: Struct, base: unknown, patch: unknown): Record<string, unknown> {
  // Talos 1.13 cannot merge subnets; 1.14 can.
  const unmergeable = Object.values(type.fields).some(
    (field) => field.type.name === 'network.Prefix',
  );
  if (type.name === 'network.RoutingRuleConfigV1Alpha1' && unmergeable) {
    throw new ConfigDecodeError(unsettable);
  }
  const merged: Record<string, unknown> = {};
  const [left, right] = [mapping(base), mapping(patch)];
  for (const [key, field] of Object.entries(type.fields)) {
    const value = mergeField(field, left[key], right[key]);
    if (value !== undefined) merged[key] = value;
  }
  return merged;
}

function mergeField({ type, isReplaced }: Field, left: unknown, right: unknown): unknown {
  if (!isReplaced) return mergeValues(type, left, right);
  return right === undefined || (!Array.isArray(right) && isZero(type, right)) ? left : right;
}

function mergeMaps(type: FieldType & { kind: 'map' }, base: Mapping, patch: Mapping): Mapping {
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(patch)) {
    merged[key] = Object.hasOwn(base, key) ? mergeValues(type.of, base[key], value) : value;
    if (type.of.kind === 'argument') merged[key] = value;
  }
  return merged;
}

/** Talos falls over an element that is null where it looks into each. */
export const nilPointer = 'panic: runtime error: invalid memory address or nil pointer dereference';

function mergeLists(
  type: FieldType & { kind: 'list' },
  base: unknown[],
  patch: unknown[],
): unknown[] {
  const { keys, of } = type;
  if (!keys) return [...base, ...patch];
  const isWhole = type.name.endsWith('ImageVerificationRules');
  if ([...base, ...patch].includes(null)) throw new ConfigDecodeError(nilPointer);
  return patch.reduce<unknown[]>((merged, item) => {
    const index = merged.findIndex((other) => isSameElement(keys, other, item));
    if (index < 0) return [...merged, item];
    return merged.with(index, isWhole ? item : mergeValues(of, merged[index], item));
  }, base);
}

/** By the first of the keys that the patch's element has. */
function isSameElement(keys: readonly string[], base: unknown, patch: unknown): boolean {
  const [left, right] = [mapping(base), mapping(patch)];
  const key = keys.find((name) => right[name] !== undefined && right[name] !== '');
  if (key === undefined) return keys.length === 1 && (left[keys[0] ?? ''] ?? '') === '';
  return JSON.stringify(left[key]) === JSON.stringify(right[key]);
}

/** Values without a type of their own: both sides must be of the same. */
function mergeAny(base: unknown, patch: unknown): unknown {
  if (goType(base) !== goType(patch)) {
    throw new ConfigDecodeError(`merge type mismatch left ${goType(base)} right ${goType(patch)}`);
  }
  if (Array.isArray(base) && Array.isArray(patch))
    return [...(base as unknown[]), ...(patch as unknown[])];
  if (isMapping(base)) return mergeAnything(base, patch, goType(base));
  return patch === '' || patch === 0 ? base : patch;
}

function mergeAnything(base: unknown, patch: unknown, name: string): Mapping {
  const merged: Record<string, unknown> = { ...mapping(base) };
  for (const [key, value] of Object.entries(mapping(patch))) {
    const left = merged[key];
    if (left === undefined || left === null) merged[key] = value;
    else merged[key] = inKey(`${name}[${key}]`, () => mergeAny(left, value));
  }
  return merged;
}

function inKey<T>(key: string, merge: () => T): T {
  try {
    return merge();
  } catch (error) {
    if (!(error instanceof ConfigDecodeError)) throw error;
    throw new ConfigDecodeError(`merge map key ${key}: ${error.message}`);
  }
}

function goType(value: unknown): string {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float64';
  return Array.isArray(value) ? '[]interface {}' : 'map[string]interface {}';
}

/** Part by part, as Go's own type of an address is a section of such. */
function mergeUrls(base: unknown, patch: unknown): unknown {
  const [left, right] = [parseUrl(String(base)), parseUrl(String(patch))];
  if (typeof left === 'string' || typeof right === 'string') return patch;
  if (right.scheme !== '' && (right.path !== '' || right.host === '')) return patch;
  const [scheme, host] = [right.scheme || left.scheme, right.host || left.host];
  const path = right.path || left.path;
  return `${scheme}://${host}${path === '' || path.startsWith('/') ? '' : '/'}${path}`;
}

/** A size of bytes stays where a patch gives one in percent: Talos keeps both, and shows the first. */
function mergeTexts(type: FieldType, base: unknown, patch: unknown): unknown {
  if (type.name !== 'block.Size') return patch;
  return String(patch).includes('%') && !String(base).includes('%') ? base : patch;
}
