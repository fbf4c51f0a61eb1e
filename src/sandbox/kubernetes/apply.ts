import { ApiError, type Cause } from './api-error.js';
import {
  difference,
  childrenOf,
  fieldsOf,
  isEmpty,
  isLeaf,
  union,
  type FieldSet,
} from './field-set.js';
import { isObject, same } from './json.js';
import { takenFromClientSide, withLastApplied } from './last-applied.js';
import { entryOf, isManager, ownable, withManagers, type Manager } from './managed-fields.js';
import { mergeByKeys } from './merge.js';
import { timestamp, type KubeObject, type ManagedFields } from './objects.js';
import { removeFields } from './remove-fields.js';
import type { Schema } from './schemas/schema.js';

export interface ApplyOptions {
  readonly manager: Manager;
  readonly force: boolean;
  readonly schema: Schema;
  readonly now: number;
}

/**
 * Server-side apply (Kubernetes docs, "Server-Side Apply"): merges what the client wants into the
 * live object, takes away what the same client wanted before and no longer does, and refuses to
 * change another client's fields unless forced.
 */
export function apply(live: KubeObject, wanted: object, options: ApplyOptions): KubeObject {
  const { manager, schema } = options;
  const content = ownable(wanted);
  const fields = fieldsOf(content, schema);
  const entries = live.metadata.managedFields ?? [];
  const mine = entries.find((entry) => isManager(entry, manager));
  const disputes = entries
    .filter((entry) => entry !== mine)
    .map((entry) => ({ entry, fields: disputed(entry.fieldsV1, { content, live, schema }) }));
  if (!options.force) {
    const free = takenFromClientSide(live, manager, schema);
    refuseConflicts(
      disputes.map(({ entry, fields: all }) => ({ entry, fields: difference(all, free) })),
    );
  }

  const others = disputes.map(({ entry, fields: taken }) => ({
    ...entry,
    fieldsV1: difference(entry.fieldsV1, taken),
  }));
  const owned = others.reduce((all, entry) => union(all, entry.fieldsV1), fields);
  const dropped = difference(mine?.fieldsV1 ?? {}, owned);
  const merged = mergeByKeys(live, content, schema);
  const result = removeFields(merged, dropped, { schema, owned }) as KubeObject;
  // Who changes nothing keeps the time of the last change; a new manager then has none.
  const time = same(ownable(result), ownable(live)) ? mine?.time : timestamp(options.now);
  const entry = entryOf(manager, { fields, apiVersion: live.apiVersion, time });
  const noted = withLastApplied(live, result, { manager, wanted });
  return withManagers(noted, [...others.filter((item) => !isEmpty(item.fieldsV1)), entry]);
}

interface Comparison {
  readonly content: unknown;
  readonly live: unknown;
  readonly schema: Schema | undefined;
}

/** The fields that another manager owns and that the new content would give another value. */
function disputed(owned: FieldSet, { content, live, schema }: Comparison): FieldSet {
  const present = new Map(childrenOf(live, schema)?.map(([segment, item]) => [segment, item]));
  const found: FieldSet = {};
  for (const [segment, item, sub] of childrenOf(content, schema) ?? []) {
    const below = owned[segment];
    const liveItem = present.get(segment);
    if (!isObject(below) || same(item, liveItem)) continue;
    if (childrenOf(item, sub) === undefined && isLeaf(below)) {
      found[segment] = {};
      continue;
    }
    const deeper = disputed(below, { content: item, live: liveItem, schema: sub });
    if (!isEmpty(deeper)) found[segment] = deeper;
  }
  return found;
}

function refuseConflicts(disputes: readonly { entry: ManagedFields; fields: FieldSet }[]): void {
  const causes = disputes.flatMap(({ entry, fields }) =>
    pathsOf(fields).map((field): Cause => ({
      reason: 'FieldManagerConflict',
      message: `conflict with ${describe(entry)}`,
      field,
    })),
  );
  if (causes.length === 0) return;
  const texts = disputes.flatMap(({ entry, fields }) => {
    const paths = pathsOf(fields);
    if (paths.length === 0) return [];
    if (paths.length === 1) return [`conflict with ${describe(entry)}: ${paths.join('')}`];
    return [`conflicts with ${describe(entry)}:\n${paths.map((path) => `- ${path}`).join('\n')}`];
  });
  const count = `${causes.length} conflict${causes.length === 1 ? '' : 's'}`;
  throw new ApiError(409, 'Conflict', `Apply failed with ${count}: ${texts.join('\n')}`, {
    causes,
  });
}

function describe({ manager, operation, apiVersion }: ManagedFields): string {
  return operation === 'Apply' ? `"${manager}"` : `"${manager}" using ${apiVersion}`;
}

/** `.spec.containers[name="app"].image` */
function pathsOf(fields: FieldSet, path = ''): string[] {
  return Object.entries(fields).flatMap(([segment, below]) => {
    const here = path + pathElement(segment);
    return isObject(below) && !isLeaf(below) ? pathsOf(below, here) : [here];
  });
}

function pathElement(segment: string): string {
  if (segment.startsWith('f:')) return `.${segment.slice(2)}`;
  if (!segment.startsWith('k:')) return `[=${segment.slice(2)}]`;
  const keys = JSON.parse(segment.slice(2)) as Record<string, unknown>;
  const pairs = Object.entries(keys).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  return `[${pairs.join(',')}]`;
}
