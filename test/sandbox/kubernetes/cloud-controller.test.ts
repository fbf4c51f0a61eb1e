import { beforeAll, expect, test } from 'vitest';
import { Rehearsal, field } from './harness.js';

// What hcloud-cloud-controller-manager (v1.31, k8s.io/cloud-provider 0.36) sends: node_controller.go,
// service/controller.go and service/helpers/helper.go, client-go tools/events and leaderelection.
const node = '/api/v1/nodes/worker-1';
const service = '/api/v1/namespaces/default/services/web';
const strategic = 'application/strategic-merge-patch+json';
const taint = {
  key: 'node.cloudprovider.kubernetes.io/uninitialized',
  value: 'true',
  effect: 'NoSchedule',
};

let world: Rehearsal;
beforeAll(() => {
  world = new Rehearsal();
  world.node('worker-1', { cloudProviderExternal: true, internalIp: '10.0.1.3' });
  world.installCilium();
  world.after(60);
});

test('a node of an external cloud waits for its controller, which takes the taint away', () => {
  expect(world.see(node, 'spec.taints')).toEqual([taint]);
  expect(world.see(node, 'metadata.annotations')).toEqual({
    'node.alpha.kubernetes.io/ttl': '0',
    'alpha.kubernetes.io/provided-node-ip': '10.0.1.3',
  });
  world.post('/api/v1/namespaces/default/pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'waits' },
    spec: { containers: [{ name: 'a', image: 'a' }] },
  });
  world.after(600);
  expect(world.see('/api/v1/namespaces/default/pods/waits', 'spec.nodeName')).toBeUndefined();
  const read = world.get(node).body as { metadata: { labels: object }; spec: object };
  const labels = { ...read.metadata.labels, 'node.kubernetes.io/instance-type': 'cpx32' };
  const initialized = world.send('PUT', node, {
    ...read,
    metadata: { ...read.metadata, labels },
    spec: { ...read.spec, taints: [], providerID: 'hcloud://4711' },
  });
  expect(initialized.status).toBe(200);
  expect(world.see(node, 'spec.taints') ?? []).toEqual([]);
  expect(world.see('/api/v1/namespaces/default/pods/waits', 'spec.nodeName')).toBe('worker-1');
  const moved = world.send('PATCH', node, { spec: { providerID: 'hcloud://1' } }, strategic);
  expect(field(moved.body, 'message')).toContain(
    'may not change providerID except from "" to valid',
  );
});

test('addresses that the controller finds stay when the kubelet comes up again', () => {
  const addresses = [
    { type: 'Hostname', address: 'worker-1' },
    { type: 'InternalIP', address: '10.0.1.3' },
    { type: 'ExternalIP', address: '203.0.113.9' },
  ];
  const patch = { status: { addresses: [...addresses, { $patch: 'replace' }] } };
  expect(world.send('PATCH', `${node}/status`, patch, strategic).status).toBe(200);
  world.node('worker-1', { cloudProviderExternal: true, internalIp: '10.0.1.3' });
  expect(world.see(node, 'status.addresses')).toEqual(addresses);
  expect(world.see(node, 'spec.taints') ?? []).toEqual([]);
});

test('a load balancer gets its finalizer and address through the status, and waits for its controller', () => {
  world.post('/api/v1/namespaces/default/services', {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web' },
    spec: { type: 'LoadBalancer', ports: [{ port: 80 }] },
  });
  const finalizer = 'service.kubernetes.io/load-balancer-cleanup';
  const held = {
    metadata: { finalizers: [finalizer], '$setElementOrder/finalizers': [finalizer] },
  };
  expect(world.send('PATCH', `${service}/status`, held, strategic).status).toBe(200);
  expect(world.see(service, 'metadata.finalizers')).toEqual([finalizer]);
  const ingress = { status: { loadBalancer: { ingress: [{ ip: '203.0.113.7', ipMode: 'VIP' }] } } };
  world.send('PATCH', `${service}/status`, ingress, strategic);
  world.send('DELETE', service);
  expect(world.see(service, 'status.loadBalancer.ingress.0.ip')).toBe('203.0.113.7');
  const released = {
    metadata: {
      '$deleteFromPrimitiveList/finalizers': [finalizer],
      '$setElementOrder/finalizers': [],
    },
  };
  world.send('PATCH', `${service}/status`, released, strategic);
  expect(world.get(service).status).toBe(404);
});

test('what other kinds take along with their status is as in the real API', () => {
  const path = '/apis/apps/v1/namespaces/kube-system/deployments/coredns';
  const metadata = { labels: { a: 'b' }, annotations: { c: 'd' } };
  world.send('PATCH', `${path}/status`, { metadata }, 'application/merge-patch+json');
  expect(world.see(path, 'metadata.annotations.c')).toBe('d');
  expect(world.see(path, 'metadata.labels.a')).toBeUndefined();
});

test('kubelets and the control plane hold leases that are fresh whenever somebody looks', () => {
  const lease = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/worker-1';
  world.after(3_600);
  const renewed = Date.parse(String(world.see(lease, 'spec.renewTime')));
  expect(world.now - renewed).toBeLessThan(20_000);
  const { status } = world.post('/apis/coordination.k8s.io/v1/namespaces/kube-system/leases', {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: 'hcloud-cloud-controller-manager' },
    spec: {
      holderIdentity: 'x',
      leaseDurationSeconds: 15,
      renewTime: '2026-01-01T00:00:00.000000Z',
    },
  });
  expect(status).toBe(201);
});
