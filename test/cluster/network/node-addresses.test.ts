import { describe, expect, test } from 'vitest';
import {
  controlPlaneAddress,
  controlPlaneAddresses,
  nodeCapacity,
} from '../../../src/cluster/network/node-addresses.js';
import {
  canonicalSource,
  contains,
  isPrivateRange,
  overlap,
  parseIpv4,
  parseIpv4Range,
  toText,
} from '../../../src/cluster/network/cidr.js';

const usual = { cidr: '10.0.0.0/16', subnetCidr: '10.0.1.0/24' };

describe('ranges', () => {
  test.each([
    ['10.0.0.0/16', '10.0.0.0', '10.0.255.255'],
    ['10.0.1.128/25', '10.0.1.128', '10.0.1.255'],
    ['0.0.0.0/0', '0.0.0.0', '255.255.255.255'],
    ['192.168.1.7/32', '192.168.1.7', '192.168.1.7'],
  ])('%s goes from %s to %s', (text, first, last) => {
    const range = parseIpv4Range(text);
    expect([toText(range.first), toText(range.last)]).toEqual([first, last]);
  });

  test.each(['10.0.0.0', '10.0.0.0/33', '10.0/16', '010.0.0.0/8', 'fd00::/8', '10.0.0.1/16', ''])(
    '"%s" is no range',
    (text) => {
      expect(() => parseIpv4Range(text)).toThrow(RangeError);
    },
  );

  test.each([
    ['10.0.0.0/16', '10.0.1.0/24', true, true],
    ['10.0.1.0/24', '10.0.0.0/16', false, true],
    ['10.0.0.0/16', '10.0.0.0/16', true, true],
    ['10.0.0.0/16', '10.1.0.0/16', false, false],
    ['10.0.0.0/24', '10.0.1.0/24', false, false],
  ])('%s and %s: contains %s, overlaps %s', (outer, inner, containing, overlapping) => {
    const [a, b] = [parseIpv4Range(outer), parseIpv4Range(inner)];
    expect([contains(a, b), overlap(a, b), overlap(b, a)]).toEqual([
      containing,
      overlapping,
      overlapping,
    ]);
  });

  test.each([
    ['10.0.0.0/8', true],
    ['172.31.0.0/16', true],
    ['172.32.0.0/16', false],
    ['192.168.0.0/16', true],
    ['192.0.0.0/8', false],
  ])('%s is private: %s', (text, expected) => {
    expect(isPrivateRange(parseIpv4Range(text))).toBe(expected);
  });
});

describe('firewall sources', () => {
  test.each([
    ['203.0.113.7', '203.0.113.7/32'],
    ['203.0.113.0/24', '203.0.113.0/24'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1/128'],
    ['2001:0db8:00ff::/48', '2001:db8:ff::/48'],
    ['::/0', '::/0'],
  ])('%s is %s to Hetzner', (text, canonical) => {
    expect(canonicalSource(text)).toBe(canonical);
  });

  test.each([
    '203.0.113.7/24',
    '2001:db8::1/64',
    'fe80::1%eth0',
    '1.2.3.4/33',
    '1.2.3',
    'x',
    '::/x',
  ])('"%s" is refused', (text) => {
    expect(() => canonicalSource(text)).toThrow(RangeError);
  });
});

describe('addresses of control planes', () => {
  test.each([
    [usual, 0, '10.0.1.254'],
    [usual, 8, '10.0.1.246'],
    [{ cidr: '10.0.0.0/24', subnetCidr: '10.0.0.0/24' }, 252, '10.0.0.2'],
    [{ cidr: '172.31.0.0/16', subnetCidr: '172.31.1.0/30' }, 0, '172.31.1.2'],
  ])('in %o slot %i has %s', (network, slot, address) => {
    expect(controlPlaneAddress(network, slot)).toBe(address);
  });

  test('there are no more than the subnet holds', () => {
    expect(() =>
      controlPlaneAddress({ cidr: '10.0.0.0/16', subnetCidr: '10.0.1.0/30' }, 2),
    ).toThrow('no room for 3 control planes');
  });

  test.each([
    [usual, 254],
    [{ cidr: '10.0.0.0/24', subnetCidr: '10.0.0.0/24' }, 253],
    [{ cidr: '172.31.0.0/16', subnetCidr: '172.31.1.0/30' }, 1],
    [{ cidr: '10.0.0.0/16', subnetCidr: '10.0.1.0/31' }, 0],
  ])('%o holds %i nodes', (network, nodes) => {
    expect(nodeCapacity(network)).toBe(nodes);
  });

  test('who has an address keeps it, the others get the free ones in order', () => {
    const holders = [
      { name: 'a', privateIp: undefined },
      { name: 'b', privateIp: '10.0.1.253' },
      { name: 'c', privateIp: undefined },
    ];
    const addresses = controlPlaneAddresses({ network: usual, holders, taken: ['10.0.1.252'] });
    expect(Object.fromEntries(addresses)).toEqual({
      a: '10.0.1.254',
      b: '10.0.1.253',
      c: '10.0.1.251',
    });
  });

  test('what is no address is not taken for one', () => {
    expect(parseIpv4('10.0.1')).toBeUndefined();
    expect(parseIpv4('10.0.1.1')).toBe(167772417);
  });
});
