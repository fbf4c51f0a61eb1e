import { Agent, ProxyAgent, request as httpRequest } from 'undici';
import { endpointForToken, publicEndpoints } from '../lib/endpoints.js';
import { directly, isLoopback, proxyFor, type Outbound } from '../lib/outbound.js';
import type { Secret } from '../lib/secret.js';
import { realDeadline, type Clock } from '../lib/wait.js';
import { createChanges, type HetznerChanges } from './changes.js';
import { Client } from './client.js';
import { createCreates, type HetznerCreates } from './creates.js';
import { connectionError } from './connection-errors.js';
import { HetznerError } from './errors.js';
import { createDeletes, type HetznerDeletes } from './deletes.js';
import { createImageChanges, type HetznerImages } from './images.js';
import { pathWithQuery, type ApiAnswer, type Send } from './exchange.js';
import { ownerOf } from './ownership.js';
import { createReads, type HetznerReads } from './reads.js';

export interface HetznerOptions {
  /** Base of the API with its version, without a slash at the end. */
  readonly endpoint: string;
  /** How requests get there; directly unless given. */
  readonly outbound?: Outbound | undefined;
  /** The cluster whose resources have to be readable; those of all of oxide's clusters unless given. */
  readonly cluster?: string | undefined;
  readonly token: Secret;
  /** Where the token comes from, as errors name it: `HCLOUD_TOKEN`. */
  readonly tokenSource: string;
  readonly clock: Clock;
  /** Aborted: reads and waits end at once, a write under way is awaited so that its id is known. */
  readonly signal: AbortSignal;
  readonly random?: () => number;
  /** Real milliseconds until a request without an answer counts as lost; 30 s unless given. */
  readonly requestTimeoutMs?: number;
  /** One line a request: method, path, status, correlation id, time. Never a body. */
  readonly onDebug?: ((line: string) => void) | undefined;
  /** Something the user should know while waiting: `... waiting 40s, until 14:32:05`. */
  readonly onNotice?: ((message: string) => void) | undefined;
}

/**
 * The Hetzner Cloud API as oxide uses it. Second tries, pages, pace and the check of writes whose
 * answer was lost are inside; what comes out is the answer or an `OxideError` to show.
 */
export interface HetznerApi
  extends HetznerReads, HetznerCreates, HetznerChanges, HetznerDeletes, HetznerImages {
  /** Requests sent so far. */
  requestCount(): number;
  /** Only the reserve of the project's request budget is left: poll less. */
  budgetIsLow(): boolean;
  /**
   * What time it is at Hetzner, ms since the Unix epoch, by its last answer: for what machines with
   * clocks of their own have to agree on. This machine's time before the first answer.
   */
  now(): number;
}

export function createHetznerApi(options: HetznerOptions): HetznerApi {
  const { clock, signal, tokenSource, random = Math.random, onDebug, onNotice } = options;
  const client = new Client({
    send: createSend(options),
    clock,
    signal,
    tokenSource,
    endpoint: mirrorOf(endpointForToken(options.endpoint)),
    random,
    onDebug,
    onNotice,
  });
  const reads = createReads(client, ownerOf(options.cluster));
  return {
    ...reads,
    ...createCreates(client, reads),
    ...createChanges(client, reads),
    ...createDeletes(client),
    ...createImageChanges(client, reads),
    requestCount: () => client.requests,
    budgetIsLow: () => client.budgetIsLow,
    now: () => client.now,
  };
}

/** What errors call an API that is neither Hetzner's own nor one on this machine. */
function mirrorOf(endpoint: string): string | undefined {
  const { origin, hostname } = new URL(endpoint);
  const isPlain = origin === new URL(publicEndpoints.hcloud).origin || isLoopback(hostname);
  return isPlain ? undefined : origin;
}

/**
 * Why nobody can be asked there, for when there is no token to ask with; undefined when somebody answers,
 * whoever it is. Nothing is sent that anybody may not know.
 */
export async function unreachableApi(
  options: Pick<HetznerOptions, 'endpoint' | 'outbound' | 'signal'>,
): Promise<HetznerError | undefined> {
  const { endpoint, signal } = options;
  const deadline = realDeadline(connectTimeoutMs);
  const dispatcher = dispatcherFor(options);
  try {
    await httpRequest(endpoint, { dispatcher, signal: AbortSignal.any([signal, deadline]) });
    return undefined;
  } catch (error) {
    signal.throwIfAborted();
    const { code, message } = connectionError(error, deadline.aborted ? 'no answer' : undefined);
    const asked = { purpose: 'the network', tokenSource: '', endpoint: mirrorOf(endpoint) };
    return new HetznerError({ ...asked, code, message, status: 0, cause: error });
  } finally {
    await dispatcher.destroy();
  }
}

const defaultTimeoutMs = 30_000;
/** Real milliseconds to get through to somebody: more only delays the news that nobody is there. */
const connectTimeoutMs = 8_000;
/** Enough for a burst of creates; more would only meet conflicts. */
const connections = 10;
/** Fifty servers with all their types and images are some hundred kilobytes. */
const largestAnswer = 16 * 1024 * 1024;

function createSend(options: HetznerOptions): Send {
  const { endpoint, token, signal, requestTimeoutMs = defaultTimeoutMs } = options;
  const dispatcher = dispatcherFor(options);
  return async (wanted) => {
    const deadline = realDeadline(requestTimeoutMs);
    const hasBody = wanted.body !== undefined;
    try {
      const response = await httpRequest(`${endpoint}${pathWithQuery(wanted)}`, {
        method: wanted.method,
        dispatcher,
        headers: {
          authorization: `Bearer ${token.reveal()}`,
          accept: 'application/json',
          'user-agent': 'oxide',
          ...(hasBody ? { 'content-type': 'application/json' } : {}),
        },
        body: hasBody ? JSON.stringify(wanted.body) : null,
        signal: wanted.method === 'GET' ? AbortSignal.any([signal, deadline]) : deadline,
      });
      const text = await response.body.text();
      return { status: response.statusCode, headers: flatten(response.headers), text };
    } catch (error) {
      const late = deadline.aborted ? `no answer to ${wanted.method} in time` : undefined;
      throw connectionError(error, late);
    }
  };
}

function dispatcherFor({
  endpoint,
  outbound = directly,
  requestTimeoutMs,
}: Pick<HetznerOptions, 'endpoint' | 'outbound' | 'requestTimeoutMs'>) {
  const timeout = Math.min(connectTimeoutMs, requestTimeoutMs ?? connectTimeoutMs);
  const { authorities } = outbound;
  const tls = { timeout, ...(authorities ? { ca: [...authorities] } : {}) };
  const common = { connections, maxResponseSize: largestAnswer };
  const proxy = proxyFor(endpoint, outbound);
  return proxy === undefined
    ? new Agent({ ...common, connect: tls })
    : new ProxyAgent({ ...common, uri: proxy.href, proxyTls: tls, requestTls: tls });
}

function flatten(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): ApiAnswer['headers'] {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : value,
    ]),
  );
}
