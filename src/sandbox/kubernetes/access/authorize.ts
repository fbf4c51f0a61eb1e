import { ApiError } from '../api-error.js';
import type { ApiRequest, ResourcePath } from '../request.js';
import type { KubeState } from '../state.js';
import { permission, type Attempt } from './rules.js';

const verbs: Readonly<Record<string, string>> = {
  GET: 'get',
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

/** Refuses what the roles of the one who asks do not allow. */
export function authorize(state: KubeState, request: ApiRequest, target: ResourcePath): void {
  const { type, namespace, subresource } = target;
  const attempt: Attempt = {
    verb: verbOf(request, target),
    group: type.group,
    resource: subresource === undefined ? type.plural : `${type.plural}/${subresource}`,
    name: target.name,
    // A namespace is asked for in itself.
    namespace: namespace ?? (type.plural === 'namespaces' ? target.name : undefined),
  };
  if (permission(state, request.identity, attempt) !== undefined) return;
  const { verb, group, resource } = attempt;
  const scope =
    attempt.namespace === undefined
      ? 'at the cluster scope'
      : `in the namespace "${attempt.namespace}"`;
  const name = target.name === undefined ? '' : ` "${target.name}"`;
  throw new ApiError(
    403,
    'Forbidden',
    `${group === '' ? type.plural : `${type.plural}.${group}`}${name} is forbidden: User ` +
      `"${request.identity.user}" cannot ${verb} resource "${resource}" in API group "${group}" ${scope}`,
    { kind: type.plural, group, name: target.name },
  );
}

/** The same for paths that are no resources, such as `/version`. */
export function authorizePath(state: KubeState, { identity, method, path }: ApiRequest): void {
  const verb = (verbs[method] ?? method).toLowerCase();
  if (permission(state, identity, { verb, group: '', resource: '', path }) !== undefined) return;
  const message = `forbidden: User "${identity.user}" cannot ${verb} path "${path}"`;
  throw new ApiError(403, 'Forbidden', message, {});
}

function verbOf({ method, query }: ApiRequest, { name }: ResourcePath): string {
  if (method === 'GET' && name === undefined) {
    return ['true', '1'].includes(query.get('watch') ?? '') ? 'watch' : 'list';
  }
  if (method === 'DELETE' && name === undefined) return 'deletecollection';
  return verbs[method] ?? method.toLowerCase();
}
