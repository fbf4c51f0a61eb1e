import { authorize, authorizePath } from './access/authorize.js';
import { reviewAnswer } from './access/reviews.js';
import { notAllowed } from './api-error.js';
import { discovery } from './discovery.js';
import { health } from './health.js';
import type { JsonObject } from './json.js';
import { renewLeases } from './leases.js';
import { create, patch, remove, update } from './mutations.js';
import { metricsAnswer } from './metrics/answers.js';
import { openApi } from './openapi.js';
import { getObject, listObjects } from './reads.js';
import { parsePath, type ApiAnswer, type ApiRequest, type ResourcePath } from './request.js';
import type { KubeState } from './state.js';
import { subresourceAnswer } from './subresources.js';
import { withWarnings } from './warnings.js';

/** Answers any request but a watch; refusals are thrown as `ApiError`. */
export function answer(state: KubeState, request: ApiRequest): ApiAnswer {
  const general = request.method === 'GET' ? generalAnswer(state, request) : undefined;
  if (general) {
    authorizePath(state, request);
    return general;
  }
  if (isOfSilent(state, request.path)) {
    return { status: 503, body: 'service unavailable\n', contentType: 'text/plain; charset=utf-8' };
  }
  const target = parsePath(state, request.path);
  authorize(state, request, target);
  if (target.type.kind === 'Lease') renewLeases(state);
  return withWarnings(resourceAnswer(state, request, target), request, target);
}

/** What another server should answer that cannot be asked (k8s.io/kube-aggregator, handler_proxy.go). */
function isOfSilent({ catalogue }: KubeState, path: string): boolean {
  return catalogue.stale.some(({ group, version }) => {
    const root = `/apis/${group}/${version}`;
    return path === root || path.startsWith(`${root}/`);
  });
}

function resourceAnswer(state: KubeState, request: ApiRequest, target: ResourcePath): ApiAnswer {
  if (state.catalogue.isAggregated(target.type)) return metricsAnswer(state, request, target);
  if (target.subresource !== undefined) return subresourceAnswer(state, request, target);
  if (target.type.review) return reviewAnswer(state, request, target);
  if (target.type.readOnly === true && request.method !== 'GET') throw notAllowed();
  switch (request.method) {
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

function generalAnswer(state: KubeState, request: ApiRequest): ApiAnswer | undefined {
  switch (request.path) {
    case '/version':
    case '/version/':
      // The only answer that is written for people to read.
      return { status: 200, body: JSON.stringify(versionInfo(state), undefined, 2), contentType };
    default:
      return (
        health(request) ??
        openApi(state.catalogue.all(), request, state.options.kubernetesVersion) ??
        discovery(state.catalogue.served(), request, state.catalogue.stale)
      );
  }
}

const contentType = 'application/json';

function versionInfo({ options, instance }: KubeState): JsonObject {
  const version = options.kubernetesVersion.replace(/^v/, '');
  const [major, minor] = version.split('.');
  return {
    major,
    minor,
    emulationMajor: major,
    emulationMinor: minor,
    minCompatibilityMajor: major,
    minCompatibilityMinor: String(Number(minor) - 1),
    gitVersion: `v${version}`,
    gitCommit: instance,
    gitTreeState: 'clean',
    buildDate: '2025-09-09T19:27:34Z',
    goVersion: 'go1.24.6',
    compiler: 'gc',
    platform: 'linux/amd64',
  };
}
