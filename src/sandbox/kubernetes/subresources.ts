import { issueToken } from './access/tokens.js';
import { ApiError, badRequest, notAllowed, notFound } from './api-error.js';
import { evict } from './eviction.js';
import { listOr, objectOr, stringOr, type JsonObject } from './json.js';
import { servingProblem } from './kubelets/serving.js';
import { bodyOf, patch, success } from './mutations.js';
import { patched } from './patches.js';
import { getObject, served } from './reads.js';
import type { ApiAnswer, ApiRequest, ResourcePath } from './request.js';
import { scraperLog } from './metrics/scrape.js';
import type { ContainerRecord } from './programs/program.js';
import { storeKey } from './resources.js';
import { anything } from './schemas/schema.js';
import { timestamp, type KubeObject } from './objects.js';
import type { KubeState } from './state.js';
import type { Pod, Workload } from './workloads.js';
import { writeOptions } from './write-options.js';
import { updateObject } from './updates.js';

/** Answers requests for `/status`, `/scale`, `/eviction`, `/log` and the like. */
export function subresourceAnswer(
  state: KubeState,
  request: ApiRequest,
  target: ResourcePath,
): ApiAnswer {
  const { type, namespace, name = '', subresource } = target;
  const object = state.store.get(storeKey(type), name, namespace);
  if (!object) throw notFound(type, name);
  switch (subresource) {
    case 'eviction':
      if (request.method !== 'POST') throw notAllowed();
      evict(state, object as Pod, request.body);
      return { status: 201, body: success() };
    case 'token':
      return tokenRequest(state, request, object);
    case 'log':
      return log(state, request, object as Pod);
    case 'scale':
      return scale(state, request, { target, object });
    case 'attach':
    case 'exec':
    case 'portforward':
    case 'proxy':
      checkKubelet(state, object, (why) => `error dialing backend: ${why}`);
      throw new ApiError(501, '', `the sandbox runs no containers: ${nothingTo[subresource]}`);
    case 'binding':
      throw badRequest('the sandbox leaves scheduling to its own scheduler and takes no bindings');
    default:
      return part(state, request, { target, object });
  }
}

/** Who speaks to a pod speaks to its kubelet, in the words of the API server when that fails. */
function checkKubelet(state: KubeState, object: KubeObject, words: (why: string) => string): void {
  const node = stringOr(objectOr(object.spec)['nodeName']);
  const problem = servingProblem(state, node);
  if (problem !== undefined) throw new ApiError(500, '', words(problem));
}

const nothingTo = {
  attach: 'there is nothing to attach to',
  exec: 'there is nothing to run a command in',
  portforward: 'there is nobody to forward to',
  proxy: 'there is nobody to speak to',
};

interface Found {
  readonly target: ResourcePath;
  readonly object: KubeObject;
}

function part(state: KubeState, request: ApiRequest, { target, object }: Found): ApiAnswer {
  const { type, namespace, subresource } = target;
  if (request.method === 'GET') return getObject(state, request, target);
  if (request.method === 'PATCH') return patch(state, request, target);
  if (request.method !== 'PUT') throw notAllowed();
  const warnings: string[] = [];
  const options = writeOptions(request, warnings, subresource);
  const change = { body: bodyOf(request), options };
  const next = updateObject({ state, type, namespace }, object, change);
  return { status: 200, body: served(next, type), warnings };
}

function scale(state: KubeState, request: ApiRequest, { target, object }: Found): ApiAnswer {
  const { type, namespace } = target;
  const workload = object as Workload;
  if (request.method === 'GET') return { status: 200, body: scaleOf(workload) };
  if (request.method !== 'PUT' && request.method !== 'PATCH') throw notAllowed();
  const { contentType } = request;
  const wanted =
    request.method === 'PUT'
      ? request.body
      : patched(scaleOf(workload), request.body, { contentType, schema: anything, builtin: true });
  const { replicas } = objectOr(objectOr(wanted)['spec']);
  if (typeof replicas !== 'number' || replicas < 0)
    throw badRequest('spec.replicas: Invalid value');
  const body = { ...workload, spec: { ...workload.spec, replicas } } as JsonObject;
  const options = writeOptions(request, []);
  const next = updateObject({ state, type, namespace }, object, { body, options });
  return { status: 200, body: scaleOf(next as Workload) };
}

/** What `kubectl create token` asks for. */
function tokenRequest(state: KubeState, request: ApiRequest, account: KubeObject): ApiAnswer {
  if (request.method !== 'POST') throw notAllowed();
  const { spec, ...body } = bodyOf(request);
  const { audiences, expirationSeconds = 3_600 } = objectOr(spec);
  const seconds = Number(expirationSeconds);
  if (seconds < 600) {
    throw badRequest(
      'spec.expirationSeconds: Invalid value: may not specify a duration less than 10 minutes',
    );
  }
  const token = issueToken(state, account, { audiences: listOr(audiences).map(String), seconds });
  const status = { token, expirationTimestamp: timestamp(state.now + seconds * 1_000) };
  return { status: 201, body: { ...body, metadata: account.metadata, spec, status } };
}

function scaleOf({ metadata, spec, status }: Workload): JsonObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = metadata;
  const selector = Object.entries(spec.selector.matchLabels ?? {});
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: spec.replicas },
    status: {
      replicas: status?.replicas ?? 0,
      selector: selector.map(([key, value]) => `${key}=${value}`).join(','),
    },
  };
}

/**
 * Programs of the simulation say why they crashed; all others say nothing, and the answer says so.
 * What has not started has no log.
 */
function log(state: KubeState, { query }: ApiRequest, pod: Pod): ApiAnswer {
  const { name } = pod.metadata;
  const container = query.get('container') ?? pod.spec.containers[0]?.name ?? '';
  const all = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])];
  if (!all.some((item) => item.name === container)) {
    throw badRequest(`container ${container} is not valid for pod ${name}`);
  }
  checkKubelet(state, pod, (why) => {
    const { namespace = '' } = pod.metadata;
    const path = `${namespace}/${name}/${container}${kubeletQuery(query)}`;
    return `Get "https://${pod.status?.hostIP ?? ''}:10250/containerLogs/${path}": ${why}`;
  });
  const status = pod.status?.containerStatuses?.find((item) => item.name === container);
  const record = logged(state, pod);
  if (record?.container === container && record.log.length > 0) {
    return logOf(record, query, `container "${container}" in pod "${name}"`);
  }
  const waiting =
    status?.state.waiting?.reason ?? (pod.status?.phase === 'Pending' ? 'Pending' : undefined);
  if (waiting !== undefined) {
    throw new ApiError(
      400,
      'BadRequest',
      `container "${container}" in pod "${name}" is waiting to start: ${waiting}`,
    );
  }
  return { status: 200, body: '', warnings: ['the sandbox runs no containers: logs are empty'] };
}

/** What the API server hands on to the kubelet, in the order in which Go writes it. */
function kubeletQuery(query: URLSearchParams): string {
  const handed = [...query]
    .filter(([key]) => key !== 'container')
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return handed.length === 0 ? '' : `?${new URLSearchParams(handed).toString()}`;
}

/** What is known of the program of a pod; a metrics server writes of its last look. */
function logged(state: KubeState, pod: Pod): ContainerRecord | undefined {
  const record = state.containers.get(pod.metadata.uid);
  if (record?.program !== 'metrics-server') return record;
  return { ...record, log: scraperLog(state, record.args) };
}

function logOf(record: ContainerRecord, query: URLSearchParams, who: string): ApiAnswer {
  // A container that waits for its next start shows the log of the one that ended.
  const before = record.crashed ? record.log : record.previousLog;
  const lines = query.get('previous') === 'true' ? before : record.log;
  if (!lines) throw badRequest(`previous terminated ${who} not found`);
  const tail = Number(query.get('tailLines') ?? Number.NaN);
  const shown = tail >= 0 ? lines.slice(lines.length - Math.min(tail, lines.length)) : lines;
  return { status: 200, body: shown.map((line) => `${line}\n`).join('') };
}
