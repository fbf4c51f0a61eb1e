import type { HelmValues } from './addon.js';

export interface MergedValues {
  readonly values: HelmValues;
  /** Keys whose user value was not taken, because oxide's is needed; as `ipam.mode`. */
  readonly kept: readonly string[];
}

/** The user's values, and the paths of oxide's that they do not replace. */
export interface UserValues {
  readonly user: HelmValues;
  readonly protectedKeys: readonly string[];
}

/** Merges the user's values into oxide's as helm does: mappings key by key, all else replaced. */
export function mergeHelmValues(
  base: HelmValues,
  { user, protectedKeys }: UserValues,
): MergedValues {
  const kept: string[] = [];
  // Also true for a mapping that holds a protected key: it cannot be replaced as a whole.
  const isProtected = (path: string): boolean =>
    protectedKeys.some((key) => key === path || key.startsWith(`${path}.`));
  const merge = (ours: HelmValues, theirs: HelmValues, path: string): HelmValues => {
    const merged: Record<string, unknown> = { ...ours };
    for (const [key, value] of Object.entries(theirs)) {
      const at = path === '' ? key : `${path}.${key}`;
      const own = merged[key];
      if (isMapping(own) && isMapping(value)) merged[key] = merge(own, value, at);
      else if (!isProtected(at) || equal(own, value)) merged[key] = value;
      else kept.push(at);
    }
    return merged;
  };
  return { values: merge(base, user, ''), kept };
}

function isMapping(value: unknown): value is HelmValues {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function equal(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
