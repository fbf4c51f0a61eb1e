import { beforeAll, expect, test } from 'vitest';
import { Rehearsal, deployment, field } from './harness.js';

const services = '/api/v1/namespaces/default/services';
let world: Rehearsal;

beforeAll(() => {
  world = new Rehearsal();
  world.node('cp-1', { internalIp: '10.0.1.9' });
  world.node('worker-1');
  world.installCilium();
  world.after(60);
});

function service(name: string, spec: object): object {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec };
}

const port = { port: 80 };

// kube-apiserver 1.34.1
test.each([
  [
    { type: 'NodePort', ports: [{ port: 80, nodePort: 30123 }] },
    'spec.ports[0].nodePort: Invalid value: 30123: provided port is already allocated',
  ],
  [
    { type: 'NodePort', ports: [{ port: 80, nodePort: 20123 }] },
    'spec.ports[0].nodePort: Invalid value: 20123: provided port is not in the valid range. The range of valid ports is 30000-32767',
  ],
  [
    { clusterIP: '1.2.3.4', ports: [port] },
    'spec.clusterIPs: Invalid value: ["1.2.3.4"]: failed to allocate IP 1.2.3.4: the provided network does not match the current range',
  ],
  [
    { clusterIP: '10.96.0.1', ports: [port] },
    'spec.clusterIPs: Invalid value: ["10.96.0.1"]: failed to allocate IP 10.96.0.1: provided IP is already allocated',
  ],
  [
    { ports: [{ port: 80, nodePort: 30124 }] },
    "spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'",
  ],
  [
    { ports: [port, { port: 81 }] },
    '[spec.ports[0].name: Required value, spec.ports[1].name: Required value]',
  ],
  [{ type: 'ExternalName' }, 'spec.externalName: Required value'],
  [
    { type: 'NodePort', clusterIP: 'None', ports: [port] },
    'spec.clusterIPs[0]: Invalid value: "None": may not be set to \'None\' for NodePort services',
  ],
])('%j is refused', (spec, why) => {
  world.post(
    services,
    service('first', { type: 'NodePort', ports: [{ port: 80, nodePort: 30123 }] }),
  );
  const { status, body } = world.post(services, service('bad', spec));
  expect([status, field(body, 'message')]).toEqual([422, `Service "bad" is invalid: ${why}`]);
});

test('a load balancer gets node ports, and gives them back when it becomes an inner service', () => {
  const path = `${services}/lb`;
  world.post(
    services,
    service('lb', { type: 'LoadBalancer', externalTrafficPolicy: 'Local', ports: [port] }),
  );
  expect(world.see(path, 'spec')).toMatchObject({
    allocateLoadBalancerNodePorts: true,
    externalTrafficPolicy: 'Local',
    healthCheckNodePort: expect.any(Number) as unknown,
    ports: [{ port: 80, targetPort: 80, protocol: 'TCP', nodePort: expect.any(Number) as unknown }],
  });
  expect(world.see(path, 'status')).toEqual({ loadBalancer: {} });
  const before = world.see(path, 'spec.ports.0.nodePort');
  const patch = (body: object): unknown =>
    world.send('PATCH', path, body, 'application/merge-patch+json').body;
  patch({ metadata: { labels: { a: 'b' } } });
  expect(world.see(path, 'spec.ports.0.nodePort')).toBe(before);
  patch({ spec: { type: 'ClusterIP' } });
  expect(Object.keys(world.see(path, 'spec') as object).sort()).toEqual([
    ...['clusterIP', 'clusterIPs', 'internalTrafficPolicy', 'ipFamilies', 'ipFamilyPolicy'],
    ...['ports', 'sessionAffinity', 'type'],
  ]);
  expect(world.see(path, 'spec.ports.0.nodePort')).toBeUndefined();
  expect(field(patch({ spec: { clusterIP: '10.96.9.9' } }), 'message')).toBe(
    'Service "lb" is invalid: spec.clusterIPs[0]: Invalid value: ["10.96.9.9"]: may not change once set',
  );
});

test('endpoints and slices follow the pods of a service, and go with it', () => {
  const slices =
    '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices?labelSelector=kubernetes.io/service-name%3Dweb';
  world.post('/apis/apps/v1/namespaces/default/deployments', deployment('web', 2));
  world.post(
    services,
    service('web', { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] }),
  );
  expect(world.items(slices)).toMatchObject([{ endpoints: null, ports: null }]);
  world.after(10);
  expect(world.see('/api/v1/namespaces/default/endpoints/web', 'subsets')).toMatchObject([
    {
      addresses: [{ nodeName: 'worker-1' }, { nodeName: 'worker-1' }],
      ports: [{ port: 8080, protocol: 'TCP' }],
    },
  ]);
  const [slice] = world.items(slices);
  expect(field(slice, 'endpoints.0.conditions')).toEqual({
    ready: true,
    serving: true,
    terminating: false,
  });
  expect(field(slice, 'ports')).toEqual([{ name: '', port: 8080, protocol: 'TCP' }]);
  world.send('DELETE', `${services}/web`);
  expect(world.items(slices)).toEqual([]);
  expect(world.get('/api/v1/namespaces/default/endpoints/web').status).toBe(404);
});

test('the API itself has its control planes behind it', () => {
  expect(world.see('/api/v1/namespaces/default/endpoints/kubernetes', 'subsets')).toEqual([
    { addresses: [{ ip: '10.0.1.9' }], ports: [{ name: 'https', port: 6443, protocol: 'TCP' }] },
  ]);
});
