import type { IncomingMessage, ServerResponse } from 'node:http';
import { authenticate } from './access/authenticate.js';
import { authorize } from './access/authorize.js';
import { ApiError, badRequest, unsupportedMediaType } from './api-error.js';
import { shownTimes } from './display-times.js';
import { decodeProtobuf } from './protobuf.js';
import { parsePath, type ApiAnswer, type ApiRequest, type Identity } from './request.js';
import type { KubeState } from './state.js';
import { watch } from './watches.js';

export interface Service {
  readonly identity: Identity | undefined;
  readonly state: KubeState;
  readonly answer: (request: ApiRequest) => ApiAnswer;
  /** Simulated ms since the epoch. */
  readonly now: () => number;
  /** Brings the cluster to the present before a watch begins. */
  readonly prepare: () => void;
}

/** Speaks HTTP for a cluster and remembers its open watches. */
export class Connections {
  readonly #open = new Set<ServerResponse>();

  async serve(request: IncomingMessage, response: ServerResponse, service: Service): Promise<void> {
    try {
      const decoded = await decodeRequest(request, service);
      if (isWatch(decoded)) this.#watch(decoded, response, service);
      else {
        const shown = shownTimes(request.headers, service.now);
        send(response, service.answer(decoded), shown);
      }
    } catch (error) {
      const refusal = error instanceof ApiError ? error : internalError(error);
      if (response.headersSent) response.destroy();
      else send(response, { status: refusal.code, body: refusal.toStatus() });
    }
  }

  close(): void {
    for (const response of this.#open) response.end();
    this.#open.clear();
  }

  #watch(request: ApiRequest, response: ServerResponse, { state, prepare }: Service): void {
    prepare();
    const target = parsePath(state, request.path);
    authorize(state, request, target);
    response.on('error', () => response.destroy());
    const write = (event: unknown): void => {
      if (!response.headersSent) response.writeHead(200, { 'content-type': 'application/json' });
      response.write(`${JSON.stringify(event)}\n`);
    };
    const stop = watch(state, { request, target }, write);
    // Clients wait for the headers before they begin to read.
    if (!response.headersSent) response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    this.#open.add(response);
    response.on('close', () => {
      stop();
      this.#open.delete(response);
    });
  }
}

function isWatch({ method, query }: ApiRequest): boolean {
  return method === 'GET' && ['true', '1'].includes(query.get('watch') ?? '');
}

async function decodeRequest(
  request: IncomingMessage,
  { identity, state }: Service,
): Promise<ApiRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const known = authenticate(state, identity, request.headers);
  const url = new URL(request.url ?? '/', 'http://localhost');
  const contentType = (request.headers['content-type'] ?? '').split(';')[0] ?? '';
  return {
    method: request.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    body: decodeBody(Buffer.concat(chunks), contentType),
    contentType,
    accept: request.headers.accept ?? '',
    userAgent: request.headers['user-agent'] ?? '',
    identity: known,
  };
}

function decodeBody(body: Buffer, contentType: string): unknown {
  if (body.length === 0) return undefined;
  if (contentType === 'application/vnd.kubernetes.protobuf') return decodeProtobuf(body);
  // kubectl and helm send even apply patches, which are called YAML, as JSON.
  if (contentType !== '' && !/[/+](json|yaml)$/.test(contentType)) throw unsupportedMediaType();
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    throw badRequest('the body of the request is not valid JSON');
  }
}

function send(
  response: ServerResponse,
  { status, body, contentType, warnings = [] }: ApiAnswer,
  shown = (text: string): string => text,
): void {
  const isText = typeof body === 'string';
  const text = isText ? body : shown(JSON.stringify(body));
  for (const warning of warnings) {
    response.appendHeader('warning', `299 - ${JSON.stringify(warning)}`);
  }
  response.writeHead(status, {
    'content-type': contentType ?? (isText ? 'text/plain; charset=utf-8' : 'application/json'),
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-cache, private',
  });
  response.end(text);
}

function internalError(error: unknown): ApiError {
  const message = error instanceof Error ? error.message : String(error);
  return new ApiError(500, 'InternalError', `Internal error occurred: ${message}`);
}
