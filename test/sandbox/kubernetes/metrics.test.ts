import { expect, test } from 'vitest';
import { field, podTemplate, Rehearsal } from './harness.js';
import type { NodeRegistration } from '../../../src/sandbox/kubernetes/cluster.js';

const system = 'kube-system';
const apiService = '/apis/apiregistration.k8s.io/v1/apiservices/v1beta1.metrics.k8s.io';
const metrics = '/apis/metrics.k8s.io/v1beta1';
const labels = { app: 'metrics-server' };

/** A cluster with the objects of a metrics server's chart. */
function installed(
  args: readonly string[] = [],
  kubelet: Partial<NodeRegistration> = {},
): Rehearsal {
  const world = new Rehearsal();
  world.node('worker-1', kubelet);
  world.node('worker-2', { ...kubelet, internalIp: '10.0.1.3' });
  world.installCilium();
  world.after(60);
  world.post(`/api/v1/namespaces/${system}/services`, {
    ...{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'metrics-server' } },
    spec: { selector: labels, ports: [{ name: 'https', port: 443, targetPort: 10250 }] },
  });
  world.post('/apis/apiregistration.k8s.io/v1/apiservices', {
    ...{ apiVersion: 'apiregistration.k8s.io/v1', kind: 'APIService' },
    metadata: { name: 'v1beta1.metrics.k8s.io' },
    spec: {
      ...{ group: 'metrics.k8s.io', version: 'v1beta1' },
      ...{ groupPriorityMinimum: 100, versionPriority: 100, insecureSkipTLSVerify: true },
      service: { name: 'metrics-server', namespace: system, port: 443 },
    },
  });
  const image = 'registry.k8s.io/metrics-server/metrics-server:v0.8.1';
  world.post(`/apis/apps/v1/namespaces/${system}/deployments`, {
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'metrics-server' } },
    spec: {
      selector: { matchLabels: labels },
      template: podTemplate(labels, { containers: [{ name: 'metrics-server', image, args }] }),
    },
  });
  return world;
}

const condition = (world: Rehearsal): unknown => world.see(apiService, 'status.conditions.0');

const log = (world: Rehearsal): string => {
  const [pod] = world.items(`/api/v1/namespaces/${system}/pods?labelSelector=app%3Dmetrics-server`);
  const name = String(field(pod, 'metadata.name'));
  return String(world.get(`/api/v1/namespaces/${system}/pods/${name}/log`).body);
};

test('its API answers for nodes and pods when it has looked at the kubelets twice', () => {
  const world = installed(['--kubelet-insecure-tls']);
  world.after(20);
  expect(condition(world)).toMatchObject({
    ...{ type: 'Available', status: 'False', reason: 'MissingEndpoints' },
    message:
      'endpointslices for service/metrics-server in "kube-system" have no addresses with port name "https"',
  });
  expect(world.get(`${metrics}/nodes`)).toEqual({ status: 503, body: 'service unavailable\n' });
  world.after(30);
  expect(condition(world)).toMatchObject({ status: 'True', reason: 'Passed' });
  expect(world.get(`${metrics}/nodes`).body).toMatchObject({
    kind: 'NodeMetricsList',
    items: [
      { metadata: { name: 'worker-1' }, usage: { cpu: expect.stringMatching(/^\d+n$/) as string } },
      { metadata: { name: 'worker-2' } },
    ],
  });
  expect(world.see(`${metrics}/nodes/worker-1`, 'usage.memory')).toMatch(/^\d+Ki$/);
  expect(world.get(`${metrics}/nodes/none`)).toMatchObject({
    status: 404,
    body: { message: 'nodemetrics.metrics.k8s.io "none" not found' },
  });
  const pods = world.items(
    `${metrics}/namespaces/${system}/pods?labelSelector=app%3Dmetrics-server`,
  );
  expect(pods).toMatchObject([{ containers: [{ name: 'metrics-server' }] }]);
});

test('certificates that kubelets made for themselves are not trusted', () => {
  const world = installed();
  world.after(90);
  expect(condition(world)).toMatchObject({ status: 'False', reason: 'MissingEndpoints' });
  expect(log(world)).toContain(
    'scraper.go:149] "Failed to scrape node" err="Get \\"https://10.0.1.3:10250/metrics/resource\\": ' +
      'tls: failed to verify certificate: x509: cannot validate certificate for 10.0.1.3 because it doesn\'t contain any IP SANs" node="worker-2"',
  );
  expect(log(world)).toContain(
    '"Failed probe" probe="metric-storage-ready" err="no metrics to serve"',
  );
});

test('kubelets without a certificate are reached when theirs are approved', () => {
  const world = installed([], { rotatesServerCertificates: true });
  world.after(90);
  expect(condition(world)).toMatchObject({ status: 'False' });
  const requests = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
  for (const request of world.items(requests) as Record<string, object>[]) {
    const conditions = [{ type: 'Approved', status: 'True' }];
    const path = `${requests}/${String(field(request, 'metadata.name'))}/approval`;
    world.send('PUT', path, { ...request, status: { conditions } });
  }
  world.after(10);
  expect(condition(world)).toMatchObject({ status: 'True' });
  expect(world.items(`${metrics}/nodes`)).toHaveLength(2);
});

test('a node that does not answer has no metrics, and without its Service nothing is served', () => {
  const world = installed(['--kubelet-insecure-tls']);
  world.after(60);
  world.cluster.setNodeAlive('worker-2', false, world.now);
  expect(world.items(`${metrics}/nodes`)).toHaveLength(1);
  world.send('DELETE', `/api/v1/namespaces/${system}/services/metrics-server`);
  expect(condition(world)).toMatchObject({
    reason: 'ServiceNotFound',
    message: 'service/metrics-server in "kube-system" is not present',
  });
  expect(world.get(`${metrics}/nodes`).status).toBe(503);
  world.send('DELETE', apiService);
  expect(world.get(`${metrics}/nodes`).status).toBe(404);
});
