import { objectOr, same, stringOr } from '../json.js';
import type { KubeObject } from '../objects.js';
import { parseLabelSelector } from '../selectors.js';
import type { KubeState } from '../state.js';
import { isReady, type KubeNode } from '../workloads.js';

const ownClass = 'io.cilium/node';
const excluded = 'node.kubernetes.io/exclude-from-external-load-balancers';

/**
 * Publishes the nodes' own addresses for Services of Cilium's node IPAM: of its class, and without
 * one when it is the default (cilium/cilium, operator/pkg/nodeipam/nodesvclb.go).
 */
export function publishNodeAddresses(state: KubeState): void {
  const settings = objectOr(
    state.store.get('configmaps', 'cilium-config', 'kube-system')?.['data'],
  );
  if (settings['enable-node-ipam'] !== 'true') return;
  const operator = state.store.get('deployments.apps', 'cilium-operator', 'kube-system');
  if ((operator?.status?.availableReplicas ?? 0) < 1) return;
  const isDefault = settings['default-lb-service-ipam'] === 'nodeipam';
  for (const service of state.store.list('services')) {
    const { type, loadBalancerClass } = objectOr(service.spec);
    const isOwn = loadBalancerClass === ownClass || (loadBalancerClass === undefined && isDefault);
    if (type === 'LoadBalancer' && isOwn) publish(state, service);
  }
}

function publish(state: KubeState, service: KubeObject): void {
  const selector = service.metadata.annotations?.['nodeipam.cilium.io/match-node-labels'] ?? '';
  const matches = parseLabelSelector(selector);
  const local = localNodes(state, service);
  const nodes = state.store
    .list('nodes')
    .filter((node) => isTaker(node) && matches(node) && (local?.has(node.metadata.name) ?? true));
  const outer = addressesOf(nodes, 'ExternalIP');
  const found = outer.length > 0 ? outer : addressesOf(nodes, 'InternalIP');
  const ingress = found.sort().map((ip) => ({ ip, ipMode: 'VIP' }));
  const status = objectOr(service.status);
  const loadBalancer = ingress.length > 0 ? { ingress } : {};
  if (same(objectOr(status['loadBalancer']), loadBalancer)) return;
  state.store.put('services', { ...service, status: { ...status, loadBalancer } });
}

/** Whether a node takes traffic; that it is Ready is not asked. */
function isTaker({ metadata, spec }: KubeNode): boolean {
  return (
    metadata.deletionTimestamp === undefined &&
    !(excluded in (metadata.labels ?? {})) &&
    spec.taints?.some(({ key }) => key === 'ToBeDeletedByClusterAutoscaler') !== true
  );
}

/** With the local policy only nodes that have a pod of the Service. */
function localNodes(state: KubeState, service: KubeObject): ReadonlySet<string> | undefined {
  const { externalTrafficPolicy, selector } = objectOr(service.spec);
  if (externalTrafficPolicy !== 'Local') return undefined;
  const wanted = Object.entries(objectOr(selector));
  const pods = state.store
    .list('pods', service.metadata.namespace)
    .filter(
      (pod) => isReady(pod) && wanted.every(([key, value]) => pod.metadata.labels?.[key] === value),
    );
  return new Set(pods.map(({ spec }) => stringOr(spec.nodeName)));
}

function addressesOf(nodes: readonly KubeNode[], type: string): string[] {
  return nodes.flatMap(({ status }) =>
    status.addresses.filter((item) => item.type === type).map(({ address }) => address),
  );
}
