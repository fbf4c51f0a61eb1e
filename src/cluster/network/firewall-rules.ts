import type { ExtraFirewallRule } from '../../config/schema.js';
import { oxide } from '../../lib/commands.js';
import { PreconditionError } from '../../lib/errors.js';
import { canonicalSource } from './cidr.js';
import type { FirewallRule } from '../state/cluster-state.js';
import {
  apis,
  builtInRules,
  effectiveRules,
  everybody,
  firewallLimits,
} from './firewall-limits.js';

export interface FirewallWishes {
  /** Who may reach the Kubernetes and the Talos API; canonical ranges. */
  readonly allowedCidrs: readonly string[];
  /** Who may as well, because `oxide firewall allow-me` said so beside a list in cluster.yaml. */
  readonly addedCidrs?: readonly string[];
  readonly extraRules: readonly ExtraFirewallRule[];
}

/** The inbound rules of a cluster's firewall. Without any `out` rule all outbound traffic is allowed. */
export function wantedRules(wishes: FirewallWishes): readonly FirewallRule[] {
  const { allowedCidrs, addedCidrs = [], extraRules } = wishes;
  return [
    ...builtInRules(allowedCidrs).map(({ port, sources, description }) =>
      inboundTcp(port, sources, description),
    ),
    ...extraRules.map((rule): FirewallRule => ({ direction: 'in', ...rule })),
    ...(addedCidrs.length === 0
      ? []
      : apis.map(({ port, added }) => inboundTcp(port, addedCidrs, added))),
  ];
}

export function inboundTcp(
  port: string,
  sources: readonly string[],
  description: string,
): FirewallRule {
  return { direction: 'in', protocol: 'tcp', port, source_ips: sources, description };
}

/** Whether a rule is for this port: by `any`, `6443` or `6000-7000`. */
export function opens({ port = '' }: FirewallRule, wanted: number): boolean {
  if (port === 'any') return true;
  const [first = NaN, last = first] = port.split('-').map(Number);
  return first <= wanted && wanted <= last;
}

/** True when both lists let the same traffic through; order and the notation of addresses do not matter. */
export function rulesEqual(a: readonly FirewallRule[], b: readonly FirewallRule[]): boolean {
  const left = a.map(fingerprint).sort();
  const right = b.map(fingerprint).sort();
  return left.length === right.length && left.every((rule, i) => rule === right[i]);
}

function fingerprint(rule: FirewallRule): string {
  const canonical = (ranges: readonly string[] = []): readonly string[] =>
    [...new Set(ranges.map(canonicalSource))].sort();
  return JSON.stringify([
    rule.direction,
    rule.protocol,
    rule.port ?? '',
    canonical(rule.source_ips),
    canonical(rule.destination_ips),
    rule.description ?? '',
  ]);
}

/** Throws when Hetzner would not take the rules. */
export function checkRuleLimits(rules: readonly FirewallRule[]): void {
  const { rangesInARule, rules: rulesInAFirewall, effectiveRules: most } = firewallLimits;
  const crowded = rules.find(({ source_ips: ranges }) => ranges.length > rangesInARule);
  if (crowded) {
    const { description = 'without a description', source_ips: ranges } = crowded;
    throw new PreconditionError(
      `the firewall rule "${description}" would admit ${ranges.length} ranges, and Hetzner takes ${rangesInARule}`,
      `${onlyThisMachine}\n${rangeAdvice}`,
    );
  }
  if (rules.length > rulesInAFirewall) {
    throw new PreconditionError(
      `the firewall would have ${rules.length} rules, and Hetzner takes ${rulesInAFirewall}`,
      'Let fewer rules do: hcloud.firewall.extra_rules in cluster.yaml, or rules made by hand.',
    );
  }
  const effective = effectiveRules(rules);
  if (effective > most) {
    throw new PreconditionError(
      `the firewall would have ${effective} effective rules, one for each range of each rule, and Hetzner takes ${most}`,
      `${rangeAdvice}\nWho may reach the APIs counts twice: for the Kubernetes and for the Talos API.\n${onlyThisMachine}`,
    );
  }
}

const onlyThisMachine = `Let only this machine in: ${oxide`firewall allow-me --replace`}`;
const rangeAdvice =
  'A range in place of many addresses: hcloud.firewall.allowed_cidrs in cluster.yaml.';

/** A rule in words. */
export interface RuleText {
  readonly rule: FirewallRule;
  /** `tcp 6443` */
  readonly what: string;
  /** `from 203.0.113.7/32` */
  readonly where: string;
}

/**
 * What has to be added to rules and taken from them so that they let through what is wanted. Of a
 * rule whose addresses alone differ, only those addresses are told.
 */
export function ruleChanges(
  wanted: readonly FirewallRule[],
  found: readonly FirewallRule[],
): { readonly added: readonly RuleText[]; readonly removed: readonly RuleText[] } {
  return { added: missingFrom(found, wanted), removed: missingFrom(wanted, found) };
}

/** Which of `rules` the others do not have, down to single addresses where only those differ. */
function missingFrom(
  others: readonly FirewallRule[],
  rules: readonly FirewallRule[],
): readonly RuleText[] {
  const known = new Set(others.map(fingerprint));
  return rules.flatMap((rule) => {
    if (known.has(fingerprint(rule))) return [];
    const alike = others.filter((other) => sameTraffic(other, rule));
    const there = new Set(alike.flatMap(({ source_ips }) => source_ips.map(canonicalSource)));
    const left = rule.source_ips.map(canonicalSource).filter((source) => !there.has(source));
    if (alike.length === 0 || rule.direction === 'out') return [textOf(rule)];
    if (left.length > 0) return [{ ...textOf({ ...rule, source_ips: left }), rule }];
    const sameName = alike.some(({ description }) => description === rule.description);
    const named = textOf(rule);
    return sameName ? [] : [{ ...named, where: `${named.where}, as "${rule.description ?? ''}"` }];
  });
}

function sameTraffic(a: FirewallRule, b: FirewallRule): boolean {
  return (
    a.direction === b.direction && a.protocol === b.protocol && (a.port ?? '') === (b.port ?? '')
  );
}

function textOf(rule: FirewallRule): RuleText {
  const { direction, protocol, port, source_ips, destination_ips = [] } = rule;
  const [word, ranges] = direction === 'in' ? ['from', source_ips] : ['out to', destination_ips];
  const all = ranges.map(canonicalSource);
  const where = everybody.every((one) => all.includes(one)) ? 'everywhere' : all.join(', ');
  return {
    rule,
    what: port === undefined ? protocol : `${protocol} ${port}`,
    where: `${word} ${where}`,
  };
}
