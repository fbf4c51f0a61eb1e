import { Cloud, type CloudOptions } from '../../../src/sandbox/cloud/cloud.js';
import { createRandom } from '../../../src/sandbox/simulation.js';

export const token = 'a'.repeat(64);
export const startTime = Date.UTC(2026, 10, 23, 12);

export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly sent: unknown;
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Json;
}

/** Parsed JSON that a test reads its way through. */
export type Json = Record<string, never> & { [key: string]: Json };

/** Talks to a simulated cloud without HTTP, in simulated time that only moves when told. */
export class Driver {
  now = startTime;
  readonly cloud: Cloud;
  readonly exchanges: Exchange[] = [];

  constructor(options: Partial<CloudOptions> = {}) {
    this.cloud = new Cloud({ random: createRandom(1), now: startTime, token, ...options });
  }

  send(
    method: string,
    target: string,
    sent?: unknown,
    authorization = `Bearer ${token}`,
  ): Exchange {
    const [path = '', query = ''] = target.split('?');
    const answer = this.cloud.request(
      {
        method,
        path,
        query: new URLSearchParams(query),
        headers: authorization === '' ? {} : { authorization },
        body: typeof sent === 'string' || sent === undefined ? sent : JSON.stringify(sent),
      },
      this.now,
    );
    const body = (answer.body === undefined ? undefined : JSON.parse(answer.body)) as Json;
    const { status, headers } = answer;
    const exchange = { method, path, query, sent, status, headers, body };
    this.exchanges.push(exchange);
    return exchange;
  }

  get(target: string): Json {
    return this.expect(200, 'GET', target);
  }

  post(target: string, body?: unknown): Json {
    return this.expect(201, 'POST', target, body);
  }

  /** `status code` of a request, or the status alone: `409 uniqueness_error`. */
  outcome(method: string, target: string, body?: unknown): string {
    const answer = this.send(method, target, body);
    return answer.status < 400
      ? String(answer.status)
      : `${answer.status} ${String(answer.body['error']?.['code'])}`;
  }

  /** Lets simulated time pass. */
  pass(seconds: number): void {
    this.now += seconds * 1000;
    this.cloud.advance(this.now);
  }

  /** Lets time pass until nothing is under way. */
  rest(): void {
    for (let due = this.cloud.nextDue(); due !== undefined; due = this.cloud.nextDue()) {
      this.now = Math.max(this.now, due);
      this.cloud.advance(this.now);
    }
  }

  private expect(status: number, method: string, target: string, body?: unknown): Json {
    const answer = this.send(method, target, body);
    if (answer.status !== status) {
      throw new Error(`${method} ${target}: ${answer.status} ${JSON.stringify(answer.body)}`);
    }
    return answer.body;
  }
}

/** An order for a server that needs nothing else to exist. */
export const plainServer = (name: string): Record<string, unknown> => ({
  name,
  server_type: 'cx23',
  image: 'debian-13',
  location: 'nbg1',
});

/** The body for a network with one subnet in Europe. */
export const plainNetwork = (name = 'net'): Record<string, unknown> => ({
  name,
  ip_range: '10.0.0.0/16',
  subnets: [{ type: 'cloud', network_zone: 'eu-central', ip_range: '10.0.1.0/24' }],
});

export const publicKey =
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGJ8vS1Ejb1pUwZ6f6Tt5lzr4Nn1mR3d1f2m9n5oXq0e test';

/** The id of what was just made: `idOf(answer, 'server')`. */
export const idOf = (body: Json, key: string): number => Number(body[key]?.['id']);

/** What is at a place in an answer: `inside(answer, 'server', 'public_net')`. */
export const inside = (body: Json, ...path: readonly string[]): Json =>
  path.reduce<Json>((value, key) => value[key] as unknown as Json, body);
