import { Agent, errors, request as httpRequest } from 'undici';
import { messageOf } from '../lib/errors.js';
import type { Secret } from '../lib/secret.js';
import { realDeadline, type Clock } from '../lib/wait.js';
import { createChanges, type HetznerChanges } from './changes.js';
import { Client } from './client.js';
import { createCreates, type HetznerCreates } from './creates.js';
import { createDeletes, type HetznerDeletes } from './deletes.js';
import {
  ConnectionError,
  pathWithQuery,
  type ApiAnswer,
  type ApiRequest,
  type Send,
} from './exchange.js';
import { createReads, type HetznerReads } from './reads.js';

export interface HetznerOptions {
  /** Base of the API with its version, without a slash at the end. */
  readonly endpoint: string;
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
  /** Something the user should know while waiting: `... waiting until 14:32:05`. */
  readonly onNotice?: ((message: string) => void) | undefined;
}

/**
 * The Hetzner Cloud API as oxide uses it. Second tries, pages, pace and the check of writes whose
 * answer was lost are inside; what comes out is the answer or an `OxideError` to show.
 */
export interface HetznerApi extends HetznerReads, HetznerCreates, HetznerChanges, HetznerDeletes {
  /** Requests sent so far. */
  requestCount(): number;
  /** Less than a tenth of the project's request budget is left: poll less. */
  budgetIsLow(): boolean;
}

export function createHetznerApi(options: HetznerOptions): HetznerApi {
  const { clock, signal, tokenSource, random = Math.random, onDebug, onNotice } = options;
  const client = new Client({
    send: createSend(options),
    clock,
    signal,
    tokenSource,
    random,
    onDebug,
    onNotice,
  });
  const reads = createReads(client);
  return {
    ...reads,
    ...createCreates(client, reads),
    ...createChanges(client, reads),
    ...createDeletes(client),
    requestCount: () => client.requests,
    budgetIsLow: () => client.budgetIsLow,
  };
}

const defaultTimeoutMs = 30_000;
/** Enough for a burst of creates; more would only meet conflicts. */
const connections = 10;

function createSend(options: HetznerOptions): Send {
  const { endpoint, token, signal, requestTimeoutMs = defaultTimeoutMs } = options;
  const dispatcher = new Agent({ connections, connect: { timeout: requestTimeoutMs } });
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
      throw connectionError(error, wanted, deadline.aborted);
    }
  };
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

/** Failures from before anything was sent: a name that does not resolve, nobody listening. */
const neverSentCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

function connectionError(
  error: unknown,
  { method }: ApiRequest,
  timedOut: boolean,
): ConnectionError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const neverSent = neverSentCodes.has(code) || error instanceof errors.ConnectTimeoutError;
  const reason = timedOut ? `no answer to ${method} in time` : messageOf(error) || code;
  return new ConnectionError(reason, { neverSent, cause: error });
}
