import { ApiError, notAllowed } from '../api-error.js';
import type { JsonObject } from '../json.js';
import { timestamp, type KubeObject } from '../objects.js';
import type { ApiAnswer, ApiRequest, ResourcePath } from '../request.js';
import type { ResourceType } from '../resources.js';
import { anything } from '../schemas/schema.js';
import { parseLabelSelector } from '../selectors.js';
import { contentHash, type KubeState } from '../state.js';
import type { KubeNode, Pod } from '../workloads.js';
import { scrapedNodes } from './scrape.js';

export const metricsGroup = 'metrics.k8s.io';

const common = {
  ...{ group: metricsGroup, version: 'v1beta1', singular: '', shortNames: [], categories: [] },
  ...{ hasStatus: false, subresources: [], review: false, readOnly: true, schema: anything },
} as const;

/** What a metrics server serves through the API server. */
export const metricsTypes: readonly ResourceType[] = [
  { ...common, plural: 'nodes', kind: 'NodeMetrics', namespaced: false },
  { ...common, plural: 'pods', kind: 'PodMetrics', namespaced: true },
];

/** How often a metrics server looks (--metric-resolution). */
const resolutionMs = 15_000;

/** Answers as the metrics server does whose workload runs. */
export function metricsAnswer(
  state: KubeState,
  request: ApiRequest,
  { type, namespace, name }: ResourcePath,
): ApiAnswer {
  if (request.method !== 'GET' || request.query.get('watch') === 'true') throw notAllowed();
  const nodes = scrapedNodes(state);
  const found = type.plural === 'nodes' ? nodes : podsOn(state, nodes, namespace);
  const measured = (object: KubeNode | Pod): JsonObject =>
    type.plural === 'nodes'
      ? nodeMetrics(state, object as KubeNode)
      : podMetrics(state, object as Pod);
  const apiVersion = `${metricsGroup}/v1beta1`;
  if (name !== undefined) {
    const object = found.find(({ metadata }) => metadata.name === name);
    if (!object) throw unmeasured(type, namespace === undefined ? name : `${namespace}/${name}`);
    return { status: 200, body: { kind: type.kind, apiVersion, ...measured(object) } };
  }
  const matches = parseLabelSelector(request.query.get('labelSelector') ?? '');
  const items = found.filter(matches).map(measured);
  return { status: 200, body: { kind: `${type.kind}List`, apiVersion, metadata: {}, items } };
}

function unmeasured({ kind }: ResourceType, name: string): ApiError {
  const resource = kind.toLowerCase();
  const details = { name, group: metricsGroup, kind: resource };
  return new ApiError(404, 'NotFound', `${resource}.${metricsGroup} "${name}" not found`, details);
}

function podsOn(
  state: KubeState,
  nodes: readonly KubeNode[],
  namespace: string | undefined,
): Pod[] {
  const names = new Set(nodes.map(({ metadata }) => metadata.name));
  return state.store
    .list('pods', namespace)
    .filter(({ spec, status }) => status?.phase === 'Running' && names.has(spec.nodeName ?? ''));
}

function measurement({ now }: KubeState, { metadata }: KubeObject): JsonObject {
  const { name, namespace, labels } = metadata;
  const identity = { name, ...(namespace === undefined ? {} : { namespace }) };
  return {
    metadata: { ...identity, creationTimestamp: timestamp(now), ...(labels ? { labels } : {}) },
    timestamp: timestamp(now - (now % resolutionMs)),
    window: '15.053s',
  };
}

function nodeMetrics(state: KubeState, node: KubeNode): JsonObject {
  const { name } = node.metadata;
  const pods = state.store.list('pods').filter(({ spec }) => spec.nodeName === name);
  const share = wobble(state, name);
  const usage = {
    cpu: `${Math.round((60 + 4 * pods.length + 40 * share) * 1e6)}n`,
    memory: `${Math.round((450 + 35 * pods.length + 60 * share) * 1_024)}Ki`,
  };
  return { ...measurement(state, node), usage };
}

function podMetrics(state: KubeState, pod: Pod): JsonObject {
  const containers = pod.spec.containers.map(({ name }) => {
    const share = wobble(state, `${pod.metadata.uid}/${name}`);
    const usage = {
      cpu: `${Math.round((1 + 5 * share) * 1e6)}n`,
      memory: `${Math.round((15 + 40 * share) * 1_024)}Ki`,
    };
    return { name, usage };
  });
  return { ...measurement(state, pod), containers };
}

/** A number from 0 to 1 that changes from look to look, and is made up. */
function wobble({ now }: KubeState, text: string): number {
  const hash = contentHash(`${text} ${Math.floor(now / resolutionMs)}`);
  return (hash.charCodeAt(0) + hash.charCodeAt(1) - 100) / 144;
}
