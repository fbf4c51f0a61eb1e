import { listOr, objectOr, valueAt } from '../json.js';
import type { KubeObject } from '../objects.js';
import { canonical, parseQuantity, type Quantity } from '../quantity.js';
import type { KubeState } from '../state.js';
import { isFinished } from '../workloads.js';

/** Counts what each quota's namespace uses of what the quota limits. */
export function reconcileQuotas(state: KubeState): void {
  for (const quota of state.store.list('resourcequotas')) {
    const { hard } = objectOr(quota.spec);
    const names = Object.keys(objectOr(hard));
    const { namespace = '' } = quota.metadata;
    const used = Object.fromEntries(names.map((name) => [name, usedOf(state, namespace, name)]));
    state.store.put('resourcequotas', { ...quota, status: { hard, used } });
  }
}

/** `pods`, `count/deployments.apps`, `services.nodeports`, `requests.cpu`, `cpu`, `limits.memory` */
function usedOf({ store }: KubeState, namespace: string, name: string): string {
  const counted = /^count\/(.+)$/.exec(name)?.[1];
  if (counted !== undefined) return String(store.list(counted, namespace).length);
  const published = /^services\.(.+)$/.exec(name)?.[1];
  if (published !== undefined) {
    return String(store.list('services', namespace).filter(isPublished[published] ?? none).length);
  }
  const pods = store.list('pods', namespace).filter((pod) => !isFinished(pod));
  if (name === 'pods') return String(pods.length);
  if (name === 'requests.storage') {
    return total(store.list('persistentvolumeclaims', namespace).map(requestOf));
  }
  if (objectCounts.has(name)) return String(store.list(name, namespace).length);
  const [list, resource] = name.startsWith('limits.')
    ? ['limits', name.slice('limits.'.length)]
    : ['requests', name.replace(/^requests\./, '')];
  const containers = pods.flatMap(({ spec }) => spec.containers) as readonly object[];
  return total(containers.map((container) => valueAt(container, ['resources', list, resource])));
}

const objectCounts = new Set([
  'configmaps',
  'persistentvolumeclaims',
  'replicationcontrollers',
  'resourcequotas',
  'secrets',
  'services',
]);

const none = (): boolean => false;

const isPublished: Readonly<Record<string, (service: KubeObject) => boolean>> = {
  loadbalancers: (service) => valueAt(service.spec, ['type']) === 'LoadBalancer',
  nodeports: (service) =>
    listOr(valueAt(service.spec, ['ports'])).some((port) => 'nodePort' in objectOr(port)),
};

function requestOf(claim: KubeObject): unknown {
  return valueAt(claim.spec, ['resources', 'requests', 'storage']);
}

function total(values: readonly unknown[]): string {
  const zero: Quantity = { nanos: 0n, format: 'decimal' };
  const sum = values
    .flatMap((value) => parseQuantity(value) ?? [])
    .reduce((all, { nanos, format }) => ({ nanos: all.nanos + nanos, format }), zero);
  return canonical(sum);
}
