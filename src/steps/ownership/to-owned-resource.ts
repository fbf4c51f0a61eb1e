import type { OwnedResource, ResourceUser } from '../../cluster/state/owned-resources.js';
import type { Cost } from '../../cluster/state/cost.js';
import type { LoadBalancer } from '../../hetzner/load-balancers.js';
import type {
  Firewall,
  FloatingIp,
  LocationPrice,
  Network,
  PlacementGroup,
  Pricing,
  PrimaryIp,
  Server,
  SshKey,
  Volume,
} from '../../hetzner/resources.js';

/** The lists of a project that a look at a cluster's resources starts from. */
export interface ProjectLists {
  readonly servers: readonly Server[];
  readonly loadBalancers: readonly LoadBalancer[];
  readonly pricing: Pricing;
}

type Owned<T> = T & Pick<OwnedResource, 'owner'>;
type Free = Pick<OwnedResource, 'monthly' | 'deleteProtected'>;

const free: Free = { monthly: undefined, deleteProtected: false };

/** The price is that of the server's own type: it is known also when the type is no longer sold. */
export function ownedServer(server: Owned<Server>, { pricing }: ProjectLists): OwnedResource {
  const { id, name, owner, protection, status, server_type: type, location } = server;
  const { public_net: net } = server;
  const ipv4 = net.ipv4 ? ipPrice(pricing, 'ipv4', location.name) : undefined;
  return {
    ...{ kind: 'server', id, name, owner },
    detail: `${type.name} in ${location.name}`,
    monthly: costOf(pricing, [priceIn(type.prices, location.name), ipv4]),
    deleteProtected: protection.delete,
    idle: status === 'off' ? 'is switched off' : undefined,
    usedBy: [],
  };
}

export function ownedLoadBalancer(
  balancer: Owned<LoadBalancer>,
  { pricing }: ProjectLists,
): OwnedResource {
  const { id, name, owner, protection, targets, load_balancer_type: type, location } = balancer;
  return {
    ...{ kind: 'load-balancer', id, name, owner },
    detail: `${type.name} in ${location.name}`,
    monthly: costOf(pricing, [priceIn(type.prices, location.name)]),
    deleteProtected: protection.delete,
    // Its own the cluster finds targets for.
    idle: targets.length === 0 && owner !== 'cluster' ? 'has no targets' : undefined,
    usedBy: [],
  };
}

export function ownedVolume(volume: Owned<Volume>, lists: ProjectLists): OwnedResource {
  const { id, name, owner, protection, size, location, server } = volume;
  const perGb = lists.pricing.volume?.price_per_gb_month;
  return {
    ...{ kind: 'volume', id, name, owner },
    detail: `${size} GB in ${location.name}`,
    monthly: perGb && {
      net: cents(size * Number(perGb.net)),
      gross: cents(size * Number(perGb.gross)),
      currency: lists.pricing.currency,
    },
    deleteProtected: protection.delete,
    idle: server === null ? 'is attached to no server' : undefined,
    usedBy: serverUsers(lists, server === null ? [] : [server]),
  };
}

export function ownedNetwork(network: Owned<Network>, lists: ProjectLists): OwnedResource {
  const { id, name, owner, ip_range: detail, protection } = network;
  const members = lists.servers.filter((one) => isIn(one, [id])).map((one) => one.id);
  const attached = lists.loadBalancers.filter((one) => isIn(one, [id]));
  return {
    ...{ kind: 'network', id, name, owner, detail, monthly: undefined },
    deleteProtected: protection.delete,
    usedBy: [
      ...serverUsers(lists, [...network.servers, ...members]),
      ...attached.map((one): ResourceUser => ({
        kind: 'load-balancer',
        id: one.id,
        name: one.name,
      })),
    ],
  };
}

export function ownedFirewall(firewall: Owned<Firewall>, lists: ProjectLists): OwnedResource {
  const { id, name, owner, rules, applied_to: targets } = firewall;
  const behind = targets
    .flatMap((target) => [target, ...target.applied_to_resources])
    .flatMap(({ server }) => server?.id ?? []);
  return {
    ...{ kind: 'firewall', id, name, owner, ...free },
    detail: `${rules.length} rules`,
    usedBy: serverUsers(lists, [...new Set(behind)]),
  };
}

export function ownedSshKey({ id, name, owner }: Owned<SshKey>): OwnedResource {
  return { kind: 'ssh-key', id, name, owner, detail: '', ...free, usedBy: [] };
}

export function ownedPlacementGroup(
  { id, name, owner, servers }: Owned<PlacementGroup>,
  lists: ProjectLists,
): OwnedResource {
  const kind = 'placement-group';
  return { kind, id, name, owner, detail: '', ...free, usedBy: serverUsers(lists, servers) };
}

export function ownedPrimaryIp(address: Owned<PrimaryIp>, lists: ProjectLists): OwnedResource {
  const { id, name, owner, type, ip, protection, location, assignee_id: server } = address;
  return {
    ...{ kind: 'primary-ip', id, name, owner, detail: ip },
    // A server's own price counts the address that it has.
    monthly:
      server === null
        ? costOf(lists.pricing, [ipPrice(lists.pricing, type, location?.name ?? '')])
        : undefined,
    deleteProtected: protection.delete,
    idle: server === null ? 'is assigned to no server' : undefined,
    usedBy: serverUsers(lists, server === null ? [] : [server]),
  };
}

export function ownedFloatingIp(address: Owned<FloatingIp>, lists: ProjectLists): OwnedResource {
  const { id, name, owner, type, ip, protection, home_location: location, server } = address;
  const prices = lists.pricing.floating_ips.find((one) => one.type === type)?.prices ?? [];
  const price = prices.find((one) => one.location === location.name) ?? prices[0];
  return {
    ...{ kind: 'floating-ip', id, name, owner, detail: ip },
    monthly: costOf(lists.pricing, [price]),
    deleteProtected: protection.delete,
    idle: server === null ? 'is assigned to no server' : undefined,
    usedBy: serverUsers(lists, server === null ? [] : [server]),
  };
}

/** True when a server or load balancer is attached to one of these networks. */
export function isIn(
  { private_net: nets }: Pick<Server | LoadBalancer, 'private_net'>,
  networks: readonly number[],
): boolean {
  return nets.some(({ network }) => networks.includes(network));
}

/** Servers that are gone already still count as users for some seconds; those are left out. */
function serverUsers({ servers }: ProjectLists, ids: readonly number[]): ResourceUser[] {
  return servers
    .filter(({ id }) => ids.includes(id))
    .map(({ id, name }) => ({ kind: 'server', id, name }));
}

type Priced = Pick<LocationPrice, 'price_monthly'>;

function priceIn(prices: readonly LocationPrice[], location: string): Priced | undefined {
  return prices.find((price) => price.location === location);
}

function ipPrice(pricing: Pricing, type: PrimaryIp['type'], location: string): Priced | undefined {
  const prices = pricing.primary_ips.find((one) => one.type === type)?.prices ?? [];
  return priceIn(prices, location) ?? prices[0];
}

/** Undefined when none of the prices is known. */
function costOf({ currency }: Pricing, prices: readonly (Priced | undefined)[]): Cost | undefined {
  const known = prices.flatMap((price) => price?.price_monthly ?? []);
  if (known.length === 0) return undefined;
  const total = (part: 'net' | 'gross'): number =>
    cents(known.reduce((sum, price) => sum + Number(price[part]), 0));
  return { net: total('net'), gross: total('gross'), currency };
}

function cents(amount: number): number {
  return Math.round(amount * 100) / 100;
}
