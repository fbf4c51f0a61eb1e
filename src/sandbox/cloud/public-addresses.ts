import { toAddress, toNumber } from './address-math.js';
import { refused } from './api-error.js';
import type { Project } from './project.js';
import type { PrimaryIpRecord, ResourceRef } from './records.js';

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

/** Refuses a primary IP that cannot become the address of this kind of something new in a location. */
export function assertAssignable(
  project: Project,
  wish: { readonly id: number; readonly type: 'ipv4' | 'ipv6'; readonly location: string },
): void {
  const ip = project.primaryIps.get(wish.id);
  if (ip.type !== wish.type) {
    throw refused('primary_ip_version_mismatch', `primary IP is not an ${wish.type}`);
  }
  if (assigneeOf(ip)) throw refused('primary_ip_assigned', 'primary IP is already assigned');
  if (ip.location !== wish.location) {
    throw refused('primary_ip_datacenter_mismatch', 'primary IP is in another location');
  }
}

/** What a primary IP belongs to. */
export function assigneeOf({ server, loadBalancer }: PrimaryIpRecord): ResourceRef | undefined {
  if (server !== null) return { id: server, type: 'server' };
  return loadBalancer === undefined ? undefined : { id: loadBalancer, type: 'load_balancer' };
}

/** Lets the addresses of something that is gone go: those that live only as long as it are deleted. */
export function releaseAddresses(project: Project, owner: number): void {
  for (const ip of project.primaryIps.all().filter((one) => assigneeOf(one)?.id === owner)) {
    if (ip.autoDelete) project.primaryIps.remove(ip.id);
    else {
      ip.server = null;
      delete ip.loadBalancer;
    }
  }
}

export function nextIpv4(project: Project): string {
  const used = new Set([
    ...project.primaryIps.all().map((ip) => ip.address),
    ...project.floatingIps.all().map((ip) => ip.address),
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
