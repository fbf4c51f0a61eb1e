import { builtinTypes } from './resource-table.js';
import type { ResourceType } from './resource-type.js';

export type { PrinterColumn, ResourceType } from './resource-type.js';

/** `name` in the store: the same for all versions of a group, and for events of both groups. */
export function storeKey(type: Pick<ResourceType, 'group' | 'plural'>): string {
  if (type.group === 'events.k8s.io') return type.plural;
  return type.group === '' ? type.plural : `${type.plural}.${type.group}`;
}

export function apiVersionOf(type: Pick<ResourceType, 'group' | 'version'>): string {
  return type.group === '' ? type.version : `${type.group}/${type.version}`;
}

const builtin = builtinTypes();

/** A version of a group of kinds. */
export interface GroupVersion {
  readonly group: string;
  readonly version: string;
}

/** Finds what is served: the built-in kinds and those of established definitions. */
export class ResourceCatalogue {
  #custom: readonly ResourceType[] = [];
  #aggregated: readonly ResourceType[] = [];
  #stale: readonly GroupVersion[] = [];

  setCustom(types: readonly ResourceType[]): void {
    this.#custom = types;
  }

  /** What other servers serve through this one, and what they would serve if they answered. */
  setAggregated(types: readonly ResourceType[], stale: readonly GroupVersion[]): void {
    this.#aggregated = types;
    this.#stale = stale;
  }

  /** What is known of and cannot be asked. */
  get stale(): readonly GroupVersion[] {
    return this.#stale;
  }

  /** Whether another server answers for it. */
  isAggregated(type: ResourceType): boolean {
    return this.#aggregated.includes(type);
  }

  all(): readonly ResourceType[] {
    return [...builtin, ...this.#custom];
  }

  /** What is stored here, and what others serve. */
  served(): readonly ResourceType[] {
    return [...builtin, ...this.#custom, ...this.#aggregated];
  }

  find(group: string, version: string, plural: string): ResourceType | undefined {
    const matches = (type: ResourceType): boolean =>
      type.plural === plural && type.group === group && type.version === version;
    return builtin.find(matches) ?? this.#custom.find(matches) ?? this.#aggregated.find(matches);
  }
}

/** A built-in type by its name in the store. */
export function builtinType(key: string): ResourceType {
  const found = builtin.find((type) => storeKey(type) === key);
  if (!found) throw new Error(`no built-in resource ${key}`);
  return found;
}

export function isBuiltinGroup(group: string): boolean {
  return builtin.some((type) => type.group === group);
}
