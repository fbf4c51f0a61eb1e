import { BlockList, isIP, isIPv6 } from 'node:net';
import type { ExtraFirewallRule } from '../config/schema.js';
import { canonicalSource } from './cidr.js';
import type { FirewallRule } from './state.js';

const everybody = ['0.0.0.0/0', '::/0'];

export interface FirewallWishes {
  /** Who may reach the Kubernetes and the Talos API; canonical ranges. */
  readonly allowedCidrs: readonly string[];
  readonly extraRules: readonly ExtraFirewallRule[];
}

/** The inbound rules of a cluster's firewall. Without any `out` rule all outbound traffic is allowed. */
export function wantedRules({ allowedCidrs, extraRules }: FirewallWishes): readonly FirewallRule[] {
  const tcp = (port: string, sources: readonly string[], description: string): FirewallRule => ({
    direction: 'in',
    protocol: 'tcp',
    port,
    source_ips: sources,
    description,
  });
  return [
    tcp('6443', allowedCidrs, 'Kubernetes API'),
    tcp('50000', allowedCidrs, 'Talos API'),
    tcp('80', everybody, 'HTTP'),
    tcp('443', everybody, 'HTTPS'),
    ...extraRules.map((rule): FirewallRule => ({ direction: 'in', ...rule })),
  ];
}

/** True when both lists let the same traffic in; order and the notation of addresses do not matter. */
export function rulesEqual(a: readonly FirewallRule[], b: readonly FirewallRule[]): boolean {
  const left = a.map(fingerprint).sort();
  const right = b.map(fingerprint).sort();
  return left.length === right.length && left.every((rule, i) => rule === right[i]);
}

function fingerprint(rule: FirewallRule): string {
  const sources = [...new Set(rule.source_ips.map(canonicalSource))].sort();
  return JSON.stringify([
    rule.direction,
    rule.protocol,
    rule.port ?? '',
    sources,
    rule.description ?? '',
  ]);
}

/** The ranges from which a firewall with these rules lets the Kubernetes API be reached. */
export function admittedToKubernetes(rules: readonly FirewallRule[]): readonly string[] {
  return rules
    .filter(({ port, direction }) => port === '6443' && direction === 'in')
    .flatMap(({ source_ips }) => source_ips.map(canonicalSource));
}

/** True when one of the ranges holds the address; both families. */
export function admits(ranges: readonly string[], address: string): boolean {
  const list = new BlockList();
  for (const range of ranges) {
    const [base = '', prefix] = range.split('/');
    if (isIP(base) !== 0) list.addSubnet(base, Number(prefix), familyOf(base));
  }
  return list.check(address, familyOf(address));
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4';
}
