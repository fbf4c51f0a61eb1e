import {
  loadBalancerTypes,
  serverTypes,
  type LoadBalancerTypeFacts,
  type Offer,
  type ServerTypeFacts,
} from './catalogue.js';
import { locations } from './locations.js';
import { regionOf, type Market } from './market.js';
import { notFound } from './api-error.js';
import { isoRoutes } from './isos.js';
import { list } from './listing.js';
import { ok, type Answer, type Route } from './route.js';

const tebibyte = 2 ** 40;
/** EUR without tax; tax is not simulated, so gross equals net. */
const monthly = { ipv4: 0.5, imageGb: 0.0143, volumeGb: 0.0572, floatingIpv4: 3, floatingIpv6: 1 };
const hourlyIpv4 = 0.0008;

/** The announcement and end of the first CPX generation (Hetzner changelog, 2025-10-16). */
const goneSince = { announced: '2025-10-16T06:00:00Z', unavailable_after: '2025-12-31T23:59:59Z' };

export const catalogueRoutes: readonly Route[] = [
  [
    'GET',
    '/server_types',
    (project, call) =>
      list(call, {
        key: 'server_types',
        rows: serverTypes,
        render: (type) => renderServerType(type, project.market),
        filters: { name: (type) => type.name },
        sorts: { id: (type) => type.id, name: (type) => type.name },
      }),
  ],
  [
    'GET',
    '/server_types/{id}',
    (project, { id }) =>
      ok({ server_type: renderServerType(withId(serverTypes, id, 'server type'), project.market) }),
  ],
  [
    'GET',
    '/locations',
    (_project, call) =>
      list(call, {
        key: 'locations',
        rows: locations,
        render: (location) => location,
        filters: { name: (location) => location.name },
        sorts: { id: (location) => location.id, name: (location) => location.name },
      }),
  ],
  [
    'GET',
    '/locations/{id}',
    (_project, { id }) => ok({ location: withId(locations, id, 'location') }),
  ],
  [
    'GET',
    '/load_balancer_types',
    (_project, call) =>
      list(call, {
        key: 'load_balancer_types',
        rows: loadBalancerTypes,
        render: renderLoadBalancerType,
        filters: { name: (type) => type.name },
        sorts: { id: (type) => type.id, name: (type) => type.name },
      }),
  ],
  [
    'GET',
    '/load_balancer_types/{id}',
    (_project, { id }) =>
      ok({
        load_balancer_type: renderLoadBalancerType(
          withId(loadBalancerTypes, id, 'load balancer type'),
        ),
      }),
  ],
  ...isoRoutes,
  ['GET', '/pricing', pricing],
];

function withId<T extends { readonly id: number }>(
  rows: readonly T[],
  id: number,
  noun: string,
): T {
  const row = rows.find((candidate) => candidate.id === id);
  if (!row) throw notFound(noun, id);
  return row;
}

export function renderServerType(type: ServerTypeFacts, market: Market): object {
  const offered = locations.filter((location) => type.offers[regionOf(location)]);
  return {
    id: type.id,
    name: type.name,
    description: type.description,
    cores: type.cores,
    memory: type.memory,
    disk: type.disk,
    prices: prices(type),
    storage_type: 'local',
    cpu_type: type.cpu,
    category: type.category,
    architecture: type.architecture,
    locations: offered.map((location) => ({
      id: location.id,
      name: location.name,
      deprecation: type.gone.includes(regionOf(location)) ? goneSince : null,
      available: market.isAvailable(type, location),
      recommended: type.recommended === location.name,
    })),
  };
}

export function renderLoadBalancerType(type: LoadBalancerTypeFacts): object {
  return {
    id: type.id,
    name: type.name,
    description: type.name.toUpperCase(),
    max_connections: type.maxConnections,
    max_services: type.maxServices,
    max_targets: type.maxTargets,
    max_assigned_certificates: type.maxCertificates,
    deprecation: null,
    prices: locations.map(({ name }) => price(name, type.offer)),
  };
}

/** The traffic that comes with a type in a location, in bytes. */
export function includedTraffic(offer: Offer): number {
  return offer[2] * tebibyte;
}

function prices(type: ServerTypeFacts): object[] {
  return locations
    .map((location) => ({ name: location.name, offer: type.offers[regionOf(location)] }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(({ name, offer }) => (offer ? [price(name, offer)] : []));
}

function price(location: string, offer: Offer): object {
  return {
    location,
    price_hourly: amount(offer[0]),
    price_monthly: amount(offer[1]),
    included_traffic: includedTraffic(offer),
    price_per_tb_traffic: amount(location === 'sin' ? 7.4 : 1),
  };
}

function amount(net: number): { net: string; gross: string } {
  return { net: net.toFixed(10), gross: `${net.toFixed(10)}000000` };
}

function pricing(): Answer {
  const addressPrices = (perHour: number, perMonth: number): object[] =>
    locations.map(({ name }) => ({
      location: name,
      price_hourly: amount(perHour),
      price_monthly: amount(perMonth),
    }));
  const floating = (perMonth: number): object[] =>
    locations.map(({ name }) => ({ location: name, price_monthly: amount(perMonth) }));
  return ok({
    pricing: {
      currency: 'EUR',
      vat_rate: '0.000000',
      primary_ips: [
        { type: 'ipv4', prices: addressPrices(hourlyIpv4, monthly.ipv4) },
        { type: 'ipv6', prices: addressPrices(0, 0) },
      ],
      floating_ips: [
        { type: 'ipv4', prices: floating(monthly.floatingIpv4) },
        { type: 'ipv6', prices: floating(monthly.floatingIpv6) },
      ],
      floating_ip: { price_monthly: amount(monthly.floatingIpv4) },
      image: { price_per_gb_month: amount(monthly.imageGb) },
      volume: { price_per_gb_month: amount(monthly.volumeGb) },
      server_backup: { percentage: '20.0000000000' },
      server_types: serverTypes.map((type) => ({
        id: type.id,
        name: type.name,
        prices: prices(type),
      })),
      load_balancer_types: loadBalancerTypes.map((type) => ({
        id: type.id,
        name: type.name,
        prices: locations.map(({ name }) => price(name, type.offer)),
      })),
    },
  });
}
