import type { FieldType } from './schema.js';

/**
 * Merges a patch into a value the way Talos' strategic merge does (Talos source,
 * pkg/machinery/config/merge): mappings key by key, lists appended unless their type says
 * "replace" or knows elements by a key, and what is empty in the patch changes nothing.
 */
export function mergeValues(type: FieldType, base: unknown, patch: unknown): unknown {
  if (patch === undefined || patch === '') return base;
  if (base === undefined) return patch;
  // A certificate and its key belong together: a patch gives both or takes both away.
  if (type.kind === 'struct' && type.name.startsWith('x509.')) return patch;
  if (Array.isArray(base) && Array.isArray(patch)) return mergeLists(type, base, patch);
  if (isRecord(base) && isRecord(patch)) {
    const merged: Record<string, unknown> = { ...base };
    for (const [key, value] of Object.entries(patch)) {
      const merge = type.kind === 'map' && type.of.kind === 'string' ? value : undefined;
      merged[key] = merge ?? mergeValues(fieldOf(type, key), base[key], value);
    }
    return merged;
  }
  return patch;
}

function mergeLists(type: FieldType, base: unknown[], patch: unknown[]): unknown[] {
  if (type.kind !== 'list') return [...base, ...patch];
  if (type.merge === 'replace') return patch;
  const { of } = type;
  const keys = of.kind === 'struct' ? of.mergeKeys : undefined;
  if (!keys) return [...base, ...patch];
  return patch.reduce<unknown[]>((merged, item) => {
    const index = merged.findIndex((other) => keys.every((key) => sameField(other, item, key)));
    if (index < 0) return [...merged, item];
    return merged.with(index, mergeValues(of, merged[index], item));
  }, base);
}

function sameField(a: unknown, b: unknown, key: string): boolean {
  return isRecord(a) && isRecord(b) && a[key] !== undefined && a[key] === b[key];
}

function fieldOf(type: FieldType, key: string): FieldType {
  if (type.kind === 'struct') return type.fields[key] ?? { kind: 'any' };
  return type.kind === 'map' ? type.of : { kind: 'any' };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
