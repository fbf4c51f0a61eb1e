import {
  changedFields,
  difference,
  fieldsOf,
  intersection,
  isEmpty,
  union,
  type FieldSet,
} from './field-set.js';
import { omit } from './json.js';
import { timestamp, type KubeObject, type ManagedFields } from './objects.js';
import type { Schema } from './schemas/schema.js';

/** Who writes, and how. */
export interface Manager {
  readonly name: string;
  readonly operation: 'Apply' | 'Update';
  readonly subresource: string | undefined;
}

const identity = ['name', 'namespace', 'generateName'];
const serverFields = [
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'selfLink',
  'managedFields',
];

/** The part of an object that clients own: without its identity and what the server sets. */
export function ownable(object: object): object {
  const { metadata, ...rest } = object as Partial<KubeObject>;
  const content = omit(rest, ['apiVersion', 'kind']);
  const own = omit(metadata ?? {}, [...identity, ...serverFields]);
  return Object.keys(own).length > 0 ? { ...content, metadata: own } : content;
}

/** Notes what a client's update changed: changed fields are its own now, lost ones nobody's. */
export function recordUpdate<T extends KubeObject>(
  before: KubeObject | undefined,
  after: T,
  context: { readonly manager: Manager; readonly schema: Schema; readonly now: number },
): T {
  const { manager, schema, now } = context;
  const content = ownable(after);
  const changed = before
    ? changedFields(ownable(before), content, schema)
    : fieldsOf(content, schema);
  const present = fieldsOf(content, schema);
  const managers = (after.metadata.managedFields ?? []).flatMap((entry) => {
    const kept = intersection(entry.fieldsV1, present);
    const left = isManager(entry, manager) ? kept : difference(kept, changed);
    return isEmpty(left) ? [] : [{ ...entry, fieldsV1: left }];
  });
  if (isEmpty(changed)) return withManagers(after, managers);
  return withManagers(
    after,
    addFields(managers, { manager, fields: changed, apiVersion: after.apiVersion, now }),
  );
}

export function withManagers<T extends KubeObject>(
  object: T,
  managers: readonly ManagedFields[],
): T {
  return { ...object, metadata: { ...object.metadata, managedFields: managers } };
}

export function isManager(entry: ManagedFields, manager: Manager): boolean {
  return (
    entry.manager === manager.name &&
    entry.operation === manager.operation &&
    entry.subresource === manager.subresource
  );
}

export function entryOf(
  manager: Manager,
  content: {
    readonly fields: FieldSet;
    readonly apiVersion: string;
    readonly time: string | undefined;
  },
): ManagedFields {
  return {
    manager: manager.name,
    operation: manager.operation,
    apiVersion: content.apiVersion,
    ...(content.time === undefined ? {} : { time: content.time }),
    fieldsType: 'FieldsV1',
    fieldsV1: content.fields,
    ...(manager.subresource === undefined ? {} : { subresource: manager.subresource }),
  };
}

function addFields(
  managers: readonly ManagedFields[],
  added: { manager: Manager; fields: FieldSet; apiVersion: string; now: number },
): ManagedFields[] {
  const present = managers.find((entry) => isManager(entry, added.manager));
  const fields = present ? union(present.fieldsV1, added.fields) : added.fields;
  const entry = entryOf(added.manager, { ...added, fields, time: timestamp(added.now) });
  return [...managers.filter((item) => item !== present), entry];
}
