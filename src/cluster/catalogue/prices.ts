import type { ServerState } from '../state/cluster-state.js';
import { type Cost, sum } from '../state/cost.js';
import type { Catalogue, Price, ServerTypeInfo } from './catalogue.js';

/** The price of a server type in a location, as far as Hetzner names one. */
function serverPrice(
  catalogue: Catalogue,
  server: { readonly type: string; readonly location: string },
): Price | undefined {
  const type = catalogue.serverTypes.find(({ name }) => name === server.type);
  return offerIn(type, server.location)?.price;
}

export function offerIn(type: ServerTypeInfo | undefined, location: string) {
  return type?.offers.find((offer) => offer.location === location);
}

/** What the price of a server depends on. */
interface Priced {
  readonly type: string;
  readonly location: string;
}

/** What servers cost per month, each with a public IPv4 address. Unknown prices count as nothing. */
export function monthlyCost(catalogue: Catalogue, servers: readonly Priced[]): Cost {
  const prices = pricesOf(catalogue, servers);
  return {
    net: sum(prices.map((price) => price.monthlyNet)),
    gross: sum(prices.map((price) => price.monthlyGross)),
    currency: catalogue.currency,
  };
}

/** What servers that exist cost per month, by their own prices, each with a public IPv4 address. */
export function runningCost(
  { currency, primaryIpv4 }: AddressPrice,
  servers: readonly Pick<ServerState, 'monthly'>[],
): Cost {
  const of = (part: 'net' | 'gross', address: number): number =>
    sum(servers.flatMap(({ monthly }) => [monthly?.[part] ?? 0, address]));
  return {
    net: of('net', primaryIpv4.monthlyNet),
    gross: of('gross', primaryIpv4.monthlyGross),
    currency,
  };
}

/** What a public IPv4 address costs, in the currency of the project. */
export type AddressPrice = Pick<Catalogue, 'currency' | 'primaryIpv4'>;

/**
 * What servers cost per hour, each with a public IPv4 address, and load balancers. Unknown prices count
 * as nothing.
 */
export function hourlyCost(
  catalogue: Catalogue,
  servers: readonly Priced[],
  balancers: readonly Priced[] = [],
): Cost {
  const prices = [
    ...pricesOf(catalogue, servers),
    ...balancers.flatMap((one) => balancerPrice(catalogue, one) ?? []),
  ];
  return {
    net: sum(prices.map((price) => price.hourlyNet)),
    gross: sum(prices.map((price) => price.hourlyGross)),
    currency: catalogue.currency,
  };
}

/** The price of a load balancer; undefined: Hetzner names none. */
export function balancerPrice(
  { loadBalancerTypes: types = [] }: Catalogue,
  { type, location }: Priced,
): Price | undefined {
  const found = types.find(({ name }) => name === type);
  return found?.prices.find((one) => one.location === location)?.price;
}

function pricesOf(catalogue: Catalogue, servers: readonly Priced[]): readonly Price[] {
  return servers.flatMap((server) => {
    const price = serverPrice(catalogue, server);
    return price ? [price, catalogue.primaryIpv4] : [catalogue.primaryIpv4];
  });
}
