import { storedRange, toAddress, type Range } from '../cloud/address-math.js';

/** The IPv4 range of a list like `10.244.0.0/16,fd00::/48`: the only one the simulation deals out. */
export function ipv4Range(cidrs: string): Range {
  const range = cidrs.split(',').find((cidr) => !cidr.includes(':'));
  return storedRange(range?.trim() ?? '');
}

/** The address `offset` after the first of the range. */
export function addressAt({ first }: Range, offset: number): string {
  return toAddress(first + offset);
}
