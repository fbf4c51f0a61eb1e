import { badRequest, forbidden, noSuchPath, notAllowed, notFound } from './api-error.js';
import { deleteObject, type DeleteOptions } from './deletes.js';
import { isObject, type JsonObject } from './json.js';
import { patchObject } from './patch-object.js';
import { matching, served } from './reads.js';
import type { ApiAnswer, ApiRequest, ResourcePath } from './request.js';
import { storeKey } from './resources.js';
import type { KubeState } from './state.js';
import { writeOptions } from './write-options.js';
import { updateObject } from './updates.js';
import { createObject } from './writes.js';

/** POST to a collection. */
export function create(state: KubeState, request: ApiRequest, target: ResourcePath): ApiAnswer {
  const { type, namespace, name } = target;
  if (name !== undefined) throw notAllowed();
  if (type.namespaced && namespace === undefined) throw noSuchPath();
  const warnings: string[] = [];
  const options = writeOptions(request, warnings);
  const object = createObject({ state, type, namespace }, bodyOf(request), options);
  return { status: 201, body: served(object, type), warnings };
}

/** PUT of an object. */
export function update(state: KubeState, request: ApiRequest, target: ResourcePath): ApiAnswer {
  const { type, namespace, name } = target;
  if (name === undefined) throw notAllowed();
  const existing = state.store.get(storeKey(type), name, namespace);
  if (!existing) throw notFound(type, name);
  const warnings: string[] = [];
  const options = writeOptions(request, warnings);
  const change = { body: bodyOf(request), options };
  const before = served(existing, type);
  const object = updateObject({ state, type, namespace }, before, change);
  return { status: 200, body: served(object, type), warnings };
}

/** PATCH of an object, or of its status when the path says so. */
export function patch(state: KubeState, request: ApiRequest, target: ResourcePath): ApiAnswer {
  const { type, namespace, name } = target;
  if (name === undefined) throw notAllowed();
  const warnings: string[] = [];
  const options = writeOptions(request, warnings, target.subresource);
  const { body, contentType, query } = request;
  const force = query.get('force') === 'true';
  const result = patchObject(
    { state, type, namespace },
    { name, body, contentType, force, options },
  );
  return { status: result.created ? 201 : 200, body: served(result.object, type), warnings };
}

/** The namespaces that Kubernetes cannot be without. */
const kept = ['default', 'kube-system', 'kube-public'];

/** DELETE of an object, or of all that a list would show. */
export function remove(state: KubeState, request: ApiRequest, target: ResourcePath): ApiAnswer {
  const { type, namespace, name } = target;
  const options = (isObject(request.body) ? request.body : {}) as DeleteOptions;
  const grace = request.query.get('gracePeriodSeconds');
  const propagation = request.query.get('propagationPolicy');
  const wanted = {
    ...options,
    ...(grace === null ? {} : { gracePeriodSeconds: Number(grace) }),
    ...(propagation === null ? {} : { propagationPolicy: propagation }),
  };
  const isDryRun = writeOptions(request, []).dryRun;
  if (name === undefined) {
    const found = matching(state, request, target);
    for (const object of isDryRun ? [] : found) deleteObject(state, { type, object }, wanted);
    return { status: 200, body: success() };
  }
  const object = state.store.get(storeKey(type), name, namespace);
  if (!object) throw notFound(type, name);
  if (type.kind === 'Namespace' && kept.includes(name)) {
    throw forbidden(type, name, 'this namespace may not be deleted');
  }
  const details = { name, group: type.group, kind: type.plural, uid: object.metadata.uid };
  if (isDryRun || deleteObject(state, { type, object }, wanted)) {
    const shown = shownWhenGone.has(type.kind) ? served(object, type) : { ...success(), details };
    return { status: 200, body: shown };
  }
  const marked = state.store.get(storeKey(type), name, namespace) ?? object;
  return { status: 200, body: served(marked, type) };
}

/** Kinds that the real API still shows in the answer to their deletion. */
const shownWhenGone = new Set([
  'PersistentVolume',
  'PersistentVolumeClaim',
  'Pod',
  'PodTemplate',
  'ResourceQuota',
  'Service',
  'ServiceAccount',
]);

/** The answer to a request that leaves nothing to show. */
export function success(): JsonObject {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' };
}

/** The body, which must be an object. */
export function bodyOf({ body }: ApiRequest): JsonObject {
  if (!isObject(body)) throw badRequest('the body of the request is not an object');
  return body;
}
