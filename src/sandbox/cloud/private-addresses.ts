import { contains, overlap, storedRange, toAddress, toNumber, type Range } from './address-math.js';
import { limitExceeded, refused } from './api-error.js';
import { locationNamed } from './market.js';
import type { Project } from './project.js';
import type { NetworkRecord, ServerRecord, SubnetRecord } from './records.js';

/** Hetzner docs, "Networks FAQ": members of a network, and networks of a server. */
const membersPerNetwork = 100;
const networksPerServer = 3;

export interface AddressWish {
  /** Where the member is: only subnets of its network zone come into question. */
  readonly location: string;
  readonly ip?: string | undefined;
  /** The subnet to take an address from. */
  readonly ipRange?: string | undefined;
}

/** The address for a new member: the one wished for, or the lowest free one of the first subnet. */
export function privateAddress(
  project: Project,
  network: NetworkRecord,
  wish: AddressWish,
): string {
  const zone = locationNamed(wish.location).network_zone;
  const subnets = network.subnets.filter(
    (subnet) =>
      subnet.usable &&
      subnet.networkZone === zone &&
      (wish.ipRange === undefined || subnet.ipRange === wish.ipRange),
  );
  if (subnets.length === 0) throw refused('no_subnet_available', 'no subnet or IP available');
  const used = usedAddresses(project, network);
  if (wish.ip !== undefined) return wishedAddress(network, subnets, { ip: wish.ip, used });
  for (const subnet of subnets) {
    const { first, last } = storedRange(subnet.ipRange);
    for (let value = first; value <= last; value++) {
      if (!isReserved(network, subnet, value) && !used.has(toAddress(value)))
        return toAddress(value);
    }
  }
  throw refused('no_subnet_available', 'no subnet or IP available');
}

function wishedAddress(
  network: NetworkRecord,
  subnets: readonly SubnetRecord[],
  wish: { ip: string; used: ReadonlySet<string> },
): string {
  const value = toNumber(wish.ip);
  const subnet = subnets.find((candidate) => {
    const { first, last } = storedRange(candidate.ipRange);
    return first <= value && value <= last;
  });
  if (!subnet) throw refused('no_subnet_available', 'no subnet or IP available');
  if (isReserved(network, subnet, value) || wish.used.has(wish.ip)) {
    throw refused('ip_not_available', 'provided IP is not available');
  }
  return wish.ip;
}

/** Hetzner docs, "Networks FAQ": a subnet's first and last address, and the gateway: the network's first. */
function isReserved(network: NetworkRecord, subnet: SubnetRecord, value: number): boolean {
  const { first, last } = storedRange(subnet.ipRange);
  return (
    value === first ||
    value === last ||
    value === storedRange(network.ipRange).first + 1 ||
    value === toNumber('172.31.1.1')
  );
}

function usedAddresses(project: Project, network: NetworkRecord): Set<string> {
  const members = project.servers
    .all()
    .flatMap((server) => server.privateNets)
    .filter((net) => net.network === network.id)
    .flatMap((net) => [net.ip, ...net.aliasIps]);
  const balancers = project.loadBalancers
    .all()
    .filter((balancer) => balancer.privateNet?.network === network.id)
    .map((balancer) => balancer.privateNet?.ip ?? '');
  return new Set([...members, ...balancers, ...network.releasing.map(({ ip }) => ip)]);
}

/** Refuses a server that cannot become a member of the network, whatever its address. */
export function assertAttachable(
  project: Project,
  server: ServerRecord,
  network: NetworkRecord,
): void {
  if (server.privateNets.some((net) => net.network === network.id)) {
    throw refused('server_already_attached', 'server is already attached to the network');
  }
  const range = storedRange(network.ipRange);
  const others = server.privateNets.map((net) => project.networks.get(net.network));
  if (others.some((other) => overlap(storedRange(other.ipRange), range))) {
    throw refused('networks_overlap', 'networks of the server overlap');
  }
  assertRoom(project, { network, networksOfServer: others.length });
}

/** Refuses what the limits on networks do not allow. */
export function assertRoom(
  project: Project,
  { network, networksOfServer }: { network: NetworkRecord; networksOfServer: number },
): void {
  const members = project.servers
    .all()
    .filter((server) => server.privateNets.some((net) => net.network === network.id));
  if (members.length >= membersPerNetwork) {
    throw limitExceeded('network_server_limit', 'servers per network limit exceeded');
  }
  if (networksOfServer >= networksPerServer) {
    throw limitExceeded('server_network_limit', 'networks per server limit exceeded');
  }
}

/** The first free /24 of the network, for a subnet that names no range. */
export function freeSubnetRange(network: {
  ipRange: string;
  subnets: readonly SubnetRecord[];
}): string {
  const whole = storedRange(network.ipRange);
  const taken = network.subnets.map((subnet) => storedRange(subnet.ipRange));
  for (let first = whole.first; first <= whole.last; first += 256) {
    const range: Range = { first, last: first + 255, prefix: 24 };
    if (contains(whole, range) && !taken.some((other) => overlap(other, range))) {
      return `${toAddress(first)}/24`;
    }
  }
  throw refused('service_error', 'no free subnet range in the network');
}
