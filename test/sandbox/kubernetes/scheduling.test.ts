import { beforeAll, expect, test } from 'vitest';
import { Rehearsal, deployment, field, podTemplate } from './harness.js';

const pods = '/api/v1/namespaces/default/pods';
const deployments = '/apis/apps/v1/namespaces/default/deployments';
const claims = '/api/v1/namespaces/default/persistentvolumeclaims';

let world: Rehearsal;
beforeAll(() => {
  world = new Rehearsal();
  world.node('cp-1');
  world.node('small', { cpu: 2, memoryGb: 4 });
  world.node('large', { cpu: 8, memoryGb: 16 });
  world.installCilium();
  world.after(60);
});

function pod(name: string, spec: object): object {
  return { apiVersion: 'v1', kind: 'Pod', ...podTemplate({}, spec), metadata: { name } };
}

function asking(resources: object): object {
  return { containers: [{ name: 'app', image: 'example.org/app:1', resources }] };
}

const because = (name: string): unknown =>
  world.see(`${pods}/${name}`, 'status.conditions.0.message');

test('nodes have what their server type has, less what Talos and the kubelet keep', () => {
  expect(world.see('/api/v1/nodes/large', 'status')).toMatchObject({
    capacity: { cpu: '8', memory: '16777216Ki', pods: '110' },
    allocatable: { cpu: '7950m', memory: '16281600Ki', pods: '110' },
  });
});

test('a pod goes where there is room for what it asks for, and is refused as kube-scheduler does it', () => {
  world.post(pods, pod('big', asking({ requests: { cpu: '3', memory: '5Gi' } })));
  world.after(6);
  expect(world.see(`${pods}/big`, 'spec.nodeName')).toBe('large');
  world.post(pods, pod('huge', asking({ requests: { cpu: '64', memory: '500Gi' } })));
  // kube-scheduler 1.34.1
  expect(because('huge')).toBe(
    '0/3 nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, ' +
      '2 Insufficient cpu, 2 Insufficient memory. no new claims to deallocate, ' +
      'preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.',
  );
});

test('replicas are spread over nodes', () => {
  world.post(deployments, deployment('web', 4));
  world.after(10);
  const nodes = world
    .items(`${pods}?labelSelector=app%3Dweb`)
    .map((item) => field(item, 'spec.nodeName'));
  expect(nodes.sort()).toEqual(['large', 'large', 'small', 'small']);
});

test('amounts are written in one way, filled in from limits, and refused when they are none', () => {
  const given = {
    requests: { cpu: 0.5, memory: '1024Mi' },
    limits: { cpu: '1500m', memory: '2G' },
  };
  world.post(pods, pod('canonical', asking(given)));
  expect(world.see(`${pods}/canonical`, 'spec.containers.0.resources')).toEqual({
    requests: { cpu: '500m', memory: '1Gi' },
    limits: { cpu: '1500m', memory: '2G' },
  });
  world.post(pods, pod('limited', asking({ limits: { cpu: '1000m', memory: '1.5Gi' } })));
  expect(world.see(`${pods}/limited`, 'spec.containers.0.resources.requests')).toEqual({
    cpu: '1',
    memory: '1536Mi',
  });
  expect(world.see(`${pods}/limited`, 'status.qosClass')).toBe('Guaranteed');
  const wrong = world.post(pods, pod('wrong', asking({ requests: { cpu: 'abc' } })));
  expect([wrong.status, field(wrong.body, 'message')]).toEqual([
    400,
    'Pod in version "v1" cannot be handled as a Pod: quantities must match the regular expression ' +
      "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
  ]);
  const above = world.post(
    pods,
    pod('above', asking({ requests: { cpu: '2' }, limits: { cpu: '1' } })),
  );
  expect(field(above.body, 'message')).toBe(
    'Pod "above" is invalid: spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1',
  );
});

test('a pod whose claim nobody fulfils stays pending, and its claim says why', () => {
  world.post('/apis/apps/v1/namespaces/default/statefulsets', {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'db' },
    spec: {
      serviceName: 'db',
      replicas: 2,
      selector: { matchLabels: { app: 'db' } },
      template: podTemplate({ app: 'db' }),
      volumeClaimTemplates: [
        {
          metadata: { name: 'data' },
          spec: {
            accessModes: ['ReadWriteOnce'],
            resources: { requests: { storage: '1024Mi' } },
          },
        },
      ],
    },
  });
  world.after(60);
  expect(world.see(`${claims}/data-db-0`, 'spec.resources.requests.storage')).toBe('1Gi');
  expect(world.see(`${claims}/data-db-0`, 'status.phase')).toBe('Pending');
  expect(because('db-0')).toContain('pod has unbound immediate PersistentVolumeClaims');
  expect(world.get(`${pods}/db-1`).status).toBe(404);
  const told = world
    .items('/api/v1/namespaces/default/events')
    .map((event) => field(event, 'message'));
  expect(told).toContain(
    'no persistent volumes available for this claim and no storage class is set',
  );
});

test('a volume that somebody makes is bound, its pod runs, and the claim stays while it does', () => {
  world.post('/api/v1/persistentvolumes', {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: 'disk' },
    spec: {
      capacity: { storage: '2Gi' },
      accessModes: ['ReadWriteOnce'],
      hostPath: { path: '/var/mnt/disk' },
    },
  });
  world.after(20);
  expect(world.see(`${claims}/data-db-0`, 'status.phase')).toBe('Bound');
  expect(world.see(`${pods}/db-0`, 'status.phase')).toBe('Running');
  world.send('DELETE', `${claims}/data-db-0`);
  expect(world.see(`${claims}/data-db-0`, 'metadata.finalizers')).toEqual([
    'kubernetes.io/pvc-protection',
  ]);
  world.send('DELETE', '/apis/apps/v1/namespaces/default/statefulsets/db');
  world.after(20);
  expect(world.get(`${claims}/data-db-0`).status).toBe(404);
  expect(world.see('/api/v1/persistentvolumes/disk', 'status.phase')).toBe('Released');
});
