import { addressAt, ipv4Range } from './ip-ranges.js';
import { listOr, objectOr, omit, stringOr, type JsonObject } from './json.js';
import type { KubeState } from './state.js';

/** The API server's default range of node ports. */
export const nodePorts = { first: 30_000, last: 32_767 };
/** Ports below this are left for those who ask for one (Kubernetes docs, "Choosing your own port"). */
const firstDealt = 30_086;

/** Whether services of a type are reached at a port of every node. */
export function hasNodePorts(type: unknown): boolean {
  return type === 'NodePort' || type === 'LoadBalancer';
}

/** A Service with what the API server fills in, deals out, and takes away when its type changes. */
export function withServiceDefaults(object: JsonObject, state: KubeState): JsonObject {
  const { name, namespace } = objectOr(object['metadata']);
  const present = state.store.get('services', stringOr(name), stringOr(namespace));
  const before = objectOr(present?.spec);
  const given = { type: 'ClusterIP', sessionAffinity: 'None', ...objectOr(object['spec']) };
  const ports = new Ports(state, stringOr(name), stringOr(namespace));
  const spec = withoutLost(given, before);
  const filled = {
    ...spec,
    ...address(spec, { before, state }),
    ...traffic(spec, { before, ports }),
    ...portList(spec, { before, ports }),
  };
  return { ...object, spec: filled, status: object['status'] ?? { loadBalancer: {} } };
}

type Spec = JsonObject & { readonly type: unknown };

/** Fields that only another type has, and that nobody asked to keep. */
function withoutLost(spec: Spec, before: JsonObject): Spec {
  const { type } = spec;
  if (before['type'] === undefined || before['type'] === type) return spec;
  const lost = [
    ...(type === 'LoadBalancer' ? [] : ['allocateLoadBalancerNodePorts', 'healthCheckNodePort']),
    ...(hasNodePorts(type) ? [] : ['externalTrafficPolicy']),
    ...(type === 'ExternalName'
      ? ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy', 'internalTrafficPolicy']
      : ['externalName']),
  ];
  return omit(spec, lost);
}

function address(
  spec: Spec,
  { before, state }: { readonly before: JsonObject; readonly state: KubeState },
): JsonObject {
  if (spec.type === 'ExternalName') return {};
  const clusterIP =
    stringOr(spec['clusterIP']) || stringOr(before['clusterIP']) || freeAddress(state);
  return {
    internalTrafficPolicy: 'Cluster',
    ipFamilies: ['IPv4'],
    ipFamilyPolicy: 'SingleStack',
    ...spec,
    clusterIP,
    clusterIPs: [clusterIP],
  };
}

interface Surroundings {
  readonly before: JsonObject;
  readonly ports: Ports;
}

function traffic(spec: Spec, { before, ports }: Surroundings): JsonObject {
  const isBalanced = spec.type === 'LoadBalancer';
  const isLocal = isBalanced && spec['externalTrafficPolicy'] === 'Local';
  const sticky = { clientIP: { timeoutSeconds: 10_800 } };
  return {
    ...(hasNodePorts(spec.type) ? { externalTrafficPolicy: 'Cluster' } : {}),
    ...(isBalanced ? { allocateLoadBalancerNodePorts: true } : {}),
    ...(spec['sessionAffinity'] === 'ClientIP' ? { sessionAffinityConfig: sticky } : {}),
    ...pick(spec, [
      'externalTrafficPolicy',
      'allocateLoadBalancerNodePorts',
      'sessionAffinityConfig',
    ]),
    ...(isLocal
      ? {
          healthCheckNodePort:
            spec['healthCheckNodePort'] ?? before['healthCheckNodePort'] ?? ports.next(),
        }
      : {}),
  };
}

function portList(spec: Spec, { before, ports }: Surroundings): JsonObject {
  const deals = hasNodePorts(spec.type) && spec['allocateLoadBalancerNodePorts'] !== false;
  const old = listOr(before['ports']).map(objectOr);
  // One port for both protocols has one node port.
  const dealt = new Map<unknown, unknown>();
  const list = listOr(spec['ports']).map((item) => {
    const given = { protocol: 'TCP', targetPort: objectOr(item)['port'], ...objectOr(item) };
    const { port, protocol, nodePort } = given as JsonObject;
    const twin = old.find((other) => other['port'] === port && other['protocol'] === protocol);
    if (!deals) {
      const isLost =
        nodePort === 0 || (hasNodePorts(before['type']) && nodePort === twin?.['nodePort']);
      return isLost ? omit(given as JsonObject, ['nodePort']) : given;
    }
    const own = nodePort || twin?.['nodePort'] || dealt.get(port) || ports.next();
    dealt.set(port, own);
    return { ...given, nodePort: own };
  });
  return list.length > 0 ? { ports: list } : {};
}

/** Deals out node ports that no service has. */
class Ports {
  readonly #state: KubeState;
  readonly #taken = new Set<number>();

  constructor(state: KubeState, name: string, namespace: string) {
    this.#state = state;
    const own = state.store.get('services', name, namespace)?.metadata.uid;
    for (const port of takenPorts(state, own)) this.#taken.add(port);
  }

  next(): number {
    const { random } = this.#state.options;
    let port = random.integer(firstDealt, nodePorts.last);
    while (this.#taken.has(port)) port = port === nodePorts.last ? nodePorts.first : port + 1;
    this.#taken.add(port);
    return port;
  }
}

/** The node ports of all services but one. */
export function takenPorts(state: KubeState, except: string | undefined): number[] {
  return state.store.list('services').flatMap(({ metadata, spec }) => {
    if (metadata.uid === except) return [];
    const { ports, healthCheckNodePort } = objectOr(spec);
    const own = listOr(ports).map((port) => objectOr(port)['nodePort']);
    return [...own, healthCheckNodePort].filter((port) => typeof port === 'number');
  });
}

function freeAddress(state: KubeState): string {
  const range = ipv4Range(state.options.serviceCidr);
  const taken = new Set(
    state.store.list('services').map((item) => stringOr(objectOr(item.spec)['clusterIP'])),
  );
  // The first sixteen are kept for fixed addresses: the API's own, and that of the cluster's DNS.
  let offset = 17;
  while (taken.has(addressAt(range, offset))) offset++;
  return addressAt(range, offset);
}

function pick(object: JsonObject, fields: readonly string[]): JsonObject {
  return Object.fromEntries(
    fields.flatMap((field) => (object[field] === undefined ? [] : [[field, object[field]]])),
  );
}
