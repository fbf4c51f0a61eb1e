import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createCloudHandler } from '../../../src/sandbox/cloud/http.js';
import { FaultPlan, type FaultRule } from '../../../src/sandbox/faults.js';
import { Driver, plainServer, token, type Json } from './driver.js';

let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

interface Open {
  readonly driver: Driver;
  readonly faults: FaultPlan;
  readonly saves: number[];
  readonly call: (
    method: string,
    path: string,
    body?: object,
    signal?: AbortSignal,
  ) => Promise<Response>;
}

async function open(...rules: FaultRule[]): Promise<Open> {
  const driver = new Driver();
  const faults = new FaultPlan(rules);
  const saves: number[] = [];
  const handler = createCloudHandler({
    cloud: driver.cloud,
    now: () => driver.now,
    faults,
    afterWrite: () => {
      saves.push(driver.cloud.machines().length);
    },
  });
  const http = createServer(handler);
  server = http;
  await new Promise<void>((resolve) => {
    http.listen(0, '127.0.0.1', resolve);
  });
  const base = `http://127.0.0.1:${(http.address() as AddressInfo).port}/v1`;
  return {
    driver,
    faults,
    saves,
    call: (method, path, body, signal) =>
      fetch(`${base}${path}`, {
        method,
        headers: { authorization: `Bearer ${token}` },
        ...(body ? { body: JSON.stringify(body) } : {}),
        ...(signal ? { signal } : {}),
      }),
  };
}

describe('the API over HTTP', () => {
  it('says what time it is in its own world', async () => {
    const { call, driver } = await open();
    expect((await call('GET', '/locations')).headers.get('date')).toBe(
      new Date(driver.now).toUTCString(),
    );
  });

  it('answers under /v1, and lets a change be saved before it is answered', async () => {
    const { call, saves, faults } = await open();
    const answer = await call('POST', '/servers', plainServer('a'));
    expect(answer.status).toBe(201);
    expect(answer.headers.get('ratelimit-remaining')).toBe('3599');
    expect(saves).toEqual([1]);
    expect((await call('GET', '/servers?name=a')).status).toBe(200);
    expect((await call('DELETE', '/servers/1')).status).toBe(404);
    expect(saves).toEqual([1]);
    expect(faults.requests).toMatchObject([
      { method: 'POST', path: '/servers', body: { name: 'a' }, outcome: 201 },
      { method: 'GET', path: '/servers', query: 'name=a', outcome: 200 },
      { method: 'DELETE', path: '/servers/1', outcome: 404 },
    ]);
  });
});

describe('a fault', () => {
  it('strikes the n-th write and no other request', async () => {
    const fault = { kind: 'status', status: 409, code: 'conflict' } as const;
    const { call, driver } = await open({ write: 2, fault });
    await call('GET', '/servers');
    expect((await call('POST', '/servers', plainServer('a'))).status).toBe(201);
    expect((await call('POST', '/servers', plainServer('b'))).status).toBe(409);
    expect((await call('POST', '/servers', plainServer('b'))).status).toBe(201);
    expect(driver.cloud.machines()).toHaveLength(2);
  });

  it('strikes a route as often as told', async () => {
    const fault = { kind: 'html', status: 502 } as const;
    const { call } = await open({ method: 'GET', path: /^\/servers$/, count: 2, fault });
    const statuses: number[] = [];
    for (let n = 0; n < 3; n++) statuses.push((await call('GET', '/servers')).status);
    expect(statuses).toEqual([502, 502, 200]);
    expect((await call('GET', '/locations')).headers.get('content-type')).toBe('application/json');
  });

  it.each([
    ['before', 0],
    ['after', 1],
  ] as const)('breaks the connection %s the effect', async (when, left) => {
    const { call, driver, faults, saves } = await open({
      request: 1,
      fault: { kind: 'reset', when },
    });
    await expect(call('POST', '/servers', plainServer('a'))).rejects.toThrow();
    expect(driver.cloud.machines()).toHaveLength(left);
    expect(saves).toHaveLength(left);
    expect(faults.requests).toMatchObject([{ outcome: 'reset' }]);
  });

  it('leaves a request without an answer', async () => {
    const { call, driver, faults } = await open({
      request: 1,
      fault: { kind: 'hang', when: 'after' },
    });
    const gaveUp = new AbortController();
    const pending = call('POST', '/servers', plainServer('a'), gaveUp.signal);
    await expect.poll(() => faults.requests).toMatchObject([{ outcome: 'hang' }]);
    gaveUp.abort();
    await expect(pending).rejects.toThrow();
    expect(driver.cloud.machines()).toHaveLength(1);
  });

  it('makes an action fail or take longer', async () => {
    const { call, driver } = await open(
      { write: 1, fault: { kind: 'action-error', code: 'no_host', message: 'no host' } },
      { write: 2, fault: { kind: 'slow-action', factor: 10 } },
    );
    await call('POST', '/servers', plainServer('a'));
    await call('POST', '/servers', plainServer('b'));
    driver.pass(60);
    const statuses = driver.get('/servers/actions')['actions'] as unknown as Json[];
    expect(statuses).toMatchObject([
      { status: 'error', error: { code: 'no_host', message: 'no host' } },
      { status: 'error' },
      { status: 'running' },
      { status: 'running' },
    ]);
    driver.pass(150);
    expect(driver.cloud.machines()[1]?.poweredOnAt).toBeDefined();
  });

  it('adds fields that nobody has described, except to labels', async () => {
    const fields = { brand_new: 1 };
    const { call } = await open({ count: 2, fault: { kind: 'extra-fields', fields } });
    const answer = await call('POST', '/servers', { ...plainServer('a'), labels: { a: 'b' } });
    expect(await answer.json()).toMatchObject({
      brand_new: 1,
      server: { brand_new: 1, labels: { a: 'b' } },
    });
  });
});
