import type { IncomingMessage, ServerResponse } from 'node:http';
import { messageOf } from '../../lib/errors.js';
import type { Fault, FaultPlan, RecordedRequest } from '../faults.js';
import { collect } from '../loopback.js';
import type { Cloud, CloudRequest, CloudResponse } from './cloud.js';

export interface CloudHandlerOptions {
  readonly cloud: Cloud;
  /** Simulated ms since the epoch. */
  readonly now: () => number;
  readonly faults?: FaultPlan;
  /** Brings the whole world forward, before a request is looked at. */
  readonly settle?: () => void;
  /** Called after a request that changed something, before it is answered. */
  readonly afterWrite?: () => void;
}

type Outcome = CloudResponse | 'reset' | 'hang';

const errorPage =
  '<html><head><title>Error</title></head><body><center><h1>Error</h1></center></body></html>';

/** The HTTP side of the simulated API: `/v1/…` of any node:http server. */
export function createCloudHandler(
  options: CloudHandlerOptions,
): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    void handle(options, request, response);
  };
}

async function handle(
  options: CloudHandlerOptions,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const request = await read(message);
    const fault = options.faults?.next(request.method, request.path);
    const outcome = answer(options, request, fault);
    options.faults?.record(recordOf(request, outcome, fault));
    if (outcome === 'reset') message.socket.resetAndDestroy();
    else if (outcome !== 'hang') {
      // Clients compare clocks by it: it has to be the simulated world's, like all other times.
      const date = new Date(options.now()).toUTCString();
      response.writeHead(outcome.status, { date, ...outcome.headers }).end(outcome.body);
    }
  } catch (error) {
    // A bug of the simulation, or a client that went away and will not see this.
    const body = { error: { code: 'server_error', message: messageOf(error), details: null } };
    response.writeHead(500, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }
}

async function read(message: IncomingMessage): Promise<CloudRequest> {
  const url = new URL(message.url ?? '/', 'http://localhost');
  const body = await collect(message);
  return {
    method: message.method ?? 'GET',
    path: url.pathname.replace(/^\/v1(?=\/|$)/, ''),
    query: url.searchParams,
    headers: Object.fromEntries(
      Object.entries(message.headers).map(([name, value]) => [name, value?.toString()]),
    ),
    body: body === '' ? undefined : body,
  };
}

function answer(
  options: CloudHandlerOptions,
  request: CloudRequest,
  fault: Fault | undefined,
): Outcome {
  if (fault?.kind === 'status') return refusal(fault);
  if (fault?.kind === 'html') {
    return { status: fault.status, headers: { 'content-type': 'text/html' }, body: errorPage };
  }
  if ((fault?.kind === 'reset' || fault?.kind === 'hang') && fault.when === 'before')
    return fault.kind;
  options.settle?.();
  const response = options.cloud.request(request, options.now());
  if (fault) bendActions(options.cloud, response, fault);
  if (request.method !== 'GET' && response.status < 400) options.afterWrite?.();
  if (fault?.kind === 'reset' || fault?.kind === 'hang') return fault.kind;
  return fault?.kind === 'extra-fields' ? withExtraFields(response, fault.fields) : response;
}

function refusal(fault: Fault & { kind: 'status' }): CloudResponse {
  const { status, code, message = `injected fault: ${code}`, details = null } = fault;
  return {
    status,
    headers: { 'content-type': 'application/json', 'x-correlation-id': 'fault' },
    body: JSON.stringify({ error: { code, message, details } }),
  };
}

function bendActions(cloud: Cloud, response: CloudResponse, fault: Fault): void {
  if (fault.kind !== 'action-error' && fault.kind !== 'slow-action') return;
  const ids = begunActions(response);
  if (fault.kind === 'slow-action') cloud.slowActions(ids, fault.factor);
  else {
    const { code = 'action_failed', message = 'Action failed' } = fault;
    cloud.failActions(ids, { code, message });
  }
}

/** Only what has begun: the actions behind it wait for it, and fail with it. */
function begunActions(response: CloudResponse): number[] {
  if (response.body === undefined || response.status >= 400) return [];
  const body = JSON.parse(response.body) as {
    action?: { id: number } | null;
    actions?: { id: number }[];
  };
  return [...(body.action ? [body.action] : []), ...(body.actions ?? [])].map(({ id }) => id);
}

function withExtraFields(
  response: CloudResponse,
  fields: Readonly<Record<string, unknown>>,
): CloudResponse {
  if (response.body === undefined) return response;
  // Labels are the user's own keys, not fields of the API.
  const extend = (key: string, value: unknown): unknown =>
    key !== 'labels' && typeof value === 'object' && value !== null && !Array.isArray(value)
      ? { ...value, ...fields }
      : value;
  return { ...response, body: JSON.stringify(JSON.parse(response.body, extend)) };
}

function recordOf(
  request: CloudRequest,
  outcome: Outcome,
  fault: Fault | undefined,
): RecordedRequest {
  const answered = typeof outcome === 'string' ? undefined : outcome;
  return {
    method: request.method,
    path: request.path,
    query: request.query.toString(),
    body: request.body === undefined ? undefined : lenientJson(request.body),
    outcome: typeof outcome === 'string' ? outcome : outcome.status,
    error: answered && errorCode(answered),
    begun: answered && request.method !== 'GET' ? begunActions(answered).length : 0,
    fault: fault?.kind,
  };
}

function errorCode({ status, body }: CloudResponse): string | undefined {
  if (status < 400) return undefined;
  return (lenientJson(body ?? '') as { error?: { code: string } }).error?.code;
}

function lenientJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
