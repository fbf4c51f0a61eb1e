import { z } from 'zod';
import {
  contains,
  isPrivate,
  overlap,
  parseRange,
  storedRange,
  toAddress,
  toNumber,
} from './address-math.js';
import { ApiError, invalidField } from './api-error.js';
import { locations } from './locations.js';
import { freeSubnetRange } from './private-addresses.js';
import type { NetworkRecord, SubnetRecord } from './records.js';

export const subnetFields = z.strictObject({
  type: z.enum(['cloud', 'server', 'vswitch']),
  network_zone: z.string(),
  ip_range: z.string().optional(),
  vswitch_id: z.int().optional(),
});

export const routeFields = z.strictObject({ destination: z.string(), gateway: z.ipv4() });

/** Adds a subnet that is not usable yet, after the rules of the Hetzner docs for subnets. */
export function addSubnet(
  network: NetworkRecord,
  wish: z.output<typeof subnetFields>,
): SubnetRecord {
  if (wish.type === 'vswitch') {
    throw invalidField('vswitch_id', 'the project has no vSwitch');
  }
  if (!locations.some((location) => location.network_zone === wish.network_zone)) {
    throw invalidField('network_zone', `network zone '${wish.network_zone}' does not exist`);
  }
  const ipRange = wish.ip_range ?? freeSubnetRange(network);
  const range = parseRange(ipRange);
  if (!range || range.prefix > 30 || !contains(storedRange(network.ipRange), range)) {
    throw invalidField('ip_range', 'must be a range of the network and at least a /30');
  }
  if (network.subnets.some((subnet) => overlap(storedRange(subnet.ipRange), range))) {
    throw invalidField('ip_range', 'overlaps with another subnet of the network');
  }
  const { type, network_zone: networkZone } = wish;
  const subnet = { type, ipRange, networkZone, usable: false };
  network.subnets.push(subnet);
  return subnet;
}

/** As seen live: it names no fields (hcloud-cloud-controller-manager, pull request 577). */
const invalidRoute = (message: string): ApiError =>
  new ApiError(422, 'invalid_input', message, { fields: [] });

/** Adds a route, after the rules of the Hetzner docs for routes. */
export function addRoute(network: NetworkRecord, route: z.output<typeof routeFields>): void {
  const destination = parseRange(route.destination);
  if (!destination || !(isPrivate(destination) || route.destination === '0.0.0.0/0')) {
    throw invalidField('destination', 'must be 0.0.0.0/0 or a private range of RFC 1918');
  }
  const occupied = [
    ...network.subnets.map((s) => s.ipRange),
    ...network.routes.map((r) => r.destination),
  ];
  const clash = occupied.some((range) => overlap(storedRange(range), destination));
  if (clash && route.destination !== '0.0.0.0/0') {
    throw invalidRoute(
      'network route destination overlaps with another subnetwork or network route',
    );
  }
  const gateway = toNumber(route.gateway);
  const { first, last } = storedRange(network.ipRange);
  if (gateway <= first + 1 || gateway > last || route.gateway === '172.31.1.1') {
    throw invalidRoute('invalid gateway');
  }
  network.routes.push(route);
}

/** Every cloud subnet has the network's first address as its gateway. */
export function gatewayOf(network: NetworkRecord): string {
  return toAddress(storedRange(network.ipRange).first + 1);
}
