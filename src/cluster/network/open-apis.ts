import ipaddr from 'ipaddr.js';
import { enumerate } from '../../lib/format.js';
import type { FirewallRule } from '../state/cluster-state.js';
import { canonicalSource } from './cidr.js';
import { apis } from './firewall-limits.js';
import { opens } from './firewall-rules.js';

/** Shorter prefixes than any one network has: whoever admits them admits the world or a good part of it. */
const shortest = { ipv4: 8, ipv6: 16 } as const;

/**
 * A warning for each rule by which the world reaches the Kubernetes or the Talos API, whether it names
 * their ports, a range of ports around them, or `any`.
 */
export function openApis(rules: readonly FirewallRule[]): readonly string[] {
  return rules.flatMap((rule) => {
    if (rule.direction !== 'in' || rule.protocol !== 'tcp') return [];
    const ports = apis.filter(({ port }) => opens(rule, Number(port))).map(({ port }) => port);
    const ranges = rule.source_ips.map(canonicalSource).filter(isWorld);
    if (ports.length === 0 || ranges.length === 0) return [];
    const name = rule.description ? `"${rule.description}"` : `for tcp ${rule.port ?? ''}`;
    return [
      `The firewall rule ${name} lets the internet reach ${enumerate(ports)}: it admits ${enumerate(ranges)}.`,
    ];
  });
}

function isWorld(range: string): boolean {
  const [address, length] = ipaddr.parseCIDR(range);
  return length < shortest[address.kind()];
}
