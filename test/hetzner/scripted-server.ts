import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the server does with one request: an answer, or a connection that breaks. */
export type Reply =
  | { readonly status: number; readonly body?: unknown; readonly headers?: Record<string, string> }
  | 'reset'
  | 'hang';

export interface Received {
  /** `POST /servers` with the query, after the version. */
  readonly line: string;
  readonly body: unknown;
  readonly authorization: string | undefined;
}

/** An API that answers from a script: by `METHOD /path`, one reply after the other, the last stays. */
export class ScriptedServer {
  readonly received: Received[] = [];
  readonly #script = new Map<string, Reply[]>();
  readonly #http: Server;

  constructor() {
    this.#http = createServer((request, response) => void this.#handle(request, response));
  }

  on(route: string, ...replies: Reply[]): this {
    this.#script.set(route, replies);
    return this;
  }

  /** `POST /servers` of every request, in order. */
  get lines(): string[] {
    return this.received.map(({ line }) => line);
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#http.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}/v1`;
  }

  async stop(): Promise<void> {
    this.#http.closeAllConnections();
    await new Promise((resolve) => this.#http.close(resolve));
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const path = (request.url ?? '').replace('/v1', '');
    const line = `${request.method ?? ''} ${path}`;
    const { authorization } = request.headers;
    this.received.push({ line, body: text === '' ? undefined : JSON.parse(text), authorization });
    const queue = this.#script.get(line) ?? this.#script.get(line.replace(/\?.*/, '')) ?? [];
    const reply = queue.length > 1 ? queue.shift() : queue[0];
    if (reply === 'hang') return;
    if (reply === 'reset') {
      request.socket.destroy();
      return;
    }
    const { status, body, headers } = reply ?? error(404, 'not_found', `not scripted: ${line}`);
    const isText = typeof body === 'string';
    response.writeHead(status, {
      'content-type': isText ? 'text/html' : 'application/json',
      'x-correlation-id': 'corr-1',
      ...headers,
    });
    response.end(isText ? body : JSON.stringify(body));
  }
}

export const ok = (body: unknown, headers: Record<string, string> = {}): Reply & object => ({
  status: 200,
  body,
  headers,
});

export function error(status: number, code: string, message = code, details: unknown = null) {
  return { status, body: { error: { code, message, details } }, headers: {} };
}

export const html = (status: number): Reply => ({
  status,
  body: '<html><body>Bad Gateway</body></html>',
});

export const running = (id: number, command = 'create_server') => ({
  id,
  command,
  status: 'running',
  progress: 0,
  started: '2026-01-01T00:00:00Z',
  finished: null,
  resources: [{ id: 42, type: 'server' }],
  error: null,
});

/** A server as the API gives it, with fields that nobody knows. */
export const server = (changes: Record<string, unknown> = {}) => ({
  id: 42,
  name: 'demo-web-1',
  status: 'initializing',
  created: '2026-01-01T00:00:00Z',
  labels: { 'managed-by': 'oxide', cluster: 'demo' },
  protection: { delete: false, rebuild: false },
  server_type: { id: 1, name: 'cx23', novelty: true },
  location: { id: 1, name: 'nbg1' },
  public_net: { ipv4: { ip: '203.0.113.7' }, ipv6: null, floating_ips: [], firewalls: [] },
  private_net: [],
  novelty: { deep: [1, 2] },
  ...changes,
});
