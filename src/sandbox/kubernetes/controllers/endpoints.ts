import { objectOr, listOr, omit, same, stringOr, type JsonObject } from '../json.js';
import { isTrue, ownedBy, timestamp, type KubeObject, type Labels } from '../objects.js';
import { selects } from '../selectors.js';
import type { KubeState } from '../state.js';
import { isFinished, type Pod } from '../workloads.js';
import { resolvedPorts, slicesOf, subsetsOf, type Endpoint } from './endpoint-forms.js';

const managedBy = 'endpoints.kubernetes.io/managed-by';
const headless = 'service.kubernetes.io/headless';
const trigger = 'endpoints.kubernetes.io/last-change-trigger-time';
const slices = 'endpointslices.discovery.k8s.io';

/** Keeps the Endpoints and EndpointSlices of services in step with the pods that they select. */
export function reconcileEndpoints(state: KubeState): void {
  const services = state.store.list('services');
  const pods = podsByNamespace(state);
  for (const service of services) {
    const { selector, type, publishNotReadyAddresses } = objectOr(service.spec);
    if (isApiService(service)) publish(state, service, controlPlanes(state));
    if (!selector || type === 'ExternalName') continue;
    const labels = { matchLabels: selector as Labels };
    const found = (pods.get(service.metadata.namespace ?? '') ?? [])
      .filter((pod) => selects(labels, pod.metadata.labels))
      .map((pod) => endpointOf(service, pod, publishNotReadyAddresses === true));
    publish(state, service, found);
  }
  removeStale(state);
}

function podsByNamespace(state: KubeState): Map<string, Pod[]> {
  const groups = new Map<string, Pod[]>();
  for (const pod of state.store.list('pods')) {
    if (pod.status?.podIP === undefined || isFinished(pod)) continue;
    const namespace = pod.metadata.namespace ?? '';
    const group = groups.get(namespace);
    if (group) group.push(pod);
    else groups.set(namespace, [pod]);
  }
  return groups;
}

function isApiService({ metadata }: KubeObject): boolean {
  return metadata.name === 'kubernetes' && metadata.namespace === 'default';
}

/** The API servers publish themselves: one runs on each control plane. */
function controlPlanes(state: KubeState): Endpoint[] {
  return state.store.list('nodes').flatMap(({ metadata, status }) => {
    const isOne = metadata.labels?.['node-role.kubernetes.io/control-plane'] !== undefined;
    const address = status.addresses.find(({ type }) => type === 'InternalIP')?.address;
    if (!isOne || address === undefined || state.kubelets.get(metadata.name)?.alive !== true)
      return [];
    const ports = [{ name: 'https', port: 6443, protocol: 'TCP' }];
    return [{ address, ports, ready: true, serving: true, terminating: false }];
  });
}

function endpointOf(service: KubeObject, pod: Pod, always: boolean): Endpoint {
  const { name, namespace, uid, deletionTimestamp } = pod.metadata;
  const { nodeName, hostname, subdomain } = pod.spec;
  const terminating = deletionTimestamp !== undefined;
  const serving = isTrue(pod.status?.conditions, 'Ready');
  return {
    address: pod.status?.podIP ?? '',
    nodeName,
    targetRef: { kind: 'Pod', name, namespace, uid },
    ...(hostname !== undefined && subdomain === service.metadata.name ? { hostname } : {}),
    ports: resolvedPorts(service, pod),
    ready: (serving && !terminating) || always,
    serving: serving || always,
    terminating,
  };
}

/** What was published of a service as it is now: most changes of pods are nothing to most services. */
const published = new WeakMap<KubeObject, string>();

function publish(state: KubeState, service: KubeObject, found: readonly Endpoint[]): void {
  const { name, namespace } = service.metadata;
  const text = JSON.stringify(found);
  if (published.get(service) === text && state.store.get('endpoints', name, namespace)) return;
  published.set(service, text);
  const sorted = [...found].sort((a, b) => (a.address < b.address ? -1 : 1));
  publishEndpoints(
    state,
    service,
    sorted.filter(({ terminating }) => !terminating),
  );
  publishSlices(state, service, sorted);
}

function labelsOf(service: KubeObject, own: Labels): Labels {
  const isHeadless = objectOr(service.spec)['clusterIP'] === 'None';
  return { ...service.metadata.labels, ...own, ...(isHeadless ? { [headless]: '' } : {}) };
}

function publishEndpoints(state: KubeState, service: KubeObject, found: readonly Endpoint[]): void {
  const { name, namespace = '' } = service.metadata;
  const own: Labels = isApiService(service)
    ? { 'endpointslice.kubernetes.io/skip-mirror': 'true' }
    : labelsOf(service, { [managedBy]: 'endpoint-controller' });
  const subsets = subsetsOf(found);
  const before = state.store.get('endpoints', name, namespace);
  if (before && same(listOr(before['subsets']), subsets) && same(before.metadata.labels, own))
    return;
  const annotations = isApiService(service)
    ? {}
    : { annotations: { [trigger]: timestamp(state.now) } };
  const content = subsets.length > 0 ? { subsets } : {};
  const draft = { apiVersion: 'v1', kind: 'Endpoints', ...content };
  const metadata = { name, namespace, labels: own, ...annotations };
  if (before) {
    state.store.put('endpoints', { ...draft, metadata: { ...before.metadata, ...metadata } });
  } else state.create<KubeObject>('endpoints', { ...draft, metadata });
}

function publishSlices(state: KubeState, service: KubeObject, found: readonly Endpoint[]): void {
  const { name, namespace = '', uid } = service.metadata;
  const label = 'kubernetes.io/service-name';
  const present = state.store
    .list(slices, namespace)
    .filter(({ metadata }) => metadata.labels?.[label] === name && isOwn(metadata.labels));
  const wanted = slicesOf(found);
  const manager = isApiService(service)
    ? {}
    : { 'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io' };
  const labels = labelsOf(service, { ...manager, [label]: name });
  for (const [index, content] of wanted.entries()) {
    const before = present[index];
    if (before && same(contentOf(before), content) && same(before.metadata.labels, labels))
      continue;
    const annotations = isApiService(service)
      ? {}
      : { annotations: { [trigger]: timestamp(state.now) } };
    const kind = { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', ...content };
    const metadata = { labels, ...annotations };
    if (before && before.metadata.ownerReferences?.[0]?.uid !== uid && !isApiService(service))
      continue;
    if (before) {
      const generation = (before.metadata.generation ?? 1) + 1;
      state.store.put(slices, {
        ...kind,
        metadata: { ...before.metadata, ...metadata, generation },
      });
    } else {
      const own = isApiService(service)
        ? { name }
        : {
            name: `${name}-${state.nameSuffix()}`,
            generateName: `${name}-`,
            ownerReferences: [ownedBy(service)],
          };
      const first = { namespace, generation: 1, ...own };
      state.create<KubeObject>(slices, { ...kind, metadata: { ...first, ...metadata } });
    }
  }
  for (const surplus of present.slice(wanted.length)) state.store.remove(slices, surplus);
}

function contentOf(slice: KubeObject): JsonObject {
  return omit(slice as unknown as JsonObject, ['apiVersion', 'kind', 'metadata']);
}

function isOwn(labels: Labels): boolean {
  const manager = labels['endpointslice.kubernetes.io/managed-by'];
  return manager === undefined || manager === 'endpointslice-controller.k8s.io';
}

/** Endpoints have no owner: their controller takes them away with their service. */
function removeStale(state: KubeState): void {
  for (const endpoints of state.store.list('endpoints')) {
    const { name, namespace, labels } = endpoints.metadata;
    if (stringOr(labels?.[managedBy]) === '' || state.store.get('services', name, namespace))
      continue;
    state.store.remove('endpoints', endpoints);
  }
}
