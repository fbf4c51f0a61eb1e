import { expect, test } from 'vitest';
import { effectiveRules } from '../../../src/cluster/network/firewall-limits.js';
import {
  checkRuleLimits,
  rulesEqual,
  wantedRules,
} from '../../../src/cluster/network/firewall-rules.js';
import type { FirewallRule } from '../../../src/cluster/state/cluster-state.js';

const wanted = wantedRules({
  allowedCidrs: ['203.0.113.7/32', '2001:db8::1/128'],
  extraRules: [{ protocol: 'icmp', source_ips: ['0.0.0.0/0'] }],
});

test('only the allowed addresses reach the APIs, everybody the web ports', () => {
  expect(wanted.map(({ port, protocol, source_ips }) => [port ?? protocol, source_ips])).toEqual([
    ['6443', ['203.0.113.7/32', '2001:db8::1/128']],
    ['50000', ['203.0.113.7/32', '2001:db8::1/128']],
    ['80', ['0.0.0.0/0', '::/0']],
    ['443', ['0.0.0.0/0', '::/0']],
    ['icmp', ['0.0.0.0/0']],
  ]);
});

test("order and the notation of addresses don't make a difference", () => {
  const returned = wanted.toReversed().map((rule): FirewallRule => ({
    ...rule,
    source_ips: rule.source_ips
      .toReversed()
      .map((source) => source.replace('2001:db8::1', '2001:DB8:0:0::1')),
  }));
  expect(rulesEqual(wanted, returned)).toBe(true);
});

test.each<[string, (rules: readonly FirewallRule[]) => readonly FirewallRule[]]>([
  [
    'a rule more',
    (rules) => [...rules, { direction: 'in', protocol: 'gre', source_ips: ['::/0'] }],
  ],
  ['a rule less', (rules) => rules.slice(1)],
  ['another port', (rules) => rules.map((r) => (r.port === '80' ? { ...r, port: '81' } : r))],
  ['another source', (rules) => rules.map((r) => ({ ...r, source_ips: ['198.51.100.1/32'] }))],
  [
    'another destination',
    (rules) => rules.map((r) => ({ ...r, destination_ips: ['192.0.2.0/24'] })),
  ],
  ['an outbound rule', (rules) => rules.map((r) => ({ ...r, direction: 'out' }))],
])('%s makes a difference', (_, change) => {
  expect(rulesEqual(wanted, change(wanted))).toBe(false);
});

test('more rules than Hetzner takes are refused', () => {
  const [rule] = wanted;
  const many = (count: number) => Array.from({ length: count }, () => rule as FirewallRule);
  expect(() => {
    checkRuleLimits(many(50));
  }).not.toThrow();
  expect(() => {
    checkRuleLimits(many(51));
  }).toThrow('the firewall would have 51 rules, and Hetzner takes 50');
});

test('every range of every rule is an effective rule', () => {
  expect(effectiveRules(wanted)).toBe(2 + 2 + 2 + 2 + 1);
  const out = { source_ips: [], destination_ips: ['192.0.2.0/24', '::/0'] };
  expect(effectiveRules([out])).toBe(2);
});

test('more effective rules than Hetzner takes are refused', () => {
  const ranges = Array.from({ length: 100 }, (_, i) => `203.0.113.${i}/32`);
  const rule = (count: number): FirewallRule => ({
    ...{ direction: 'in', protocol: 'udp', port: '1' },
    source_ips: ranges.slice(0, count),
  });
  const full = [100, 100, 100, 100, 100].map(rule);
  expect(() => {
    checkRuleLimits(full);
  }).not.toThrow();
  expect(() => {
    checkRuleLimits([...full, rule(1)]);
  }).toThrow(
    'the firewall would have 501 effective rules, one for each range of each rule, and Hetzner takes 500',
  );
});
