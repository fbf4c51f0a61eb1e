import { expect, test } from 'vitest';
import { Rehearsal, cilium, deployment, field } from './harness.js';

const namespace = '/api/v1/namespaces/default';
const deployments = '/apis/apps/v1/namespaces/default/deployments';
const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

const widget = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.org' },
  spec: {
    group: 'example.org',
    scope: 'Cluster',
    names: { plural: 'widgets', kind: 'Widget' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                required: ['size'],
                properties: { size: { type: 'string', enum: ['small', 'large'] } },
              },
            },
          },
        },
      },
    ],
  },
};

function map(data: object, metadata: object = {}): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', ...metadata }, data };
}

function refusal(world: Rehearsal, path: string, body: unknown): string {
  const { status, body: answer } = world.post(path, body);
  return `${status} ${String(field(answer, 'message'))}`;
}

test.each([
  [
    'a kind that is not served',
    '/apis/example.org/v1/widgets',
    {},
    '404 the server could not find',
  ],
  [
    'a namespace that does not exist',
    '/api/v1/namespaces/no/configmaps',
    map({}),
    '404 namespaces "no" not found',
  ],
  [
    'another kind than the path says',
    `${namespace}/secrets`,
    map({}),
    '400 ConfigMap in version "v1" cannot be handled as a Secret',
  ],
  [
    'an upper-case name',
    `${namespace}/configmaps`,
    map({}, { name: 'C' }),
    '422 ConfigMap "C" is invalid: metadata.name: Invalid value: "C"',
  ],
  [
    'a label with a space',
    `${namespace}/configmaps`,
    map({}, { labels: { a: 'b c' } }),
    '422 ConfigMap "c" is invalid: metadata.labels: Invalid value: "b c"',
  ],
  [
    'another namespace than the path says',
    `${namespace}/configmaps`,
    map({}, { namespace: 'kube-system' }),
    '400 the namespace of the provided object',
  ],
  [
    'a wrong type',
    deployments,
    deployment('web', '3' as unknown as number),
    '400 Deployment in version "v1" cannot be handled',
  ],
  [
    'an unknown field in a strict request',
    `${deployments}?fieldValidation=Strict`,
    deployment('web', 1, { nodeNaem: 'x' }),
    '400 Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: unknown field "spec.template.spec.nodeNaem"',
  ],
  [
    'data that is not base64',
    `${namespace}/secrets`,
    { metadata: { name: 's' }, data: { a: '%' } },
    '422 Secret "s" is invalid: data[a]',
  ],
  [
    'a Service without ports',
    `${namespace}/services`,
    { metadata: { name: 's' }, spec: {} },
    '422 Service "s" is invalid: spec.ports: Required value',
  ],
])('refuses %s as a real API server does', (_what, path, body, message) => {
  const refused = refusal(new Rehearsal(), path, body);
  expect(refused.slice(0, message.length)).toBe(message);
});

test('refuses what exists already, and versions that are out of date', () => {
  const world = new Rehearsal();
  world.post(`${namespace}/configmaps`, map({ a: '1' }));
  expect(refusal(world, `${namespace}/configmaps`, map({}))).toBe(
    '409 configmaps "c" already exists',
  );
  const stale = world.get(`${namespace}/configmaps/c`).body as object;
  world.send('PUT', `${namespace}/configmaps/c`, map({ a: '2' }));
  const late = world.send('PUT', `${namespace}/configmaps/c`, stale);
  expect(late.status).toBe(409);
  expect(field(late.body, 'message')).toContain('the object has been modified');
});

test('never changes the selector of a workload', () => {
  const world = new Rehearsal();
  world.post(deployments, deployment('web', 1));
  const patch = {
    spec: {
      selector: { matchLabels: { app: 'other' } },
      template: { metadata: { labels: { app: 'other' } } },
    },
  };
  const { status, body } = world.send(
    'PATCH',
    `${deployments}/web`,
    patch,
    'application/merge-patch+json',
  );
  expect(status).toBe(422);
  expect(field(body, 'message')).toContain('field is immutable');
});

test('answers what it does not serve with the Status of a real API server', () => {
  const world = new Rehearsal();
  expect(world.get('/apis/apps/v1/namespaces/default/deployments/x/rollback').status).toBe(404);
  expect(world.send('POST', `${namespace}/pods/x`, {}).status).toBe(405);
  expect(world.send('PATCH', namespace, {}, 'text/plain').status).toBe(415);
  expect(world.get(`${namespace}/pods?fieldSelector=spec.bogus%3Dx`).status).toBe(400);
});

test('a dry run is answered and stores nothing', () => {
  const world = new Rehearsal();
  expect(world.post(`${namespace}/configmaps?dryRun=All`, map({})).status).toBe(201);
  expect(world.get(`${namespace}/configmaps/c`).status).toBe(404);
});

test('custom resources are served once their definition is established, and checked against it', () => {
  const world = new Rehearsal();
  const widgets = '/apis/example.org/v1/widgets';
  const object = (spec: object): object => ({
    apiVersion: 'example.org/v1',
    kind: 'Widget',
    metadata: { name: 'w' },
    spec,
  });
  world.post(definitions, widget);
  expect(world.get(widgets).status).toBe(404);
  world.after(2);
  expect(world.get(widgets).status).toBe(200);
  expect(refusal(world, widgets, object({ size: 'huge' }))).toContain(
    'supported values: "small", "large"',
  );
  expect(refusal(world, widgets, object({}))).toContain('spec.size: Required value');
  expect(world.post(widgets, object({ size: 'small', colour: 'red' })).status).toBe(201);
  expect(world.see(`${widgets}/w`, 'spec')).toEqual({ size: 'small' });
  world.reload();
  expect(world.get(`${widgets}/w`).status).toBe(200);
  world.send('DELETE', `${definitions}/widgets.example.org`);
  expect(world.get(widgets).status).toBe(404);
});

test('server-side apply keeps owners apart and removes what its owner no longer names', () => {
  const world = new Rehearsal();
  const path = `${namespace}/configmaps/c`;
  expect(world.apply(path, map({}), '').status).toBe(422);
  expect(world.apply(path, map({ a: '1', b: '1' }), 'fieldManager=one').status).toBe(201);
  const refused = world.apply(path, map({ a: '2' }), 'fieldManager=two');
  expect(field(refused.body, 'message')).toBe(
    'Apply failed with 1 conflict: conflict with "one": .data.a',
  );
  expect(world.apply(path, map({ a: '2' }), 'fieldManager=two&force=true').status).toBe(200);
  world.apply(path, map({ c: '3' }), 'fieldManager=one');
  expect(world.see(path, 'data')).toEqual({ a: '2', c: '3' });
});

test('applying the same again changes neither generation nor version', () => {
  const world = new Rehearsal();
  world.node('a');
  const path = `${deployments}/web`;
  world.apply(path, deployment('web', 1));
  const before = world.get(path).body;
  world.apply(path, deployment('web', 1));
  expect(world.get(path).body).toEqual(before);
  world.apply(path, deployment('web', 2));
  expect(world.see(path, 'metadata.generation')).toBe(2);
});

test('apply removes a container that its owner no longer names', () => {
  const world = new Rehearsal();
  const container = (name: string): object => ({ name, image: `example.org/${name}:1` });
  const both = deployment('web', 1, { containers: [container('app'), container('helper')] });
  world.apply(`${deployments}/web`, both);
  world.apply(`${deployments}/web`, deployment('web', 1, { containers: [container('helper')] }));
  const left = world.see(`${deployments}/web`, 'spec.template.spec.containers') as unknown[];
  expect(left.map((item) => field(item, 'name'))).toEqual(['helper']);
});

test('a strategic merge patch finds containers by name', () => {
  const world = new Rehearsal();
  world.post(deployments, deployment('web', 1));
  const containers = [{ name: 'app', env: [{ name: 'A', value: 'b' }] }];
  const patch = { spec: { template: { spec: { containers } } } };
  world.send('PATCH', `${deployments}/web`, patch, 'application/strategic-merge-patch+json');
  expect(world.see(`${deployments}/web`, 'spec.template.spec.containers.0')).toMatchObject({
    image: 'example.org/app:1',
    env: [{ name: 'A', value: 'b' }],
  });
});

test('a deleted namespace takes all that is in it along', () => {
  const world = new Rehearsal();
  world.node('a');
  world.installCilium();
  world.after(40);
  world.post('/api/v1/namespaces', { metadata: { name: 'shop' } });
  world.post('/apis/apps/v1/namespaces/shop/deployments', deployment('web', 2));
  world.after(10);
  world.send('DELETE', '/api/v1/namespaces/shop');
  expect(world.see('/api/v1/namespaces/shop', 'status.phase')).toBe('Terminating');
  world.after(25);
  expect(world.get('/api/v1/namespaces/shop').status).toBe(404);
  expect(world.items('/api/v1/namespaces/shop/pods')).toEqual([]);
});

test('pods of a workload wait for its ServiceAccount and its configuration', () => {
  const world = new Rehearsal();
  world.node('a');
  const template = {
    ...cilium.spec.template,
    spec: {
      ...(field(cilium, 'spec.template.spec') as object),
      volumes: [{ name: 'v', configMap: { name: 'cilium-config' } }],
    },
  };
  const set = { ...cilium, spec: { ...cilium.spec, template } };
  world.post('/apis/apps/v1/namespaces/kube-system/daemonsets', set);
  const pods = '/api/v1/namespaces/kube-system/pods?labelSelector=k8s-app%3Dcilium';
  expect(world.items(pods)).toEqual([]);
  world.post('/api/v1/namespaces/kube-system/serviceaccounts', { metadata: { name: 'cilium' } });
  world.after(60);
  expect(world.see(pods, 'items.0.status.containerStatuses.0.state.waiting.reason')).toBe(
    'ContainerCreating',
  );
  world.post('/api/v1/namespaces/kube-system/configmaps', map({}, { name: 'cilium-config' }));
  world.after(30);
  expect(world.see(pods, 'items.0.status.phase')).toBe('Running');
});
