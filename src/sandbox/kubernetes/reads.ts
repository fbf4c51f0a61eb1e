import { notFound } from './api-error.js';
import { inVersion } from './event-forms.js';
import type { JsonObject } from './json.js';
import type { KubeObject } from './objects.js';
import type { ApiAnswer, ApiRequest, ResourcePath } from './request.js';
import { apiVersionOf, storeKey, type ResourceType } from './resources.js';
import { parseFieldSelector, parseLabelSelector, type Predicate } from './selectors.js';
import type { KubeState } from './state.js';
import { tableOf, type TableOptions } from './tables.js';

/** An object as it is served: in the version that was asked for. */
export function served(object: KubeObject, type: ResourceType): KubeObject {
  return inVersion(object, apiVersionOf(type));
}

/** What the query of a list or watch lets through. */
export function filterOf(request: ApiRequest, target: ResourcePath): Predicate {
  const { type, namespace, name } = target;
  const labels = parseLabelSelector(request.query.get('labelSelector') ?? '');
  const fields = parseFieldSelector(request.query.get('fieldSelector') ?? '', type.kind);
  return (object) =>
    (namespace === undefined || object.metadata.namespace === namespace) &&
    (name === undefined || object.metadata.name === name) &&
    labels(object) &&
    fields(object);
}

export function matching(
  state: KubeState,
  request: ApiRequest,
  target: ResourcePath,
): KubeObject[] {
  const filter = filterOf(request, target);
  return state.store.list(storeKey(target.type)).filter(filter).sort(byName);
}

export function getObject(state: KubeState, request: ApiRequest, target: ResourcePath): ApiAnswer {
  const { type, namespace, name = '' } = target;
  const object = state.store.get(storeKey(type), name, namespace);
  if (!object) throw notFound(type, name);
  const shown = served(object, type);
  const body = wantsTable(request) ? tableOf([shown], tableOptions(state, request, type)) : shown;
  return { status: 200, body };
}

export function listObjects(
  state: KubeState,
  request: ApiRequest,
  target: ResourcePath,
): ApiAnswer {
  const { type } = target;
  const found = matching(state, request, target);
  const page = paged(found, request);
  const items = page.items.map((object) => served(object, type));
  const metadata: JsonObject = {
    resourceVersion: String(state.store.revision),
    ...(page.next === undefined
      ? {}
      : { continue: page.next, remainingItemCount: found.length - Number(page.next) }),
  };
  if (wantsTable(request)) {
    const table = tableOf(items, tableOptions(state, request, type));
    return { status: 200, body: { ...table, metadata } };
  }
  const kind = `${type.kind}List`;
  return { status: 200, body: { kind, apiVersion: apiVersionOf(type), metadata, items } };
}

/** Human-readable output of kubectl: columns chosen by the server. */
export function wantsTable({ accept }: ApiRequest): boolean {
  return accept.includes('as=Table');
}

/** How the table that a request wants is made. */
export function tableOptions(
  { now }: KubeState,
  { query }: ApiRequest,
  type: ResourceType,
): TableOptions {
  return { type, now, include: query.get('includeObject') };
}

function paged(
  found: readonly KubeObject[],
  { query }: ApiRequest,
): { items: readonly KubeObject[]; next: string | undefined } {
  const start = Number(query.get('continue') ?? 0) || 0;
  const limit = Number(query.get('limit') ?? 0) || found.length;
  const end = start + limit;
  return { items: found.slice(start, end), next: end < found.length ? String(end) : undefined };
}

function byName(a: KubeObject, b: KubeObject): number {
  const key = ({ metadata }: KubeObject): string => `${metadata.namespace ?? ''}/${metadata.name}`;
  return key(a) < key(b) ? -1 : 1;
}
