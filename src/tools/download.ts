import { isIP } from 'node:net';
import { Agent, ProxyAgent, request } from 'undici';
import { ExitCode, OxideError, PreconditionError, messageOf } from '../lib/errors.js';
import { directly, proxyFor, type Outbound } from '../lib/outbound.js';
import { realDeadline, type Clock } from '../lib/wait.js';

export interface OwnAddressOptions {
  /** Services that answer with the caller's address as text, in order of preference. */
  readonly ipv4: readonly string[];
  readonly ipv6: readonly string[];
  /** How requests leave this machine; directly unless given. */
  readonly outbound?: Outbound | undefined;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

export interface OwnAddress {
  readonly ipv4?: string;
  readonly ipv6?: string;
  /** What was not found, for the user to know. */
  readonly notes: readonly string[];
}

/** Real milliseconds for one service: many networks have no IPv6, and dropping packets says nothing. */
const addressTimeoutMs = 2_000;
const downloadTimeoutMs = 30_000;
const downloadTries = 4;
/** Bytes: an address is 45 characters at most. */
const largestAddress = 1024;
/** Bytes: the manifests of the Gateway API are not a megabyte. */
const largestDownload = 16 * 1024 * 1024;

/**
 * The public addresses that this machine is seen with, each family asked on its own. One missing
 * family is normal; a `PreconditionError` when there is none at all.
 */
export async function ownAddress(options: OwnAddressOptions): Promise<OwnAddress> {
  const [ipv4, ipv6] = await Promise.all([
    firstAddress(options, options.ipv4, 4),
    firstAddress(options, options.ipv6, 6),
  ]);
  options.signal.throwIfAborted();
  if (ipv4 === undefined && ipv6 === undefined) {
    const asked = [...options.ipv4, ...options.ipv6].map((url) => new URL(url).host);
    throw new PreconditionError(
      `the public address of this machine could not be found (asked ${[...new Set(asked)].join(', ')})`,
      'Say in cluster.yaml who may reach the cluster: hcloud.firewall.allowed_cidrs, for example [203.0.113.7/32].',
    );
  }
  const missing = ipv4 === undefined ? 'IPv4' : 'IPv6';
  const notes =
    ipv4 === undefined || ipv6 === undefined
      ? [`no public ${missing} address was found; the firewall will admit only the other family`]
      : [];
  return {
    ...(ipv4 === undefined ? {} : { ipv4 }),
    ...(ipv6 === undefined ? {} : { ipv6 }),
    notes,
  };
}

async function firstAddress(
  { outbound, clock, signal }: OwnAddressOptions,
  urls: readonly string[],
  family: 4 | 6,
): Promise<string | undefined> {
  const limits = { timeoutMs: addressTimeoutMs, maxBytes: largestAddress };
  for (const url of urls) {
    try {
      const text = await clock.during(() => get(url, { signal, outbound, family, ...limits }));
      const address = text.trim();
      if (isIP(address) === family) return address;
    } catch {
      if (signal.aborted) return undefined;
    }
  }
  return undefined;
}

export interface DownloadOptions {
  readonly url: string;
  /** How requests leave this machine; directly unless given. */
  readonly outbound?: Outbound | undefined;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** The text at a URL. Network failures and 5xx are tried again, what no repetition heals is not. */
export async function download(options: DownloadOptions): Promise<string> {
  const { url, outbound, clock, signal } = options;
  const limits = { timeoutMs: downloadTimeoutMs, maxBytes: largestDownload };
  for (let tries = 1; ; tries++) {
    signal.throwIfAborted();
    try {
      return await clock.during(() => get(url, { signal, outbound, ...limits }));
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof OxideError) throw error;
      if (isFinal(error) || tries === downloadTries) throw failed(url, error);
    }
    await clock.sleep(1_000 * 2 ** tries, signal);
  }
}

function failed(url: string, error: unknown): OxideError {
  const trust = untrusted.test(codeOf(error))
    ? 'If a proxy of yours answers in its place and you trust it: SSL_CERT_FILE=<the certificate of its authority, PEM>.\n'
    : '';
  return new OxideError(`cannot download ${url}: ${messageOf(error) || codeOf(error)}`, {
    hint: `${trust}Check the connection to the internet and the version in cluster.yaml. The same command goes on from here.`,
    cause: error,
  });
}

class StatusError extends Error {
  constructor(readonly status: number) {
    super(`the server answered ${status}`);
  }
}

/** Codes of Node and OpenSSL for a certificate that is not accepted. */
const untrusted =
  /^(UNABLE_TO_|CERT_|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|ERR_TLS_CERT_)/;
/** What is no TLS, no HTTP, or too large will be so again; so will a proxy's refusal. */
const other = /^(ERR_SSL_|EPROTO$|HPE_|HTTPParserError$|UND_ERR_RES_EXCEEDED_MAX_SIZE$)/;
const proxyRefusal = /^Proxy response \(4\d\d\) !== 200/;

function isFinal(error: unknown): boolean {
  if (error instanceof StatusError) return error.status < 500 && error.status !== 429;
  const code = codeOf(error);
  return untrusted.test(code) || other.test(code) || proxyRefusal.test(messageOf(error));
}

/** undici's parser gives some of its errors no code, only a name. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

interface GetOptions {
  readonly signal: AbortSignal;
  readonly outbound: Outbound | undefined;
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly family?: 4 | 6;
}

/** Redirects are followed: release assets are served from elsewhere. */
const redirects = 5;

async function get(url: string, options: GetOptions, left = redirects): Promise<string> {
  const { signal, timeoutMs } = options;
  const dispatcher = dispatcherFor(url, options);
  try {
    const response = await request(url, {
      dispatcher,
      headers: { 'user-agent': 'oxide' },
      signal: AbortSignal.any([signal, realDeadline(timeoutMs)]),
    });
    const { statusCode, headers } = response;
    const text = await response.body.text();
    if (
      statusCode >= 300 &&
      statusCode < 400 &&
      left > 0 &&
      typeof headers['location'] === 'string'
    ) {
      return await get(nextUrl(headers['location'], url), options, left - 1);
    }
    if (statusCode !== 200) throw new StatusError(statusCode);
    return text;
  } finally {
    await dispatcher.destroy();
  }
}

/** Where a redirect leads; what began encrypted stays so. */
function nextUrl(location: string, from: string): string {
  const next = new URL(location, from);
  if (!from.startsWith('https:') || next.protocol === 'https:') return next.href;
  throw new OxideError(`${from} leads to ${next.origin}, which is not encrypted`, {
    hint: 'oxide does not follow it. A proxy or a captive portal may be in between.',
    exitCode: ExitCode.precondition,
  });
}

function dispatcherFor(url: string, options: GetOptions): Agent | ProxyAgent {
  const { outbound = directly, timeoutMs: timeout, maxBytes: maxResponseSize, family } = options;
  const { authorities } = outbound;
  const tls = { timeout, ...(authorities ? { ca: [...authorities] } : {}) };
  const proxy = proxyFor(url, outbound);
  if (proxy) {
    return new ProxyAgent({ maxResponseSize, uri: proxy.href, proxyTls: tls, requestTls: tls });
  }
  // A service on this machine (http) may speak of a family that it is not reached by.
  const forced = family !== undefined && url.startsWith('https:');
  return new Agent({ maxResponseSize, connect: { ...tls, ...(forced ? { family } : {}) } });
}
