import type {
  ImageInfo,
  LoadBalancerTypeInfo,
  LocationInfo,
  Price,
  ServerTypeInfo,
} from '../../cluster/catalogue/catalogue.js';
import type { BalancerService, LoadBalancerState } from '../../cluster/state/load-balancer.js';
import { readServerIdentity } from '../../cluster/state/labels.js';
import type {
  FirewallState,
  NetworkState,
  PlacementGroupState,
  ServerState,
  SshKeyState,
  UnreadableServer,
} from '../../cluster/state/cluster-state.js';
import type { LoadBalancer, LoadBalancerType } from '../../hetzner/load-balancers.js';
import type {
  Firewall,
  Image,
  Location,
  LocationPrice,
  Network,
  PlacementGroup,
  Server,
  ServerType,
  SshKey,
} from '../../hetzner/resources.js';

/**
 * A server as a node of the cluster, with its address in the cluster's network. Undefined when its
 * labels do not say which node it is, or while Hetzner deletes it.
 */
export function toServer(server: Server, networkId: number | undefined): ServerState | undefined {
  const identity = readServerIdentity(server.labels);
  if (!identity || server.status === 'deleting') return undefined;
  return {
    ...identity,
    id: server.id,
    name: server.name,
    type: server.server_type.name,
    location: server.location.name,
    imageId: server.image?.id,
    status: server.status,
    created: server.created,
    publicIpv4: server.public_net.ipv4?.ip,
    privateIp: server.private_net.find(({ network }) => network === networkId)?.ip,
    firewallIds: server.public_net.firewalls.map(({ id }) => id),
    networkIds: server.private_net.map(({ network }) => network),
    deleteProtected: server.protection.delete,
    monthly: monthlyPrice(server.server_type, server.location),
    placementGroup: server.placement_group?.name,
    labels: server.labels,
  };
}

/** It stands in the server also when its type is no longer sold. */
function monthlyPrice(
  type: Pick<Server['server_type'], 'prices'>,
  location: Server['location'],
): ServerState['monthly'] {
  const price = type.prices.find((one) => one.location === location.name);
  return price && toAmount(price.price_monthly);
}

/** A server of the cluster whose labels do not say which node it is; undefined when they do. */
export function toUnreadable(
  { id, name, status, labels, private_net: nets }: Server,
  networkId: number | undefined,
): UnreadableServer | undefined {
  if (readServerIdentity(labels) || status === 'deleting') return undefined;
  return { id, name, labels, privateIp: nets.find(({ network }) => network === networkId)?.ip };
}

export function toNetwork(network: Network): NetworkState {
  return {
    id: network.id,
    name: network.name,
    cidr: network.ip_range,
    subnets: network.subnets.map(({ ip_range, network_zone }) => ({
      cidr: ip_range,
      zone: network_zone,
    })),
    deleteProtected: network.protection.delete,
    labels: network.labels,
  };
}

export function toFirewall(firewall: Firewall): FirewallState {
  return {
    id: firewall.id,
    name: firewall.name,
    rules: firewall.rules.map((rule) => ({
      direction: rule.direction,
      protocol: rule.protocol,
      source_ips: rule.source_ips,
      destination_ips: rule.destination_ips,
      port: rule.port ?? undefined,
      description: rule.description ?? undefined,
    })),
    labels: firewall.labels,
  };
}

export function toPlacementGroup(group: PlacementGroup): PlacementGroupState {
  return { id: group.id, name: group.name, serverIds: group.servers, labels: group.labels };
}

export function toSshKey(key: SshKey): SshKeyState {
  return {
    id: key.id,
    name: key.name,
    publicKey: key.public_key,
    fingerprint: key.fingerprint,
    labels: key.labels,
  };
}

/** A server type with what it can be ordered for, at the given time (ms since the epoch). */
export function toServerType(type: ServerType, now: number): ServerTypeInfo {
  const offers = (type.locations ?? []).map((location) => {
    const unavailableAfter = location.deprecation?.unavailable_after;
    const gone = unavailableAfter !== undefined && Date.parse(unavailableAfter) <= now;
    const price = type.prices.find((candidate) => candidate.location === location.name);
    return {
      location: location.name,
      available: location.available && !gone,
      unavailableAfter,
      price: price && toPrice(price),
    };
  });
  const { name, architecture, cores, memory, disk } = type;
  return { name, architecture, cores, memory, disk, offers };
}

export function toLoadBalancerType(type: LoadBalancerType): LoadBalancerTypeInfo {
  const prices = type.prices.map((one) => ({ location: one.location, price: toPrice(one) }));
  return {
    ...{ name: type.name, prices },
    ...{ maxServices: type.max_services, maxTargets: type.max_targets },
  };
}

/** The cluster's load balancer, with its address in the cluster's network. */
export function toLoadBalancer(
  balancer: LoadBalancer,
  networkId: number | undefined,
): LoadBalancerState {
  const { public_net: net, private_net: nets } = balancer;
  return {
    id: balancer.id,
    name: balancer.name,
    type: balancer.load_balancer_type.name,
    location: balancer.location.name,
    isPublic: net.enabled,
    publicIps: [net.ipv4?.ip, net.ipv6?.ip].flatMap((ip) => ip ?? []),
    privateIp: nets.find(({ network }) => network === networkId)?.ip,
    networkIds: nets.map(({ network }) => network),
    services: balancer.services.map(toService),
    targets: balancer.targets.map((target) => ({
      serverId: target.server?.id,
      other: target.label_selector ?? target.ip ?? undefined,
      isPrivate: target.use_private_ip === true,
      health: target.health_status.map(({ listen_port: port, status, detail }) => ({
        ...{ port, status, detail: detail ?? undefined },
      })),
    })),
    monthly: monthlyPrice(balancer.load_balancer_type, balancer.location),
    deleteProtected: balancer.protection.delete,
    labels: balancer.labels,
  };
}

function toService(service: LoadBalancer['services'][number]): BalancerService {
  const { http, ...check } = service.health_check;
  if (check.protocol === 'tcp' || !http) return { ...service, health_check: check };
  return { ...service, health_check: { ...check, http: { ...http, tls: http.tls === true } } };
}

export function toLocation({ name, city, network_zone }: Location): LocationInfo {
  return { name, city, networkZone: network_zone };
}

export function toImage(image: Image): ImageInfo {
  const { id, type, status, description, architecture, created, labels } = image;
  return {
    id,
    type,
    status,
    description,
    architecture,
    created,
    labels,
    diskSize: image.disk_size,
    size: image.image_size ?? undefined,
    deleteProtected: image.protection.delete,
  };
}

/** Hetzner's decimal strings as numbers. */
export function toPrice({ price_hourly, price_monthly }: Omit<LocationPrice, 'location'>): Price {
  return {
    hourlyNet: Number(price_hourly.net),
    hourlyGross: Number(price_hourly.gross),
    monthlyNet: Number(price_monthly.net),
    monthlyGross: Number(price_monthly.gross),
  };
}

/** An amount per month. */
export function toAmount({ net, gross }: { readonly net: string; readonly gross: string }) {
  return { net: Number(net), gross: Number(gross) };
}
