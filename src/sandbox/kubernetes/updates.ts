import { checkAdmission } from './admission-policies.js';
import { admit } from './admission/admit.js';
import { badRequest, conflict, invalid } from './api-error.js';
import { immutabilityCauses } from './content-rules.js';
import { asStored } from './event-forms.js';
import { mayGo } from './finalizers.js';
import { objectOr, omit, same, type JsonObject } from './json.js';
import { recordUpdate } from './managed-fields.js';
import type { KubeObject, Metadata } from './objects.js';
import { isBuiltinGroup, storeKey, type ResourceType } from './resources.js';
import { statusMetadata } from './status-metadata.js';
import { checkContent, checkKind } from './validate.js';
import {
  complete,
  decodeBody,
  hasGeneration,
  serverSet,
  type Target,
  type WriteOptions,
} from './writes.js';

/** Replaces an object by a client's new version of it. */
export function updateObject(
  target: Target,
  existing: KubeObject,
  change: { readonly body: JsonObject; readonly options: WriteOptions },
): KubeObject {
  const { options } = change;
  const decoded = decodeBody(target, change.body, options);
  const next = prepareUpdate(target, existing, {
    body: decoded,
    subresource: options.manager.subresource,
  });
  const { schema } = target.type;
  const { manager } = options;
  const recorded = recordUpdate(existing, next, { manager, schema, now: target.state.now });
  return replace(target, existing, { next: recorded, options });
}

/** The existing object with a new content, complete and checked. */
export function prepareUpdate(
  target: Target,
  existing: KubeObject,
  change: { readonly body: JsonObject; readonly subresource: string | undefined },
): KubeObject {
  const { type } = target;
  const { body, subresource } = change;
  checkKind(type, body);
  const given = objectOr(body['metadata']) as Partial<Metadata>;
  checkIdentity(type, existing, given);
  const metadata = {
    ...given,
    name: existing.metadata.name,
    ...pick(existing.metadata, [...serverSet, 'namespace']),
    ...(given.managedFields ? { managedFields: given.managedFields } : {}),
  };
  // The verdict on a certificate request is a part of its status.
  const isOfStatus = subresource === 'status' || subresource === 'approval';
  const content = isOfStatus
    ? { ...existing, status: body['status'] }
    : { ...body, ...(type.hasStatus ? { status: existing.status } : {}) };
  const whole = complete(target, {
    ...content,
    metadata: isOfStatus ? statusMetadata(type, existing.metadata, metadata) : metadata,
  });
  checkContent(type, whole);
  if (subresource === undefined) {
    checkAdmission({ state: target.state, type, object: whole, before: existing });
  }
  const causes = isBuiltinGroup(type.group) ? immutabilityCauses(type.kind, existing, whole) : [];
  if (causes.length > 0) throw invalid(type, existing.metadata.name, causes);
  return withGeneration(type, existing, whole as KubeObject);
}

/** Stores the new version of an object; the last finalizer of a deleted one removes it. */
export function replace(
  { state, type }: Target,
  existing: KubeObject,
  { next, options }: { readonly next: KubeObject; readonly options: WriteOptions },
): KubeObject {
  if (options.manager.subresource === undefined) {
    admit(state, { type, object: next, before: existing, warn: options.warn });
  }
  if (options.dryRun || sameContent(existing, next)) return options.dryRun ? next : existing;
  if (mayGo(next)) {
    state.store.remove(storeKey(type), next);
    return next;
  }
  return state.store.put(storeKey(type), asStored(next));
}

function checkIdentity(type: ResourceType, existing: KubeObject, given: Partial<Metadata>): void {
  const { name, namespace, uid, resourceVersion } = existing.metadata;
  if (given.name !== undefined && given.name !== name) {
    throw badRequest(
      `the name of the object (${given.name}) does not match the name on the URL (${name})`,
    );
  }
  if (given.namespace !== undefined && given.namespace !== namespace) {
    throw badRequest(
      'the namespace of the provided object does not match the namespace sent on the request',
    );
  }
  if (given.uid !== undefined && given.uid !== uid) {
    const why = `Precondition failed: UID in precondition: ${given.uid}, UID in object meta: ${uid}`;
    throw conflict(type, name, why);
  }
  if (given.resourceVersion && given.resourceVersion !== resourceVersion) {
    const why =
      'the object has been modified; please apply your changes to the latest version and try again';
    throw conflict(type, name, why);
  }
}

function withGeneration(type: ResourceType, before: KubeObject, after: KubeObject): KubeObject {
  if (!hasGeneration(type, after)) return after;
  // Deployments count their annotations as well: rollouts are told by them.
  const counted = type.kind === 'Deployment' ? ['annotations'] : [];
  const content = ({ metadata, ...object }: KubeObject): unknown[] => [
    omit(object, ['status']),
    pick(metadata, counted),
  ];
  const present = before.metadata.generation ?? 1;
  const generation = same(content(before), content(after)) ? present : present + 1;
  return { ...after, metadata: { ...after.metadata, generation } };
}

function sameContent(before: KubeObject, after: KubeObject): boolean {
  const { resourceVersion } = before.metadata;
  return same(before, { ...after, metadata: { ...after.metadata, resourceVersion } });
}

function pick<T extends object>(object: T, fields: readonly string[]): Partial<T> {
  const entries = Object.entries(object).filter(([key]) => fields.includes(key));
  return Object.fromEntries(entries) as Partial<T>;
}
