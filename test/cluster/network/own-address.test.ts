import { describe, expect, it } from 'vitest';
import { ownAddressOf } from '../../../src/cluster/network/own-address.js';

const said = (...addresses: string[]) =>
  ownAddressOf(addresses.map((address, index) => ({ service: `s${index + 1}.test`, address })));

describe('the own address', () => {
  it('is what all services see', () => {
    expect(said('5.75.128.9', '5.75.128.9')).toEqual({
      ...{ address: '5.75.128.9', notes: [], contradiction: undefined },
    });
    // The same address, written in two ways.
    expect(said('2a01:4f8:0:0::1', '2a01:4f8::1').address).toBe('2a01:4f8:0:0::1');
    expect(said().address).toBeUndefined();
  });

  it.each([
    ['10.0.0.5', 'a private address'],
    ['172.31.0.1', 'a private address'],
    ['192.168.1.1', 'a private address'],
    ['fd00::1', 'a private address'],
    ['127.0.0.1', 'a loopback address'],
    ['::1', 'a loopback address'],
    ['169.254.169.254', 'a link-local address'],
    ['fe80::1', 'a link-local address'],
    ['100.64.0.1', "an address inside a provider's network"],
    ['224.0.0.1', 'a multicast address'],
    ['ff02::1', 'a multicast address'],
    ['0.0.0.0', 'the zero address'],
    ['::', 'the zero address'],
    ['255.255.255.255', 'a reserved address'],
    ['240.0.0.1', 'a reserved address'],
    ['198.18.0.1', 'a reserved address'],
    ['::ffff:10.0.0.1', 'a reserved address'],
    ['64:ff9b::808:808', 'a reserved address'],
    ['4000::1', 'a reserved address'],
  ])('is never %s', (address, what) => {
    expect(said(address)).toEqual({
      address: undefined,
      notes: [`s1.test answered ${address}, ${what}: not taken`],
      contradiction: undefined,
    });
    expect(said(address, '5.75.128.9').address).toBe('5.75.128.9');
  });

  it('may be one of documentation, which the sandbox has', () => {
    for (const address of ['203.0.113.7', '198.51.100.7', '192.0.2.1', '2001:db8::7'])
      expect(said(address).address).toBe(address);
  });

  it('is not guessed when services see different ones', () => {
    expect(said('5.75.128.9', '88.198.0.4')).toEqual({
      address: undefined,
      notes: [],
      contradiction:
        'this machine is seen with different addresses: 5.75.128.9 by s1.test and 88.198.0.4 by s2.test',
    });
  });
});
