import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { invalidField } from './api-error.js';
import type { FirewallRule } from './records.js';

const ruleFields = z.strictObject({
  direction: z.enum(['in', 'out']),
  protocol: z.enum(['tcp', 'udp', 'icmp', 'esp', 'gre']),
  port: z.string().nullish(),
  source_ips: z.array(z.string()).max(100).default([]),
  destination_ips: z.array(z.string()).max(100).default([]),
  description: z.string().max(255).nullish(),
});

/** Hetzner docs, "Create a Firewall": at most 50 rules of at most 100 blocks each. */
export const rulesField = z.array(ruleFields).max(50);

/** The official description of set_rules: "50 entries per Firewall and 500 effective rules". */
const effectiveLimit = 500;

/** One effective rule is one rule for one block; that the refusal is `invalid_input` is assumed. */
function assertEffective(rules: z.output<typeof rulesField>): void {
  const count = rules.reduce(
    (sum, { source_ips: sources, destination_ips: destinations }) =>
      sum + sources.length + destinations.length,
    0,
  );
  if (count > effectiveLimit) {
    throw invalidField('rules', `${count} effective rules, at most ${effectiveLimit} are allowed`);
  }
}

/** Checks rules and gives them as the API returns them: canonical, with every field. */
export function canonicalRules(rules: z.output<typeof rulesField>): FirewallRule[] {
  assertEffective(rules);
  return rules.map((rule, index) => {
    const field = `rules.${index}`;
    const hasPort = rule.protocol === 'tcp' || rule.protocol === 'udp';
    if (hasPort ? !isPort(rule.port ?? '') : typeof rule.port === 'string') {
      throw invalidField(
        `${field}.port`,
        hasPort ? 'must be a port or a range' : 'must not be given',
      );
    }
    const [used, unused] =
      rule.direction === 'in'
        ? (['source_ips', 'destination_ips'] as const)
        : (['destination_ips', 'source_ips'] as const);
    if (rule[used].length === 0) throw invalidField(`${field}.${used}`, 'must not be empty');
    if (rule[unused].length > 0) throw invalidField(`${field}.${unused}`, 'must be empty');
    return {
      direction: rule.direction,
      protocol: rule.protocol,
      port: rule.port ?? null,
      source_ips: rule.source_ips.map((cidr) => canonicalBlock(cidr, `${field}.source_ips`)),
      destination_ips: rule.destination_ips.map((cidr) =>
        canonicalBlock(cidr, `${field}.destination_ips`),
      ),
      description: rule.description ?? null,
    };
  });
}

/** Blocks that were read lately: every packet is held against the same few. */
const readBlocks = new Map<string, ReturnType<typeof ipaddr.parseCIDR>>();

function readBlock(cidr: string): ReturnType<typeof ipaddr.parseCIDR> {
  const block = readBlocks.get(cidr) ?? ipaddr.parseCIDR(cidr);
  if (readBlocks.size >= 1_000) readBlocks.clear();
  readBlocks.set(cidr, block);
  return block;
}

/** Whether a rule lets a TCP packet from an outside address in to a port. */
export function letsIn(rule: FirewallRule, source: string, port: number): boolean {
  if (rule.direction !== 'in' || rule.protocol !== 'tcp') return false;
  const [from, to] = portRange(rule.port ?? 'any');
  if (port < from || port > to) return false;
  const address = ipaddr.process(source);
  return rule.source_ips.some((cidr) => {
    const [network, prefix] = readBlock(cidr);
    return network.kind() === address.kind() && address.match([network, prefix]);
  });
}

/** `any` is not documented, but the real API takes it (Terraform provider, acceptance tests). */
function isPort(text: string): boolean {
  if (text === 'any') return true;
  if (!/^\d{1,5}(-\d{1,5})?$/.test(text)) return false;
  const [from, to] = portRange(text);
  return from >= 1 && from <= to && to <= 65535;
}

function portRange(text: string): readonly [number, number] {
  if (text === 'any') return [1, 65535];
  const [from, to = from] = text.split('-').map(Number);
  return [from ?? 0, to ?? 0];
}

function canonicalBlock(cidr: string, field: string): string {
  if (!ipaddr.isValidCIDR(cidr)) throw invalidField(field, `'${cidr}' is not a CIDR block`);
  const [address, prefix] = ipaddr.parseCIDR(cidr);
  const network =
    address.kind() === 'ipv4'
      ? ipaddr.IPv4.networkAddressFromCIDR(cidr)
      : ipaddr.IPv6.networkAddressFromCIDR(cidr);
  if (network.toNormalizedString() !== address.toNormalizedString()) {
    throw invalidField(field, `'${cidr}' has host bits set`);
  }
  return `${address.kind() === 'ipv6' ? (address as ipaddr.IPv6).toRFC5952String() : address.toString()}/${prefix}`;
}
