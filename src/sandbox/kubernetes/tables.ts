import { columnsOf, type Column } from './columns.js';
import { asStored } from './event-forms.js';
import type { JsonObject } from './json.js';
import type { KubeObject } from './objects.js';
import type { ResourceType } from './resources.js';

/** What a table is made for. */
export interface TableOptions {
  readonly type: ResourceType;
  readonly now: number;
  /** What rows hold beside their cells: `Object` (to sort them by any field), `None`, else its metadata. */
  readonly include?: string | null;
}

/** Objects as the table that kubectl prints for people. */
export function tableOf(
  objects: readonly KubeObject[],
  { type, now, include }: TableOptions,
): JsonObject {
  const own = columnsOf(type, now);
  // Events have their name among the wide columns.
  const named = own.some(({ name }) => name === 'Name');
  const columns: readonly Column[] = named
    ? own
    : [{ name: 'Name', cell: (object) => object.metadata.name }, ...own];
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: { resourceVersion: objects.at(-1)?.metadata.resourceVersion ?? '' },
    columnDefinitions: columns.map(({ name, type: format, wide }) => ({
      name,
      type: format ?? 'string',
      format: name === 'Name' ? 'name' : '',
      description: '',
      priority: wide === true ? 1 : 0,
    })),
    rows: objects.map((object) => ({
      cells: columns.map(({ cell }) => cell(asStored(object))),
      ...included(object, include),
    })),
  };
}

function included(object: KubeObject, include: string | null | undefined): JsonObject {
  if (include === 'None') return {};
  if (include === 'Object') return { object };
  const { metadata } = object;
  return { object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata } };
}
