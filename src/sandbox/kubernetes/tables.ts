import { columnsOf, type Column } from './columns.js';
import type { JsonObject } from './json.js';
import type { KubeObject } from './objects.js';
import type { ResourceType } from './resources.js';

/** Objects as the table that kubectl prints for people. */
export function tableOf(
  objects: readonly KubeObject[],
  { type, now }: { readonly type: ResourceType; readonly now: number },
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
      cells: columns.map(({ cell }) => cell(object)),
      object: {
        kind: 'PartialObjectMetadata',
        apiVersion: 'meta.k8s.io/v1',
        metadata: object.metadata,
      },
    })),
  };
}
