import { isIP } from 'node:net';
import type { Outbound } from '../lib/outbound.js';
import type { Clock } from '../lib/wait.js';
import { fetchText } from './download.js';

export interface OwnAddressServices {
  /** Services that answer with the caller's address as text. */
  readonly ipv4: readonly string[];
  readonly ipv6: readonly string[];
  /** How requests leave this machine; directly unless given. */
  readonly outbound?: Outbound | undefined;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** What a service answered: its host, and an address of the family that it was asked for. */
export interface ServiceAnswer {
  readonly service: string;
  readonly address: string;
}

/** What the services say; one that does not answer, or with anything but an address, is left out. */
export interface OwnAddressAnswers {
  readonly ipv4: readonly ServiceAnswer[];
  readonly ipv6: readonly ServiceAnswer[];
}

/** Real milliseconds for one service: many networks have no IPv6, and dropping packets says nothing. */
const addressTimeoutMs = 2_000;
/** Bytes: an address with a line break; whatever is longer is a page. */
const addressLimit = 256;

/** Asks all services at the same time, so that their answers can be compared. */
export async function askOwnAddress(options: OwnAddressServices): Promise<OwnAddressAnswers> {
  const ask = async (urls: readonly string[], family: 4 | 6) =>
    (await Promise.all(urls.map((url) => answerOf(options, url, family)))).flat();
  const [ipv4, ipv6] = await Promise.all([ask(options.ipv4, 4), ask(options.ipv6, 6)]);
  options.signal.throwIfAborted();
  return { ipv4, ipv6 };
}

async function answerOf(
  { outbound, clock, signal }: OwnAddressServices,
  url: string,
  family: 4 | 6,
): Promise<readonly ServiceAnswer[]> {
  const limits = { timeoutMs: addressTimeoutMs, limit: addressLimit, family };
  try {
    const text = await clock.during(() => fetchText(url, { signal, outbound, ...limits }));
    const address = text.trim();
    return isIP(address) === family ? [{ service: new URL(url).host, address }] : [];
  } catch {
    // Why not does not matter: there are others, and none at all is said.
    return [];
  }
}
