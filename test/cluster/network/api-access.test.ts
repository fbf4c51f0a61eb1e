import { describe, expect, test } from 'vitest';
import {
  admits,
  admittedRanges,
  keepsOut,
  planApiAccess,
  wantedApiAccess,
} from '../../../src/cluster/network/api-access.js';
import { effectiveRules } from '../../../src/cluster/network/firewall-limits.js';
import { isHeld, withRanges } from '../../../src/cluster/network/cidr.js';
import { inboundTcp, wantedRules } from '../../../src/cluster/network/firewall-rules.js';
import type { FirewallRule, FirewallState } from '../../../src/cluster/state/cluster-state.js';
import { clusterOf, configOf, nothing } from '../fixtures.js';

const own = '198.51.100.4/32';
const old = '198.51.100.9/32';
const office = '203.0.113.0/24';

/** Rules that others made, all of which have to come through unharmed. */
const others: readonly FirewallRule[] = [
  inboundTcp('22', ['192.0.2.1/32'], 'made by hand'),
  { direction: 'in', protocol: 'icmp', source_ips: ['0.0.0.0/0'], destination_ips: [] },
  { direction: 'out', protocol: 'udp', port: 'any', source_ips: [], destination_ips: ['::/0'] },
];

const unlisted = clusterOf(1, 0);
const listed = configOf(`hcloud: { location: nbg1, firewall: { allowed_cidrs: [${office}] } }
control_planes: [{ name: cp, server_type: cx23, count: 1 }]
`);

function firewall(
  allowedCidrs: readonly string[],
  addedCidrs: readonly string[] = [],
): FirewallState {
  const rules = [...others, ...wantedRules({ allowedCidrs, addedCidrs, extraRules: [] })];
  return { id: 7, name: 'demo', rules, labels: {} };
}

describe('a range', () => {
  test.each([
    [['198.51.100.7/32'], '198.51.100.7/32', true],
    [['198.51.100.0/24'], '198.51.101.7/32', false],
    [['198.51.100.0/24'], '198.51.100.0/25', true],
    [['198.51.100.0/25'], '198.51.100.0/24', false],
    [['0.0.0.0/0'], '203.0.113.1/32', true],
    [['2001:db8::/32'], '2001:db8::7/128', true],
    [['2001:db8::/32', '::/0'], '203.0.113.1/32', false],
    [[], '203.0.113.1/32', false],
  ])('%j hold %s: %s', (ranges, inner, held) => {
    expect(isHeld(ranges, inner)).toBe(held);
  });

  test('that is held already is not added', () => {
    expect(withRanges([office], ['203.0.113.9/32', own, own])).toEqual([office, own]);
  });
});

describe('who reaches the APIs', () => {
  test.each<[string, readonly FirewallRule[], readonly string[]]>([
    ['both ports', firewall([own]).rules, [own]],
    ['one port only', [inboundTcp('6443', [own], 'x')], []],
    ['a range of ports', [inboundTcp('1-65535', [own], 'x')], [own]],
    ['any port', [inboundTcp('any', [own], 'x')], [own]],
    ['another range of ports', [inboundTcp('6444-49999', [own], 'x')], []],
    [
      'a narrower range to one of them',
      [inboundTcp('6443', [office], 'x'), inboundTcp('50000', ['203.0.113.9/32'], 'y')],
      ['203.0.113.9/32'],
    ],
    [
      'outbound and other protocols',
      [
        { ...inboundTcp('any', [own], 'x'), direction: 'out' },
        { ...inboundTcp('any', [own], 'x'), protocol: 'udp' },
      ],
      [],
    ],
  ])('with %s', (_, rules, ranges) => {
    expect(admittedRanges(rules)).toEqual(ranges);
    expect(admits(rules, '198.51.100.4')).toBe(ranges.includes(own));
  });

  test('only a firewall that is there and an address that is known can be compared', () => {
    expect(keepsOut(firewall([office]), '198.51.100.4')).toBe(true);
    expect(keepsOut(firewall([office]), '203.0.113.4')).toBe(false);
    expect(keepsOut(firewall([office]), undefined)).toBe(false);
    expect(keepsOut(undefined, '198.51.100.4')).toBe(false);
  });
});

describe('whom a create admits', () => {
  const wanted = (config: typeof listed, found = firewall([old])) =>
    wantedApiAccess(config, { ...nothing, firewall: found }, [own]);

  test('without a list: whom the firewall admits already, and this machine', () => {
    expect(wanted(unlisted)).toEqual({ allowedCidrs: [old, own], addedCidrs: [] });
    expect(wanted(unlisted, firewall([office], [old]))).toEqual({
      allowedCidrs: [office, old, own],
      addedCidrs: [],
    });
  });

  test('with a list: exactly that, and what allow-me added to it', () => {
    expect(wanted(listed)).toEqual({ allowedCidrs: [office], addedCidrs: [] });
    expect(wanted(listed, firewall([office], [old]))).toEqual({
      allowedCidrs: [office],
      addedCidrs: [old],
    });
  });

  test('what has come into the list is no longer added beside it', () => {
    const found = firewall([office], ['203.0.113.9/32', old]);
    expect(wanted(listed, found).addedCidrs).toEqual([old]);
  });
});

describe('admitting', () => {
  const admit = (
    config: typeof listed,
    found: FirewallState,
    more: { ranges?: readonly string[]; replace?: boolean } = {},
  ) => planApiAccess({ config, firewall: found, ranges: [own], replace: false, ...more });

  test.each([
    ['adds', unlisted, firewall([old]), {}, [old, own]],
    ['adds beside a list', listed, firewall([office]), {}, [office, own]],
    ['takes nothing away', listed, firewall([office, old]), {}, [office, old, own]],
    ['replaces', unlisted, firewall([old, office]), { replace: true }, [own]],
    ['replaces added ones', unlisted, firewall([office], [old]), { replace: true }, [own]],
    ['never replaces the list', listed, firewall([old], [old]), { replace: true }, [office, own]],
    [
      'takes all that was added away',
      listed,
      firewall([office], [old]),
      { ranges: [office], replace: true },
      [office],
    ],
    [
      'helps also before a create has followed the list',
      listed,
      firewall([old]),
      { ranges: ['203.0.113.9/32'] },
      [old, '203.0.113.9/32'],
    ],
  ])('%s', (_, config, found, more, after) => {
    const plan = admit(config, found, more);
    expect(plan.changed).toBe(true);
    expect(plan.after).toEqual(after);
    expect(plan.before).toEqual(admittedRanges(found.rules));

    const again = admit(config, { ...found, rules: plan.rules }, more);
    expect(again.changed).toBe(false);
    expect(again.rules).toEqual(plan.rules);
  });

  test.each([
    [unlisted, firewall([old]), false],
    [unlisted, firewall([old]), true],
    [listed, firewall([office], [old]), false],
    [listed, firewall([office], [old]), true],
  ])('leaves every other rule as it is', (config, found, replace) => {
    const { rules } = admit(config, found, { replace });
    const isOther = ({ port }: FirewallRule): boolean => port !== '6443' && port !== '50000';
    expect(rules.filter(isOther)).toEqual(found.rules.filter(isOther));
    expect(rules.slice(0, others.length)).toEqual(others);
  });

  test('makes the rules that somebody has deleted by hand', () => {
    const plan = admit(unlisted, { ...firewall([old]), rules: others });
    expect(plan.before).toEqual([]);
    expect(plan.after).toEqual([own]);
  });

  test('admits to the port that is missing when only one of them is open', () => {
    const half = { ...firewall([old]), rules: [inboundTcp('6443', [own], 'Kubernetes API')] };
    expect(admit(unlisted, half).after).toEqual([own]);
    const added = 'Kubernetes API (oxide firewall allow-me)';
    const halfAdded = { ...half, rules: [inboundTcp('6443', [own], added)] };
    expect(admit(listed, halfAdded).after).toEqual([own]);
  });

  test('stays what it was for a machine that a wider range lets in', () => {
    const plan = admit(unlisted, firewall(['198.51.100.0/24']));
    expect(plan.changed).toBe(false);
  });

  test('beside a list lasts, also for a machine that an earlier create admitted', () => {
    const plan = admit(listed, firewall([own]));
    expect(plan.changed).toBe(true);
    const state = { ...nothing, firewall: { ...firewall([own]), rules: plan.rules } };
    expect(wantedApiAccess(listed, state, []).addedCidrs).toEqual([own]);
  });

  test('refuses what Hetzner would not take', () => {
    const full = Array.from({ length: 100 }, (_, i) => `192.0.2.${i}/32`);
    expect(() => admit(unlisted, firewall(full))).toThrow(
      'the firewall rule "Kubernetes API" would admit 101 ranges, and Hetzner takes 100',
    );
  });
});

test('admitting one more than the effective rules allow is refused before anything is written', () => {
  const full = [1, 2, 3, 4, 5].map((port) =>
    inboundTcp(
      String(port),
      Array.from({ length: 98 }, (_, i) => `192.0.2.${i}/32`),
      'made by hand',
    ),
  );
  const { rules } = firewall([own]);
  const input = {
    config: unlisted,
    firewall: { id: 7, name: 'demo', labels: {}, rules: [...rules.slice(3), ...full] },
    replace: false,
  };
  expect(effectiveRules(input.firewall.rules)).toBe(496);
  expect(planApiAccess({ ...input, ranges: [old] }).changed).toBe(true);
  expect(() => planApiAccess({ ...input, ranges: [old, '198.51.100.10/32', office] })).toThrow(
    'the firewall would have 502 effective rules',
  );
});
