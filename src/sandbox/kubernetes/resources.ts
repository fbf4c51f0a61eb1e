import { builtinTypes } from './resource-table.js';
import type { Schema } from './schemas/schema.js';

/** One kind of object that the API serves, in one version of its group. */
export interface ResourceType {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  /** Its status is written at `/status` and ignored elsewhere. */
  readonly hasStatus: boolean;
  readonly subresources: readonly string[];
  /** Can only be posted, and is answered instead of stored. */
  readonly review: boolean;
  /** Cannot be written. */
  readonly readOnly?: boolean;
  readonly schema: Schema;
  /** The columns that a custom resource definition adds to tables. */
  readonly printerColumns?: readonly PrinterColumn[];
}

export interface PrinterColumn {
  readonly name: string;
  readonly type: string;
  readonly jsonPath: string;
  readonly priority?: number;
}

/** `name` in the store: the same for all versions of a group. */
export function storeKey(type: Pick<ResourceType, 'group' | 'plural'>): string {
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
