import ipaddr from 'ipaddr.js';

/** A range of IPv4 addresses; addresses are numbers, so that ranges can be compared. */
export interface Ipv4Range {
  /** As `10.0.1.0/24`. */
  readonly text: string;
  readonly prefix: number;
  readonly first: number;
  readonly last: number;
}

/** Reads `10.0.1.0/24`. Throws a RangeError that says what is wrong with it. */
export function parseIpv4Range(text: string): Ipv4Range {
  if (!ipaddr.IPv4.isValidCIDRFourPartDecimal(text)) {
    throw new RangeError(`"${text}" is not an IPv4 range such as 10.0.0.0/16`);
  }
  const [address, prefix] = ipaddr.IPv4.parseCIDR(text);
  const size = 2 ** (32 - prefix);
  const value = toNumber(address);
  const first = value - (value % size);
  if (first !== value) {
    throw new RangeError(`"${text}" is not a range: with /${prefix} it starts at ${toText(first)}`);
  }
  return { text, prefix, first, last: first + size - 1 };
}

/** Reads one IPv4 address as a number; undefined when the text is none. */
export function parseIpv4(text: string): number | undefined {
  if (!ipaddr.IPv4.isValidFourPartDecimal(text)) return undefined;
  return toNumber(ipaddr.IPv4.parse(text));
}

/** The address as `10.0.1.5`. */
export function toText(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}

export function contains(outer: Ipv4Range, inner: Ipv4Range): boolean {
  return outer.first <= inner.first && inner.last <= outer.last;
}

export function overlap(a: Ipv4Range, b: Ipv4Range): boolean {
  return a.first <= b.last && b.first <= a.last;
}

const privateRanges = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'].map(parseIpv4Range);

/** True for ranges inside of the private ones of RFC 1918, the only ones a Hetzner network may have. */
export function isPrivateRange(range: Ipv4Range): boolean {
  return privateRanges.some((privateRange) => contains(privateRange, range));
}

/**
 * A firewall source in the form in which Hetzner gives it back: a bare address gets /32 or /128,
 * IPv6 is in its canonical short form (RFC 5952). Throws a RangeError that says what is wrong.
 */
export function canonicalSource(text: string): string {
  const [address = '', prefix, ...rest] = text.split('/');
  const valid = ipaddr.IPv4.isValidFourPartDecimal(address) || isPlainIpv6(address);
  if (!valid || rest.length > 0 || (prefix !== undefined && !/^\d{1,3}$/.test(prefix))) {
    throw new RangeError(`"${text}" is neither an address nor a range such as 203.0.113.0/24`);
  }
  const parsed = ipaddr.parse(address);
  const bits = parsed.kind() === 'ipv4' ? 32 : 128;
  const length = prefix === undefined ? bits : Number(prefix);
  if (length > bits) throw new RangeError(`"${text}" has a prefix longer than /${bits}`);
  const canonical = `${format(parsed)}/${length}`;
  const range = `${networkOf(parsed, length)}/${length}`;
  if (range !== canonical) {
    throw new RangeError(`"${text}" is not a range: with /${length} it is ${range}`);
  }
  return canonical;
}

/** True when one of the ranges holds the whole other one; all canonical, of either family. */
export function isHeld(ranges: readonly string[], inner: string): boolean {
  const [address, length] = ipaddr.parseCIDR(inner);
  return ranges.some((range) => {
    const [base, prefix] = ipaddr.parseCIDR(range);
    return base.kind() === address.kind() && prefix <= length && address.match([base, prefix]);
  });
}

/** The ranges and those of the others that they do not hold already. */
export function withRanges(
  ranges: readonly string[],
  others: readonly string[],
): readonly string[] {
  return others.reduce((all, one) => (isHeld(all, one) ? all : [...all, one]), ranges);
}

function isPlainIpv6(text: string): boolean {
  return !text.includes('%') && ipaddr.IPv6.isValid(text);
}

function networkOf(address: ipaddr.IPv4 | ipaddr.IPv6, length: number): string {
  const cidr = `${address.toString()}/${length}`;
  return format(
    address.kind() === 'ipv4'
      ? ipaddr.IPv4.networkAddressFromCIDR(cidr)
      : ipaddr.IPv6.networkAddressFromCIDR(cidr),
  );
}

function format(address: ipaddr.IPv4 | ipaddr.IPv6): string {
  return 'toRFC5952String' in address ? address.toRFC5952String() : address.toString();
}

function toNumber(address: ipaddr.IPv4): number {
  return address.octets.reduce((value, octet) => value * 256 + octet, 0);
}
