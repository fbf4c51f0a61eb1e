import { BlockList, isIP } from 'node:net';
import { PreconditionError } from './errors.js';

/** How oxide's own requests leave this machine: what its tools read of the same variables. */
export interface Outbound {
  /** Proxies for `http:` and `https:` addresses; undefined: none. */
  readonly httpProxy?: string | undefined;
  readonly httpsProxy?: string | undefined;
  /** What is reached without them: names, addresses and ranges, separated by commas. */
  readonly noProxy?: string | undefined;
  /** Certificate authorities that are trusted, PEM; undefined: those that Node trusts. */
  readonly authorities?: readonly string[] | undefined;
}

/** Without a proxy, and with the usual authorities. */
export const directly: Outbound = {};

/**
 * The proxy for a URL, or undefined. The rules are those of Go's tools (golang.org/x/net,
 * http/httpproxy): talosctl, kubectl and helm decide by the same variables, and must agree.
 */
export function proxyFor(url: string, outbound: Outbound): URL | undefined {
  const { protocol, hostname, port } = new URL(url);
  const secure = protocol === 'https:';
  const proxy = secure ? outbound.httpsProxy : outbound.httpProxy;
  if (proxy === undefined || proxy === '') return undefined;
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const target: Target = { host, port: port || (secure ? '443' : '80') };
  if (isLoopback(host) || bypasses(outbound.noProxy ?? '', target)) return undefined;
  return proxyUrl(proxy, secure ? 'HTTPS_PROXY' : 'HTTP_PROXY');
}

/** True for this machine itself: such addresses never leave it. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '').toLowerCase();
  if (name === 'localhost' || name.endsWith('.localhost')) return true;
  return isIP(name) !== 0 && loopback.check(name, family(name));
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

interface Target {
  readonly host: string;
  readonly port: string;
}

function bypasses(noProxy: string, target: Target): boolean {
  return noProxy
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .some((entry) => entry !== '' && matches(entry, target));
}

function matches(entry: string, { host, port }: Target): boolean {
  if (entry === '*') return true;
  const range = /^([0-9a-f.:]+)\/(\d{1,3})$/.exec(entry);
  if (range) return isIP(host) !== 0 && inRange(host, range[1] ?? '', Number(range[2]));
  const withPort = /^(\[.+\]|[^:]+):(\d+)$/.exec(entry);
  if (withPort && withPort[2] !== port) return false;
  const name = (withPort?.[1] ?? entry).replace(/^\[|\]$/g, '').replace(/^\*(?=\.)/, '');
  if (isIP(name) !== 0) return isIP(host) !== 0 && inRange(host, name, isIP(name) === 4 ? 32 : 128);
  // `example.com` stands for its subdomains, too; `.example.com` only for those.
  return host === name || host.endsWith(name.startsWith('.') ? name : `.${name}`);
}

function inRange(host: string, base: string, prefix: number): boolean {
  if (isIP(base) === 0 || prefix > (isIP(base) === 4 ? 32 : 128)) return false;
  const range = new BlockList();
  range.addSubnet(base, prefix, family(base));
  return range.check(host, family(host));
}

function family(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 4 ? 'ipv4' : 'ipv6';
}

/** A proxy without a scheme is one of http, as for Go's tools. */
function proxyUrl(proxy: string, variable: string): URL {
  const url = proxy.includes('://') ? proxy : `http://${proxy}`;
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed?.host) throw new PreconditionError(`${variable} is no address of a proxy`);
  if (['http:', 'https:'].includes(parsed.protocol)) return parsed;
  throw new PreconditionError(
    `${variable} names a proxy of the kind ${parsed.protocol.replace(':', '')}`,
    "oxide's own requests go through proxies of http and https only.",
  );
}
