/** An IPv4 network: its first and last address as numbers. */
export interface Range {
  readonly first: number;
  readonly last: number;
  readonly prefix: number;
}

export function toNumber(ip: string): number {
  return ip.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

export function toAddress(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}

/** Parses `10.0.0.0/16`; undefined when it is none or has host bits set. */
export function parseRange(cidr: string): Range | undefined {
  const match = /^(\d{1,3}(?:\.\d{1,3}){3})\/(\d{1,2})$/.exec(cidr);
  const prefix = Number(match?.[2]);
  if (!match?.[1] || prefix > 32 || match[1].split('.').some((part) => Number(part) > 255)) {
    return undefined;
  }
  const first = toNumber(match[1]);
  const size = 2 ** (32 - prefix);
  return first % size === 0 ? { first, last: first + size - 1, prefix } : undefined;
}

/** Parses a range that was checked when it was stored. */
export function storedRange(cidr: string): Range {
  const range = parseRange(cidr);
  if (!range) throw new Error(`not an IPv4 range: ${cidr}`);
  return range;
}

export function contains(outer: Range, inner: Range): boolean {
  return outer.first <= inner.first && inner.last <= outer.last;
}

export function overlap(a: Range, b: Range): boolean {
  return a.first <= b.last && b.first <= a.last;
}

/** Whether the range lies in the private ones of RFC 1918. */
export function isPrivate(range: Range): boolean {
  return ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'].some((cidr) =>
    contains(storedRange(cidr), range),
  );
}
