import { parseIpv4, parseIpv4Range, toText } from './cidr.js';

/** The private network of a cluster and the part of it that holds its nodes. */
export interface NodeNetwork {
  readonly cidr: string;
  readonly subnetCidr: string;
}

/** How many servers one Hetzner network takes, whatever its size (docs.hetzner.com, "Networks"). */
export const serversInANetwork = 100;

/** Hetzner keeps this address for itself in every network (Hetzner docs, "Networks"). */
const hetznerReserved = parseIpv4('172.31.1.1');

/** How many addresses of the subnet servers can have. */
export function nodeCapacity(network: NodeNetwork): number {
  const subnet = parseIpv4Range(network.subnetCidr);
  const reserved = reservedAddresses(network);
  const inside = [...reserved].filter((ip) => ip > subnet.first && ip < subnet.last);
  return Math.max(0, subnet.last - subnet.first - 1) - inside.length;
}

/**
 * The private address of the control plane in the given slot (0 is the first): the last usable
 * address of the subnet and downwards. Hetzner hands out the lowest free ones by itself, so these
 * do not collide with the workers'. Slot 0 is the cluster's endpoint for as long as it lives.
 */
export function controlPlaneAddress(network: NodeNetwork, slot: number): string {
  const subnet = parseIpv4Range(network.subnetCidr);
  const reserved = reservedAddresses(network);
  let left = slot;
  for (let ip = subnet.last - 1; ip > subnet.first; ip--) {
    if (reserved.has(ip)) continue;
    if (left === 0) return toText(ip);
    left--;
  }
  throw new RangeError(
    `the subnet ${network.subnetCidr} has no room for ${slot + 1} control planes`,
  );
}

/** A control plane and the private address that it has already, if any. */
interface AddressHolder {
  readonly name: string;
  readonly privateIp: string | undefined;
}

export interface AddressRequest {
  readonly network: NodeNetwork;
  /** The control planes in the order of cluster.yaml. */
  readonly holders: readonly AddressHolder[];
  /** Addresses that others have. */
  readonly taken: readonly string[];
}

/**
 * Private addresses by node name. Who has one keeps it; the others get the free slots in the order
 * given, so that a run that goes on from a half-made cluster comes to the same addresses.
 */
export function controlPlaneAddresses(request: AddressRequest): ReadonlyMap<string, string> {
  const { network, holders } = request;
  const taken = new Set([...request.taken, ...holders.map(({ privateIp }) => privateIp)]);
  let slot = 0;
  const nextFree = (): string => {
    const candidate = controlPlaneAddress(network, slot++);
    return taken.has(candidate) ? nextFree() : candidate;
  };
  return new Map(holders.map(({ name, privateIp }) => [name, privateIp ?? nextFree()]));
}

/** The first address of the network is its gateway, also when a subnet spans it (Hetzner docs). */
function reservedAddresses(network: NodeNetwork): ReadonlySet<number> {
  const gateway = parseIpv4Range(network.cidr).first + 1;
  return new Set(hetznerReserved === undefined ? [gateway] : [gateway, hetznerReserved]);
}
