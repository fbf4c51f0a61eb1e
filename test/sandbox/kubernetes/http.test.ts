import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
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
