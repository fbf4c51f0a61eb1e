import { isIPv6 } from 'node:net';
import { quote } from './go-text.js';

/** What is wrong with an address, in the words of Go's netip. An empty text is none, and taken. */
export function addressObjection(text: string): string | undefined {
  return text === '' ? undefined : parseAddress(text);
}

function parseAddress(text: string): string | undefined {
  const failed = (why: string): string => `ParseAddr(${quote(text)}): ${why}`;
  const mark = /[.:%]/.exec(text)?.[0];
  if (mark === undefined) return failed('unable to parse IP');
  if (mark === '%') return failed('missing IPv6 address');
  if (mark === ':') return parseIPv6(text);
  const why = ipv4Objection(text);
  return why === undefined ? undefined : failed(why);
}

function ipv4Objection(text: string): string | undefined {
  let fields = 0;
  let digits = '';
  for (const [index, char] of Array.from(text).entries()) {
    if (/\d/.test(char)) {
      if (digits === '0') return 'IPv4 field has octet with leading zero';
      digits += char;
      if (Number(digits) > 255) return 'IPv4 field has value >255';
    } else if (char === '.') {
      if (digits === '' || index === text.length - 1) {
        return `IPv4 field must have at least one digit (at ${quote(text.slice(index))})`;
      }
      if (fields === 3) return 'IPv4 address too long';
      fields++;
      digits = '';
    } else return `unexpected character (at ${quote(text.slice(index))})`;
  }
  return fields < 3 ? 'IPv4 address too short' : undefined;
}

function parseIPv6(text: string): string | undefined {
  const [address = '', ...zone] = text.split('%');
  const failed = (why: string): string => `ParseAddr(${quote(text)}): ${why}`;
  if (zone.length > 0 && zone.join('%') === '') return failed('zone must be a non-empty string');
  if (isIPv6(address)) return undefined;
  const bad = address.search(/[^0-9a-fA-F:.]/);
  if (bad < 0) return failed('unable to parse IP');
  const field = address.slice(0, bad).search(/[^:]*$/);
  return bad > field
    ? failed(`unexpected character, want colon (at ${quote(address.slice(bad))})`)
    : failed(
        `each colon-separated field must have at least one digit (at ${quote(address.slice(bad))})`,
      );
}

/** What is wrong with a subnet in CIDR notation. */
export function prefixObjection(text: string): string | undefined {
  return text === '' ? undefined : parsePrefix(text);
}

/** As {@link prefixObjection}, where an empty text is not taken. */
export function parsePrefix(text: string): string | undefined {
  const failed = (why: string): string => `netip.ParsePrefix(${quote(text)}): ${why}`;
  const slash = text.lastIndexOf('/');
  if (slash < 0) return failed("no '/'");
  const address = text.slice(0, slash);
  const why = parseAddressOf(address);
  if (why !== undefined) return failed(why);
  if (address.includes('%')) return failed('IPv6 zones cannot be present in a prefix');
  const bits = text.slice(slash + 1);
  if (!/^(0|[1-9]\d{0,2})$/.test(bits)) return failed(`bad bits after slash: ${quote(bits)}`);
  const most = address.includes(':') ? 128 : 32;
  return Number(bits) > most ? failed('prefix length out of range') : undefined;
}

/** As {@link addressObjection}, where an empty text is not taken. */
export function parseAddressOf(text: string): string | undefined {
  return text === '' ? 'ParseAddr(""): unable to parse IP' : parseAddress(text);
}

/** What is wrong with an address and its port. */
export function addressPortObjection(text: string): string | undefined {
  if (text === '') return undefined;
  const colon = text.lastIndexOf(':');
  if (colon < 0) return 'not an ip:port';
  const host = text.slice(0, colon);
  const port = text.slice(colon + 1);
  if (host === '') return 'no IP';
  if (port === '') return 'no port';
  const isBracketed = host.startsWith('[');
  if (isBracketed && !host.endsWith(']')) return 'missing ]';
  if (!/^\d+$/.test(port) || Number(port) > 65535) {
    return `invalid port ${quote(port)} parsing ${quote(text)}`;
  }
  const address = isBracketed ? host.slice(1, -1) : host;
  const why = parseAddressOf(address);
  if (why !== undefined) return why;
  if (isBracketed === address.includes(':')) return undefined;
  return `invalid ip:port ${quote(text)}, ${isBracketed ? 'square brackets can only be used with IPv6 addresses' : 'IPv6 addresses must be surrounded by square brackets'}`;
}

/** What is wrong with a hardware address, hexadecimal digits with or without colons. */
export function hardwareAddressObjection(text: string): string | undefined {
  const hex = text.replaceAll(':', '');
  const bad = Array.from(hex).find((char) => !/[0-9a-fA-F]/.test(char));
  if (bad !== undefined) {
    const code = (bad.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    return `encoding/hex: invalid byte: U+${code} '${bad}'`;
  }
  return hex.length % 2 === 0 ? undefined : 'encoding/hex: odd length hex string';
}

/** Whether Talos takes this as an address or subnet; a leading `!` excludes it. */
export function isSubnetOrAddress(text: string): boolean {
  const plain = text.replace(/^!/, '');
  return (plain.includes('/') ? parsePrefix(plain) : parseAddressOf(plain)) === undefined;
}
