import { listOr, objectOr, stringOr, type JsonObject } from '../../json.js';
import type { KubeObject } from '../../objects.js';
import { parseLabelSelector } from '../../selectors.js';
import type { KubeState } from '../../state.js';
import { annotation, isTrueText, type CloudSettings } from './settings.js';

/** The load balancer that a Service asks for. */
export interface Wish {
  readonly name: string;
  readonly order: JsonObject;
  readonly type: string | undefined;
  readonly algorithm: string | undefined;
  readonly publicInterface: boolean | undefined;
  readonly subnet: string | undefined;
  readonly privateIp: string | undefined;
  readonly usePrivateIp: boolean;
  /** By the port that it listens on. */
  readonly services: ReadonlyMap<number, JsonObject>;
  /** Ids of servers. */
  readonly targets: readonly number[];
}

export const serviceUid = 'hcloud-ccm/service-uid';

/** Reads a Service as the controller does (internal/hcops/load_balancer.go). */
export function wishOf(state: KubeState, service: KubeObject, settings: CloudSettings): Wish {
  const { env } = settings;
  const own = (name: string, variable: string): string | undefined =>
    annotation(service, name) ?? env[`HCLOUD_LOAD_BALANCERS_${variable}`];
  const uid = service.metadata.uid.replaceAll('-', '');
  const name = annotation(service, 'name') ?? `a${uid}`.slice(0, 32);
  const type = own('type', 'TYPE');
  const algorithm = own('algorithm-type', 'ALGORITHM_TYPE');
  const hidden = own('disable-public-network', 'DISABLE_PUBLIC_NETWORK');
  const publicInterface = hidden === undefined ? undefined : !isTrueText(hidden, false);
  return {
    name,
    ...{ type, algorithm, publicInterface },
    order: {
      name,
      load_balancer_type: type ?? 'lb11',
      labels: { [serviceUid]: service.metadata.uid },
      ...placeOf(own('location', 'LOCATION'), own('network-zone', 'NETWORK_ZONE')),
      ...(algorithm === undefined ? {} : { algorithm: { type: algorithm } }),
      ...(publicInterface === undefined ? {} : { public_interface: publicInterface }),
    },
    subnet: own('private-subnet-ip-range', 'PRIVATE_SUBNET_IP_RANGE'),
    privateIp: annotation(service, 'private-ipv4'),
    usePrivateIp: isTrueText(own('use-private-ip', 'USE_PRIVATE_IP'), false),
    services: servicesOf(service, own),
    targets: targetsOf(state, service),
  };
}

function placeOf(location: string | undefined, zone: string | undefined): JsonObject {
  if (location) return { location };
  if (zone) return { network_zone: zone };
  throw new Error(
    'hcops/LoadBalancerOps.Create: neither load-balancer.hetzner.cloud/location nor load-balancer.hetzner.cloud/network-zone set',
  );
}

type Own = (name: string, variable: string) => string | undefined;

function servicesOf(service: KubeObject, own: Own): ReadonlyMap<number, JsonObject> {
  const { ports } = objectOr(service.spec);
  const proxyprotocol = isTrueText(own('uses-proxyprotocol', 'USES_PROXYPROTOCOL'), false);
  const protocol = annotation(service, 'protocol') ?? 'tcp';
  const wishes = listOr(ports).flatMap((item): [number, JsonObject][] => {
    const { port, nodePort, protocol: transport = 'TCP' } = objectOr(item);
    if (transport !== 'TCP' || typeof port !== 'number') return [];
    const check = { protocol: annotation(service, 'health-check-protocol') ?? 'tcp' };
    const checkPort = Number(annotation(service, 'health-check-port') ?? nodePort);
    const wish = {
      ...{ protocol, listen_port: port, destination_port: nodePort, proxyprotocol },
      health_check: { ...check, port: checkPort },
    };
    return [[port, wish]];
  });
  return new Map(wishes);
}

/** Nodes that serve: known to the cloud, not on their way out, and not excluded (k8s.io/cloud-provider). */
function targetsOf(state: KubeState, service: KubeObject): readonly number[] {
  const matches = parseLabelSelector(annotation(service, 'node-selector') ?? '');
  return state.store.list('nodes').flatMap((node) => {
    const { labels = {}, deletionTimestamp } = node.metadata;
    const id = /^hcloud:\/\/(\d+)$/.exec(node.spec.providerID ?? '')?.[1];
    const isOut =
      deletionTimestamp !== undefined ||
      'node.kubernetes.io/exclude-from-external-load-balancers' in labels ||
      node.spec.taints?.some(({ key }) => key === 'ToBeDeletedByClusterAutoscaler') === true;
    return id === undefined || isOut || !matches(node) ? [] : [Number(id)];
  });
}

/** What the Service publishes of its load balancer (hcloud/load_balancers.go). */
export function ingressOf(
  service: KubeObject,
  balancer: JsonObject,
  { env }: CloudSettings,
): readonly JsonObject[] {
  const hostname = annotation(service, 'hostname');
  if (hostname !== undefined) return [{ hostname }];
  const flag = (name: string, variable: string): boolean =>
    isTrueText(annotation(service, name) ?? env[`HCLOUD_LOAD_BALANCERS_${variable}`], false);
  const ipMode = flag('uses-proxyprotocol', 'USES_PROXYPROTOCOL') ? 'Proxy' : 'VIP';
  const net = objectOr(balancer['public_net']);
  const families = flag('ipv6-disabled', 'DISABLE_IPV6') ? ['ipv4'] : ['ipv4', 'ipv6'];
  const outer = net['enabled'] === true ? families.map((family) => objectOr(net[family])) : [];
  const inner = flag('disable-private-ingress', 'DISABLE_PRIVATE_INGRESS')
    ? []
    : listOr(balancer['private_net']).map(objectOr);
  return [...outer, ...inner].map(({ ip }) => ({ ip: stringOr(ip), ipMode }));
}
