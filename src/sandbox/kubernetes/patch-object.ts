import { apply } from './apply.js';
import { badRequest, invalid, notFound } from './api-error.js';
import { isObject, stringOr, valueAt, type JsonObject } from './json.js';
import { inVersion } from './event-forms.js';
import { withManagers } from './managed-fields.js';
import type { KubeObject } from './objects.js';
import { patched } from './patches.js';
import { apiVersionOf, isBuiltinGroup, storeKey } from './resources.js';
import { checkDeclared, checkKind } from './validate.js';
import { prepareUpdate, replace, updateObject } from './updates.js';
import { insert, prepareNew, type Target, type WriteOptions } from './writes.js';

export interface PatchRequest {
  readonly name: string;
  readonly body: unknown;
  readonly contentType: string;
  readonly force: boolean;
  readonly options: WriteOptions;
}

export const applyType = 'application/apply-patch+yaml';

/** Answers a PATCH; `created` tells a server-side apply that made the object. */
export function patchObject(
  target: Target,
  request: PatchRequest,
): { object: KubeObject; created: boolean } {
  const { state, type, namespace } = target;
  const stored = state.store.get(storeKey(type), request.name, namespace);
  const existing = stored && inVersion(stored, apiVersionOf(type));
  if (request.contentType === applyType) return applyObject(target, existing, request);
  if (!existing) throw notFound(type, request.name);
  const builtin = isBuiltinGroup(type.group);
  const { contentType, options } = request;
  const body = patched(existing, request.body, { contentType, schema: type.schema, builtin });
  if (!isObject(body)) throw badRequest('the patch does not leave an object');
  return { object: updateObject(target, existing, { body, options }), created: false };
}

function applyObject(
  target: Target,
  existing: KubeObject | undefined,
  request: PatchRequest,
): { object: KubeObject; created: boolean } {
  const { state, type } = target;
  const { options, force } = request;
  const body = applyBody(target, request);
  const context = { manager: options.manager, force, schema: type.schema, now: state.now };
  if (existing) {
    const merged = apply(existing, body, context);
    const next = prepareUpdate(target, existing, {
      body: merged,
      subresource: options.manager.subresource,
    });
    const managed = withManagers(next, merged.metadata.managedFields ?? []);
    return { object: replace(target, existing, { next: managed, options }), created: false };
  }
  const draft = prepareNew(target, body);
  const managed = apply(
    { ...draft, metadata: { ...draft.metadata, managedFields: [] } },
    body,
    context,
  );
  const complete = withManagers(draft, managed.metadata.managedFields ?? []);
  return { object: insert(target, complete, options), created: true };
}

function applyBody({ type }: Target, { body, name, options }: PatchRequest): JsonObject {
  if (!isObject(body)) throw badRequest('error decoding YAML: the body is not an object');
  if (options.manager.name === '') {
    const message = 'Required value: is required for apply patch';
    const cause = { reason: 'FieldValueRequired', field: 'fieldManager', message };
    throw invalid({ ...type, group: 'meta.k8s.io', kind: 'PatchOptions' }, '', [cause]);
  }
  checkKind(type, body);
  const own = valueAt(body, ['metadata', 'name']);
  if (own !== undefined && own !== name) {
    throw badRequest(
      `name in the object (${stringOr(own)}) does not match the name in the URL (${name})`,
    );
  }
  if (valueAt(body, ['metadata', 'managedFields']) !== undefined) {
    throw badRequest('metadata.managedFields must be nil');
  }
  checkDeclared(type, body);
  const metadata = { ...(body['metadata'] as JsonObject | undefined), name };
  return { ...body, metadata };
}
