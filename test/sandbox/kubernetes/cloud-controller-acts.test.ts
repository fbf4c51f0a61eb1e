import { expect, test } from 'vitest';
import { token } from '../cloud/driver.js';
import { CloudRehearsal } from './cloud-rehearsal.js';
import { field } from './harness.js';

const node = '/api/v1/nodes/worker-1';
const service = '/api/v1/namespaces/default/services/web';
const taint = 'node.cloudprovider.kubernetes.io/uninitialized';
const owned = {
  HCLOUD_LOAD_BALANCERS_LOCATION: 'nbg1',
  HCLOUD_LOAD_BALANCERS_USE_PRIVATE_IP: 'true',
  HCLOUD_LOAD_BALANCERS_DISABLE_PRIVATE_INGRESS: 'true',
  HCLOUD_LOAD_BALANCERS_DISABLE_IPV6: 'true',
};

function running(env: Readonly<Record<string, string>> = owned): CloudRehearsal {
  const world = new CloudRehearsal();
  world.secret();
  world.controller(env);
  world.after(30);
  return world;
}

function publish(world: CloudRehearsal, spec: object = {}): void {
  world.kube.post('/api/v1/namespaces/default/services', {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web' },
    spec: { type: 'LoadBalancer', ports: [{ port: 80 }], ...spec },
  });
}

const balancers = (world: CloudRehearsal): unknown[] =>
  world.cloud.get('/load_balancers')['load_balancers'] as unknown as unknown[];
const pods = '/api/v1/namespaces/kube-system/pods?labelSelector=app%3Dccm';
const podOf = (world: CloudRehearsal): unknown => world.kube.items(pods)[0];

test('nodes get the id, the addresses and the labels of their servers', () => {
  const world = running();
  const id = world.servers[0];
  expect(world.kube.see(node, 'spec.providerID')).toBe(`hcloud://${id}`);
  expect(JSON.stringify(world.kube.see(node, 'spec.taints') ?? [])).not.toContain(taint);
  expect(world.kube.see(node, 'metadata.labels')).toMatchObject({
    'node.kubernetes.io/instance-type': 'cx23',
    'topology.kubernetes.io/region': 'nbg1',
    'topology.kubernetes.io/zone': 'nbg1-dc3',
    'instance.hetzner.cloud/provided-by': 'cloud',
  });
  const server = world.cloud.get(`/servers/${id}`)['server'];
  expect(world.kube.see(node, 'status.addresses')).toContainEqual({
    type: 'ExternalIP',
    address: server?.['public_net']?.['ipv4']?.['ip'],
  });
});

test('without its Secret the container is not made, and with it the controller begins', () => {
  const world = new CloudRehearsal();
  world.controller();
  world.after(30);
  expect(field(podOf(world), 'status.containerStatuses.0.state.waiting')).toEqual({
    reason: 'CreateContainerConfigError',
    message: 'secret "hcloud" not found',
  });
  expect(world.kube.see(node, 'spec.providerID')).toBeUndefined();
  world.secret();
  world.after(30);
  expect(world.kube.see(node, 'spec.providerID')).toBe(`hcloud://${world.servers[0]}`);
});

test('with a wrong token it crashes, says why in its log, and starts again later and later', () => {
  const world = new CloudRehearsal();
  world.secret('b'.repeat(64));
  world.controller();
  world.after(60);
  const pod = podOf(world);
  expect(field(pod, 'status.containerStatuses.0.state.waiting.reason')).toBe('CrashLoopBackOff');
  expect(field(pod, 'status.containerStatuses.0.restartCount')).toBeGreaterThan(1);
  const log = world.kube.get(
    `/api/v1/namespaces/kube-system/pods/${String(field(pod, 'metadata.name'))}/log?previous=true`,
  );
  expect(log.body).toMatch(
    /^F\d{4} .* main\.go:69\] Cloud provider could not be initialized: hcloud\/newCloud: .* \(unauthorized\)\n$/,
  );
  expect(world.kube.see(node, 'spec.providerID')).toBeUndefined();
  world.secret();
  world.after(300);
  expect(world.kube.see(node, 'spec.providerID')).toBe(`hcloud://${world.servers[0]}`);
});

test('a Service of the type LoadBalancer gets a load balancer, which changes and goes with it', () => {
  const world = running();
  publish(world);
  world.after(60);
  const nodePort = world.kube.see(service, 'spec.ports.0.nodePort');
  const uid = world.kube.see(service, 'metadata.uid');
  expect(balancers(world)).toMatchObject([
    {
      name: `a${String(uid).replaceAll('-', '')}`.slice(0, 32),
      labels: { 'hcloud-ccm/service-uid': uid },
      private_net: [{ network: world.network }],
      services: [
        {
          ...{ listen_port: 80, destination_port: nodePort, protocol: 'tcp' },
          health_check: { protocol: 'tcp', port: nodePort, interval: 15 },
        },
      ],
      targets: world.servers.map((id) => ({ server: { id }, use_private_ip: true })),
    },
  ]);
  const [balancer] = balancers(world);
  expect(world.kube.see(service, 'status.loadBalancer.ingress')).toEqual([
    { ip: field(balancer, 'public_net.ipv4.ip'), ipMode: 'VIP' },
  ]);
  const ports = { spec: { ports: [{ name: 'a', port: 443 }] } };
  world.kube.send('PATCH', service, ports, 'application/merge-patch+json');
  world.after(30);
  expect(field(balancers(world)[0], 'services.0.listen_port')).toBe(443);
  world.kube.send('DELETE', service);
  world.after(20);
  expect(world.kube.get(service).status).toBe(404);
  expect(balancers(world)).toEqual([]);
});

test('a Service of another class, and one without a location, get none; the reason is told', () => {
  const world = running({});
  publish(world, { loadBalancerClass: 'io.cilium/node' });
  world.after(30);
  expect(world.kube.see(service, 'metadata.finalizers')).toBeUndefined();
  world.kube.send('DELETE', service);
  publish(world);
  world.after(30);
  expect(balancers(world)).toEqual([]);
  const events = JSON.stringify(world.kube.items('/api/v1/namespaces/default/events'));
  expect(events).toContain(
    'neither load-balancer.hetzner.cloud/location nor load-balancer.hetzner.cloud/network-zone set',
  );
});

test('scaled to none it does nothing any more, and a load balancer waits for it', () => {
  const world = running();
  publish(world);
  world.after(60);
  world.scale(0);
  world.after(40);
  world.kube.send('DELETE', service);
  world.after(60);
  expect(world.kube.get(service).status).toBe(200);
  expect(balancers(world)).toHaveLength(1);
  world.scale(1);
  world.after(60);
  expect(world.kube.get(service).status).toBe(404);
});

test('with a revoked token it goes on running and can do nothing', () => {
  const world = running();
  world.cloud.cloud.replaceToken('c'.repeat(64));
  publish(world);
  world.after(60);
  expect(field(podOf(world), 'status.phase')).toBe('Running');
  expect(world.kube.see(service, 'status.loadBalancer.ingress')).toBeUndefined();
  const events = JSON.stringify(world.kube.items('/api/v1/namespaces/default/events'));
  expect(events).toContain('SyncLoadBalancerFailed');
  expect(events).toContain('unauthorized');
  world.cloud.cloud.replaceToken(token);
  world.after(120);
  expect(world.kube.see(service, 'status.loadBalancer.ingress')).toBeDefined();
});

test('a node whose server is gone is taken away, and out of the targets', () => {
  const world = running();
  publish(world);
  world.after(60);
  // One that the controller itself does not run on.
  const lost = field(podOf(world), 'spec.nodeName') === 'worker-1' ? 1 : 0;
  const name = `worker-${lost + 1}`;
  world.cloud.send('DELETE', `/servers/${world.servers[lost]}`);
  world.kube.cluster.setNodeAlive(name, false, world.kube.now);
  world.after(90);
  expect(world.kube.get(`/api/v1/nodes/${name}`).status).toBe(404);
  expect(field(balancers(world)[0], 'targets')).toMatchObject([
    { server: { id: world.servers[1 - lost] } },
  ]);
});

test('a saved cluster goes on with the program that ran in it', () => {
  const world = running();
  world.kube.reload();
  publish(world);
  world.after(60);
  expect(balancers(world)).toHaveLength(1);
});

test("Cilium's node IPAM publishes the nodes' public addresses once they are known", () => {
  const world = running({ HCLOUD_LOAD_BALANCERS_ENABLED: 'false' });
  world.kube.post('/api/v1/namespaces/kube-system/configmaps', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'cilium-config' },
    data: { 'enable-node-ipam': 'true', 'default-lb-service-ipam': 'nodeipam' },
  });
  world.kube.post('/apis/apps/v1/namespaces/kube-system/deployments', {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'cilium-operator' },
    spec: {
      selector: { matchLabels: { name: 'o' } },
      template: {
        metadata: { labels: { name: 'o' } },
        spec: { containers: [{ name: 'o', image: 'o' }] },
      },
    },
  });
  world.after(30);
  publish(world);
  world.after(5);
  const addresses = world.servers.map(
    (id) => world.cloud.get(`/servers/${id}`)['server']?.['public_net']?.['ipv4']?.['ip'],
  );
  const ingress = world.kube.see(service, 'status.loadBalancer.ingress') as { ip: string }[];
  expect(ingress.map(({ ip }) => ip)).toEqual(addresses.map(String).sort());
  expect(balancers(world)).toEqual([]);
});
