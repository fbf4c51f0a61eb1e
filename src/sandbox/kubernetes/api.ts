import { ApiError, notAllowed, qualified } from './api-error.js';
import { discovery } from './discovery.js';
import type { JsonObject } from './json.js';
import { renewLeases } from './leases.js';
import { create, patch, remove, update } from './mutations.js';
import { getObject, listObjects } from './reads.js';
import { parsePath, type ApiAnswer, type ApiRequest, type ResourcePath } from './request.js';
import { reviewAnswer } from './reviews.js';
import type { KubeState } from './state.js';
import { subresourceAnswer } from './subresources.js';

/** Answers any request but a watch; refusals are thrown as `ApiError`. */
export function answer(state: KubeState, request: ApiRequest): ApiAnswer {
  const { path, method } = request;
  const general = method === 'GET' ? generalAnswer(state, request) : undefined;
  if (general) return general;
  const target = parsePath(state, path);
  refuseStrangers(request, target);
  if (target.type.kind === 'Lease') renewLeases(state);
  if (target.subresource !== undefined) return subresourceAnswer(state, request, target);
  if (target.type.review) return reviewAnswer(request, target.type);
  switch (method) {
    case 'GET':
      return target.name === undefined
        ? listObjects(state, request, target)
        : getObject(state, request, target);
    case 'POST':
      return create(state, request, target);
    case 'PUT':
      return update(state, request, target);
    case 'PATCH':
      return patch(state, request, target);
    case 'DELETE':
      return remove(state, request, target);
    default:
      throw notAllowed();
  }
}

/** Only administrators have rights here; everybody else is known, but allowed nothing. */
export function refuseStrangers({ identity, method }: ApiRequest, target: ResourcePath): void {
  if (identity.groups.includes('system:masters')) return;
  const { type, namespace } = target;
  const verbs: Record<string, string> = {
    GET: 'get',
    POST: 'create',
    PUT: 'update',
    PATCH: 'patch',
  };
  const verb = method === 'GET' && target.name === undefined ? 'list' : (verbs[method] ?? 'delete');
  const scope =
    namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  const name = target.name === undefined ? '' : ` "${target.name}"`;
  throw new ApiError(
    403,
    'Forbidden',
    `${qualified(type)}${name} is forbidden: User "${identity.user}" cannot ${verb} resource ` +
      `"${type.plural}" in API group "${type.group}" ${scope}`,
    { kind: type.plural, group: type.group, name: target.name },
  );
}

function generalAnswer(state: KubeState, request: ApiRequest): ApiAnswer | undefined {
  switch (request.path) {
    case '/readyz':
    case '/livez':
    case '/healthz':
      return { status: 200, body: 'ok' };
    case '/version':
    case '/version/':
      return { status: 200, body: versionInfo(state) };
    case '/openapi/v2':
      // An empty description is a valid protobuf message; clients then leave all checks to the server.
      return {
        status: 200,
        body: '',
        contentType: 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf',
      };
    default:
      return discovery(state.catalogue.all(), request);
  }
}

function versionInfo({ options, instance }: KubeState): JsonObject {
  const version = options.kubernetesVersion.replace(/^v/, '');
  const [major, minor] = version.split('.');
  return {
    major,
    minor,
    gitVersion: `v${version}`,
    gitCommit: instance,
    gitTreeState: 'clean',
    buildDate: '2025-09-09T19:27:34Z',
    goVersion: 'go1.24.6',
    compiler: 'gc',
    platform: 'linux/amd64',
  };
}
