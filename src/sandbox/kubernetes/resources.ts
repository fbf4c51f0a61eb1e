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

/** Finds what is served: the built-in kinds and those of established definitions. */
export class ResourceCatalogue {
  #custom: readonly ResourceType[] = [];

  setCustom(types: readonly ResourceType[]): void {
    this.#custom = types;
  }

  all(): readonly ResourceType[] {
    return [...builtin, ...this.#custom];
  }

  find(group: string, version: string, plural: string): ResourceType | undefined {
    const matches = (type: ResourceType): boolean =>
      type.plural === plural && type.group === group && type.version === version;
    return builtin.find(matches) ?? this.#custom.find(matches);
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
