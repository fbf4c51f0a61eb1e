import { isIP } from 'node:net';
import { Agent, request } from 'undici';
import { OxideError, PreconditionError, messageOf } from '../lib/errors.js';
import { realDeadline, type Clock } from '../lib/wait.js';

export interface OwnAddressOptions {
  /** Services that answer with the caller's address as text, in order of preference. */
  readonly ipv4: readonly string[];
  readonly ipv6: readonly string[];
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
  { clock, signal }: OwnAddressOptions,
  urls: readonly string[],
  family: 4 | 6,
): Promise<string | undefined> {
  for (const url of urls) {
    try {
      const text = await clock.during(() =>
        get(url, { signal, timeoutMs: addressTimeoutMs, family }),
      );
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
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** The text at a URL. Network failures and 5xx are tried again. */
export async function download({ url, clock, signal }: DownloadOptions): Promise<string> {
  for (let tries = 1; ; tries++) {
    signal.throwIfAborted();
    try {
      return await clock.during(() => get(url, { signal, timeoutMs: downloadTimeoutMs }));
    } catch (error) {
      signal.throwIfAborted();
      const final = error instanceof StatusError && error.status < 500 && error.status !== 429;
      if (final || tries === downloadTries) {
        throw new OxideError(`cannot download ${url}: ${messageOf(error)}`, {
          hint: 'Check the connection to the internet and the version in cluster.yaml. The same command goes on from here.',
          cause: error,
        });
      }
    }
    await clock.sleep(1_000 * 2 ** tries, signal);
  }
}

class StatusError extends Error {
  constructor(readonly status: number) {
    super(`the server answered ${status}`);
  }
}

interface GetOptions {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  readonly family?: 4 | 6;
}

/** Redirects are followed: release assets are served from elsewhere. */
const redirects = 5;

async function get(url: string, options: GetOptions, left = redirects): Promise<string> {
  const { signal, timeoutMs, family } = options;
  // A service on this machine (http) may speak of a family that it is not reached by.
  const forced = family !== undefined && url.startsWith('https:');
  const dispatcher = new Agent({
    connect: { timeout: timeoutMs, ...(forced ? { family } : {}) },
  });
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
      return await get(new URL(headers['location'], url).href, options, left - 1);
    }
    if (statusCode !== 200) throw new StatusError(statusCode);
    return text;
  } finally {
    await dispatcher.destroy();
  }
}
