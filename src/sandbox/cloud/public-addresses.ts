import { toAddress, toNumber } from './address-math.js';
import type { Project } from './project.js';
import type { PrimaryIpRecord } from './records.js';

/** Ranges that are nobody's on the internet: RFC 5737, then RFC 2544. */
const ipv4Pools = [
  { first: toNumber('203.0.113.1'), size: 254 },
  { first: toNumber('198.18.0.1'), size: 131_070 },
] as const;

export interface NewPrimaryIp {
  readonly type: 'ipv4' | 'ipv6';
  readonly location: string;
  readonly server: number | null;
  readonly autoDelete: boolean;
  /** `primary_ip-<id>` when omitted, as in automatically made ones. */
  readonly name?: string;
  readonly labels?: Record<string, string>;
}

/** Takes the next public address. Freed ones come back late, so that stale ones are noticed. */
export function createPrimaryIp(project: Project, wish: NewPrimaryIp): PrimaryIpRecord {
  const id = project.newId();
  return project.primaryIps.add({
    id,
    name: wish.name ?? `primary_ip-${id}`,
    created: project.now,
    labels: wish.labels ?? {},
    type: wish.type,
    address: wish.type === 'ipv4' ? nextIpv4(project) : nextIpv6(project),
    location: wish.location,
    autoDelete: wish.autoDelete,
    protection: false,
    server: wish.server,
  });
}

/** The name that Hetzner gives an address in the reverse DNS. */
export function reverseName(address: string): string {
  return `static.${address.split('.').reverse().join('.')}.clients.your-server.de`;
}

export function nextIpv4(project: Project): string {
  const used = new Set([
    ...project.primaryIps.all().map((ip) => ip.address),
    ...project.floatingIps.all().map((ip) => ip.address),
    ...project.loadBalancers.all().map((balancer) => balancer.ipv4),
  ]);
  const total = ipv4Pools[0].size + ipv4Pools[1].size;
  for (;;) {
    const index = project.counters.ipv4++ % total;
    const [first, second] = ipv4Pools;
    const value = index < first.size ? first.first + index : second.first + index - first.size;
    const address = toAddress(value);
    if (!used.has(address)) return address;
  }
}

export function nextIpv6(project: Project): string {
  const index = ++project.counters.ipv6;
  const high = Math.floor(index / 0x10000);
  return `2001:db8:${high.toString(16)}:${(index % 0x10000).toString(16)}::`;
}
