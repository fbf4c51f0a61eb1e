import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Identity } from '../../../src/sandbox/kubernetes/cluster.js';
import { Rehearsal, field } from './harness.js';

let world: Rehearsal;
let server: Server;
let identity: Identity | undefined;

beforeEach(async () => {
  world = new Rehearsal();
  identity = { user: 'admin', groups: ['system:masters'] };
  server = createServer((request, response) => {
    world.cluster.handle(request, response, identity, () => world.now);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  world.cluster.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function get(path: string, headers: Record<string, string> = {}): Promise<Response> {
  const { port } = server.address() as AddressInfo;
  return fetch(`http://127.0.0.1:${port}${path}`, { headers });
}

async function events(response: Response): Promise<unknown[]> {
  const text = await response.text();
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);
}

test('callers without a certificate are refused, and those without rights are named', async () => {
  identity = undefined;
  expect((await get('/api/v1/nodes')).status).toBe(401);
  identity = { user: 'eve', groups: ['developers'] };
  const refused = await get('/api/v1/nodes');
  expect(refused.status).toBe(403);
  expect(field(await refused.json(), 'message')).toContain(
    'User "eve" cannot list resource "nodes"',
  );
});

test('a watch sees an object begin to match its selector, change and stop matching', async () => {
  const path = '/api/v1/namespaces/default/configmaps';
  const since = String(world.see(path, 'metadata.resourceVersion'));
  const watching = await get(`${path}?watch=true&labelSelector=a%3Db&resourceVersion=${since}`);
  const write = (metadata: object, data: object): void => {
    const body = { metadata: { name: 'c', ...metadata }, data };
    const isNew = world.get(`${path}/c`).status === 404;
    if (isNew) world.post(path, body);
    else world.send('PUT', `${path}/c`, body);
  };
  write({}, {});
  write({ labels: { a: 'b' } }, {});
  write({ labels: { a: 'b' } }, { x: 'y' });
  write({}, {});
  world.cluster.close();
  const seen = await events(watching);
  expect(seen.map((event) => field(event, 'type'))).toEqual(['ADDED', 'MODIFIED', 'DELETED']);
});

test('a watch from a version that is forgotten is told so', async () => {
  const watching = await get('/api/v1/nodes?watch=true&resourceVersion=1');
  world.cluster.close();
  expect(await events(watching)).toMatchObject([{ type: 'ERROR', object: { code: 410 } }]);
});

test('a watch can begin with all that is there', async () => {
  const watching = await get(
    '/api/v1/namespaces?watch=true&sendInitialEvents=true&resourceVersion=1',
  );
  world.cluster.close();
  const seen = await events(watching);
  expect(seen).toHaveLength(5);
  const annotations = field(seen.at(-1), 'object.metadata.annotations');
  expect(annotations).toEqual({ 'k8s.io/initial-events-end': 'true' });
});

// kubectl 1.34 names its command in this header.
test('kubectl describe is told times by which its ages are those of the world', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2025, 5, 1) });
  try {
    world.after(90);
    const created = async (command: string): Promise<unknown> => {
      const response = await get('/api/v1/namespaces/default', { 'kubectl-command': command });
      return field(await response.json(), 'metadata.creationTimestamp');
    };
    expect(await created('kubectl describe')).toBe('2025-05-31T23:58:30Z');
    expect(await created('kubectl get')).toBe('2026-01-01T00:00:00Z');
    const lease = { metadata: { name: 'a' }, spec: { renewTime: '2026-01-01T00:01:00.250000Z' } };
    world.post('/apis/coordination.k8s.io/v1/namespaces/default/leases', lease);
    const shown = await get('/apis/coordination.k8s.io/v1/namespaces/default/leases/a', {
      'kubectl-command': 'kubectl describe',
    });
    expect(field(await shown.json(), 'spec.renewTime')).toBe('2025-05-31T23:59:30.250000Z');
  } finally {
    vi.useRealTimers();
  }
});

test('people who write a custom resource are told that nothing acts on it, controllers and oxide are not', async () => {
  const names = { plural: 'toys', kind: 'Toy' };
  const schema = { openAPIV3Schema: { type: 'object' } };
  const versions = [{ name: 'v1', served: true, storage: true, schema }];
  world.post('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'toys.example.org' },
    spec: { group: 'example.org', scope: 'Cluster', names, versions },
  });
  world.after(10);
  const warning = async (agent: string, query = ''): Promise<string | null> => {
    const { port } = server.address() as AddressInfo;
    const toy = { apiVersion: 'example.org/v1', kind: 'Toy', metadata: { generateName: 'toy-' } };
    const response = await fetch(`http://127.0.0.1:${port}/apis/example.org/v1/toys${query}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': `${agent}/v1.34.5` },
      body: JSON.stringify(toy),
    });
    expect(response.status).toBe(201);
    return response.headers.get('warning');
  };
  const text = 'the sandbox stores custom resources and has no controller that acts on a Toy';
  expect(await warning('kubectl')).toBe(`299 - "${text}"`);
  expect(await warning('kubectl', '?fieldManager=oxide')).toBeNull();
  expect(await warning('toy-controller')).toBeNull();
});
