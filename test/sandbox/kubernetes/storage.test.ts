import { expect, test } from 'vitest';
import { field } from './harness.js';
import { claim, StorageRehearsal } from './storage-rehearsal.js';

const attachments = '/apis/storage.k8s.io/v1/volumeattachments';
const merge = 'application/merge-patch+json';

function bound(): StorageRehearsal {
  const world = new StorageRehearsal();
  world.claim();
  world.workload();
  world.after(40);
  return world;
}

const volumeName = (world: StorageRehearsal): string =>
  String(world.kube.see(claim, 'spec.volumeName'));
const nodeOf = (pod: unknown): unknown => field(pod, 'spec.nodeName');

test('the driver registers on the nodes where its pod runs', () => {
  const world = new StorageRehearsal();
  const path = '/apis/storage.k8s.io/v1/csinodes/worker-1';
  expect(world.kube.see(path, 'spec.drivers')).toEqual([
    {
      name: 'csi.hetzner.cloud',
      nodeID: String(world.servers[0]),
      topologyKeys: ['csi.hetzner.cloud/location'],
      allocatable: { count: 16 },
    },
  ]);
  const labels = world.kube.see('/api/v1/nodes/worker-1', 'metadata.labels');
  expect(labels).toMatchObject({ 'csi.hetzner.cloud/location': 'nbg1' });
});

test('a node pod that is kept from the metadata service does not know its server', () => {
  const except = (name: string): object => ({
    endpointSelector: { matchExpressions: [{ key: 'k8s:app', operator: 'NotIn', values: [name] }] },
    egressDeny: [{ toCIDR: ['169.254.169.254/32'] }],
  });
  const logOf = (world: StorageRehearsal): unknown => {
    const path = '/api/v1/namespaces/kube-system/pods';
    const [pod] = world.kube.items(`${path}?labelSelector=app%3Dhcloud-csi-node`);
    return world.kube.get(`${path}/${String(field(pod, 'metadata.name'))}/log`).body;
  };
  expect(logOf(new StorageRehearsal({ policy: except('hcloud-csi-node') }))).toBe('');
  const kept = new StorageRehearsal({ policy: except('somebody') });
  expect(logOf(kept)).toContain(
    'could not determine default volume location: failed to get location from metadata service: ',
  );
  expect(kept.kube.see('/apis/storage.k8s.io/v1/csinodes/worker-1', 'spec.drivers')).toEqual([]);
});

test('a claim waits for its pod, then gets a volume at Hetzner, which is attached before the pod starts', () => {
  const world = new StorageRehearsal();
  world.claim();
  world.after(10);
  expect(world.kube.see(claim, 'status.phase')).toBe('Pending');
  expect(world.volumes()).toEqual([]);
  world.workload();
  world.after(5);
  expect(world.kube.see(claim, 'status.phase')).toBe('Bound');
  const [waiting] = world.pods();
  const reason = 'status.containerStatuses.0.state.waiting.reason';
  expect(field(waiting, reason)).toBe('ContainerCreating');
  world.after(20);
  const [pod] = world.pods();
  expect(field(pod, 'status.phase')).toBe('Running');
  const name = volumeName(world);
  expect(world.volumes()).toMatchObject([
    {
      ...{ name, size: 10, location: { name: 'nbg1' } },
      server: world.servers[nodeOf(pod) === 'worker-1' ? 0 : 1],
      labels: {
        ...{ 'managed-by': 'csi-driver', cluster: 'test' },
        ...{ 'pvc-name': 'data', 'pvc-namespace': 'default', 'pv-name': name },
      },
    },
  ]);
  expect(world.told()).toContain(
    `SuccessfulAttachVolume: AttachVolume.Attach succeeded for volume "${name}"`,
  );
  expect(world.told()).toContain(
    'Provisioning: External provisioner is provisioning volume for claim "default/data"',
  );
  expect(world.told()).toContain(`ProvisioningSucceeded: Successfully provisioned volume ${name}`);
});

test('a claim that was there before the default class gets it', () => {
  const world = new StorageRehearsal({ class: { metadata: { name: 'other' } } });
  world.claim();
  world.after(5);
  expect(world.kube.see(claim, 'spec.storageClassName')).toBeUndefined();
  const path = '/apis/storage.k8s.io/v1/storageclasses/other';
  const annotations = { 'storageclass.kubernetes.io/is-default-class': 'true' };
  world.kube.send('PATCH', path, { metadata: { annotations } }, merge);
  expect(world.kube.see(claim, 'spec.storageClassName')).toBe('other');
});

test('its objects are as those of the real driver', () => {
  const world = bound();
  const name = volumeName(world);
  expect(world.kube.see(claim, 'metadata.annotations')).toMatchObject({
    'pv.kubernetes.io/bind-completed': 'yes',
    'pv.kubernetes.io/bound-by-controller': 'yes',
    'volume.kubernetes.io/storage-provisioner': 'csi.hetzner.cloud',
  });
  const [made] = world.volumes();
  expect(world.kube.get(`/api/v1/persistentvolumes/${name}`).body).toMatchObject({
    metadata: {
      finalizers: [
        'external-provisioner.volume.kubernetes.io/finalizer',
        'kubernetes.io/pv-protection',
        'external-attacher/csi-hetzner-cloud',
      ],
    },
    spec: {
      capacity: { storage: '10Gi' },
      claimRef: { name: 'data', namespace: 'default' },
      csi: { driver: 'csi.hetzner.cloud', fsType: 'ext4', volumeHandle: String(field(made, 'id')) },
      persistentVolumeReclaimPolicy: 'Delete',
      storageClassName: 'hcloud-volumes',
    },
    status: { phase: 'Bound' },
  });
  expect(world.kube.items(attachments)).toMatchObject([
    {
      metadata: { finalizers: ['external-attacher/csi-hetzner-cloud'] },
      spec: { attacher: 'csi.hetzner.cloud', source: { persistentVolumeName: name } },
      status: { attached: true },
    },
  ]);
});

test('a pod that is drained to another node brings its volume along', () => {
  const world = bound();
  const [before] = world.pods();
  const node = String(nodeOf(before));
  world.kube.send('PATCH', `/api/v1/nodes/${node}`, { spec: { unschedulable: true } }, merge);
  const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: {} };
  const name = String(field(before, 'metadata.name'));
  world.kube.post(`/api/v1/namespaces/default/pods/${name}/eviction`, eviction);
  world.after(2);
  expect(world.told()).toContain(
    `Multi-Attach error for volume "${volumeName(world)}" Volume is already used by pod(s) ${name}`,
  );
  world.after(40);
  expect(world.told().match(/Multi-Attach error/g)).toHaveLength(1);
  const [after] = world.pods();
  expect(nodeOf(after)).not.toBe(node);
  expect(field(after, 'status.phase')).toBe('Running');
  const index = nodeOf(after) === 'worker-1' ? 0 : 1;
  expect(world.volumes()).toMatchObject([{ server: world.servers[index] }]);
});

test('a volume of a dead node is given up after six minutes', () => {
  const world = bound();
  const [before] = world.pods();
  const node = String(nodeOf(before));
  world.kube.cluster.setNodeAlive(node, false, world.kube.now);
  world.after(60);
  const path = `/api/v1/namespaces/default/pods/${String(field(before, 'metadata.name'))}`;
  world.kube.send('DELETE', path, { gracePeriodSeconds: 0 });
  world.after(60);
  expect(world.told()).toContain("can't be attached to another");
  expect(world.kube.items(attachments)).toMatchObject([{ spec: { nodeName: node } }]);
  world.after(330);
  expect(world.pods()).toMatchObject([{ status: { phase: 'Running' } }]);
  expect(world.kube.items(attachments)).not.toMatchObject([{ spec: { nodeName: node } }]);
});

test('a larger claim makes its volume and its file system larger, and a smaller one is refused', () => {
  const world = bound();
  const size = (storage: string): unknown =>
    world.kube.send('PATCH', claim, { spec: { resources: { requests: { storage } } } }, merge);
  expect(size('20Gi')).toMatchObject({ status: 200 });
  world.after(20);
  expect(world.volumes()).toMatchObject([{ size: 20 }]);
  expect(world.kube.see(claim, 'status.capacity.storage')).toBe('20Gi');
  expect(world.told()).toContain(
    `Resizing: External resizer is resizing volume ${volumeName(world)}`,
  );
  expect(world.told()).toContain(
    'FileSystemResizeSuccessful: MountVolume.NodeExpandVolume succeeded',
  );
  expect(size('5Gi')).toMatchObject({
    status: 422,
    body: {
      message:
        'PersistentVolumeClaim "data" is invalid: spec.resources.requests.storage: Forbidden: field can not be less than status.capacity',
    },
  });
});

test('the volume of a claim goes with it, when no pod uses it any more', () => {
  const world = bound();
  const name = volumeName(world);
  world.kube.send('DELETE', claim);
  world.after(20);
  expect(world.kube.see(claim, 'status.phase')).toBe('Bound');
  world.kube.send('DELETE', '/apis/apps/v1/namespaces/default/deployments/db');
  world.after(30);
  expect(world.kube.get(claim).status).toBe(404);
  expect(world.kube.get(`/api/v1/persistentvolumes/${name}`).status).toBe(404);
  expect(world.kube.items(attachments)).toEqual([]);
  expect(world.volumes()).toEqual([]);
});

test('a volume that is to be kept outlives its claim', () => {
  const world = new StorageRehearsal({ class: { reclaimPolicy: 'Retain' } });
  world.claim();
  world.workload();
  world.after(40);
  const name = volumeName(world);
  world.kube.send('DELETE', '/apis/apps/v1/namespaces/default/deployments/db');
  world.kube.send('DELETE', claim);
  world.after(40);
  expect(world.kube.see(`/api/v1/persistentvolumes/${name}`, 'status.phase')).toBe('Released');
  expect(world.volumes()).toMatchObject([{ name, server: null }]);
});

test('with a wrong token no volume is made, and the claim says why', () => {
  const world = new StorageRehearsal({ token: 'b'.repeat(64) });
  world.claim();
  world.workload();
  world.after(30);
  expect(world.kube.see(claim, 'status.phase')).toBe('Pending');
  expect(world.told()).toMatch(
    /ProvisioningFailed: rpc error: code = Internal desc = failed to create volume: .* \(unauthorized\)/,
  );
});

test('without a location it asks for its server, and crashes with the reason when it may not', () => {
  const world = new StorageRehearsal({ token: 'b'.repeat(64), env: [] });
  const [pod] = world.kube.items(
    '/api/v1/namespaces/kube-system/pods?labelSelector=app%3Dhcloud-csi-controller',
  );
  expect(field(pod, 'status.containerStatuses.0.state.waiting.reason')).toBe('CrashLoopBackOff');
  const path = `/api/v1/namespaces/kube-system/pods/${String(field(pod, 'metadata.name'))}/log`;
  expect(world.kube.get(path).body).toContain(
    'could not determine default volume location: error while getting server through node name: ',
  );
});

test('a claim for many nodes is refused for good', () => {
  const world = new StorageRehearsal();
  world.claim('data', { accessModes: ['ReadWriteMany'] });
  world.workload();
  world.after(30);
  expect(world.told()).toContain(
    'ProvisioningFailed: Volume provisioning failed with infeasible error. Retries will be delayed. ' +
      'rpc error: code = InvalidArgument desc = capability at index 0 is not supported',
  );
});

test('what Hetzner refuses stands at the attachment and is told to the pod', () => {
  const world = bound();
  world.kube.send('DELETE', '/apis/apps/v1/namespaces/default/deployments/db');
  world.after(20);
  world.kube.send('PATCH', '/api/v1/nodes/worker-2', { spec: { unschedulable: true } }, merge);
  const path = `/volumes/${String(field(world.volumes()[0], 'id'))}/actions/attach`;
  world.cloud.post(path, { server: world.servers[1] });
  world.workload();
  world.after(10);
  const why =
    'rpc error: code = FailedPrecondition desc = failed to publish volume: volume is attached';
  expect(world.kube.items(attachments)).toMatchObject([
    { status: { attached: false, attachError: { message: why } } },
  ]);
  const told = `AttachVolume.Attach failed for volume "${volumeName(world)}" : ${why}`;
  expect(world.told()).toContain(`FailedAttachVolume: ${told}`);
});

test('an encrypted volume needs the Secret of its class', () => {
  const own = 'csi.storage.k8s.io/node-publish-secret-';
  const parameters = { [`${own}name`]: 'encryption', [`${own}namespace`]: 'kube-system' };
  const world = new StorageRehearsal({ class: { parameters } });
  world.claim();
  world.workload();
  world.after(30);
  const name = volumeName(world);
  expect(world.told()).toContain(
    `FailedMount: MountVolume.SetUp failed for volume "${name}" : fetching NodePublishSecretRef kube-system/encryption failed: ` +
      'kubernetes.io/csi: failed to find the secret encryption in the namespace kube-system with error: secrets "encryption" not found',
  );
  world.kube.post('/api/v1/namespaces/kube-system/secrets', {
    ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'encryption' } },
    data: { 'encryption-passphrase': 'c2VjcmV0' },
  });
  world.after(10);
  expect(world.pods()).toMatchObject([{ status: { phase: 'Running' } }]);
});

test('a node takes sixteen volumes, and the seventeenth pod waits', () => {
  const world = new StorageRehearsal();
  world.kube.send('PATCH', '/api/v1/nodes/worker-2', { spec: { unschedulable: true } }, merge);
  for (let index = 0; index < 17; index++) {
    world.claim(`data-${index}`);
    world.kube.post('/api/v1/namespaces/default/pods', {
      ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: `pod-${index}` } },
      spec: {
        containers: [{ name: 'app', image: 'example.org/app:1' }],
        volumes: [{ name: 'data', persistentVolumeClaim: { claimName: `data-${index}` } }],
      },
    });
  }
  world.after(60);
  expect(world.volumes()).toHaveLength(16);
  expect(world.told()).toContain('1 node(s) exceed max volume count');
});

test('Hetzner refuses a seventeenth volume of a server', () => {
  const { cloud, servers } = new StorageRehearsal();
  const ids = Array.from({ length: 17 }, (_, index) => {
    const order = { size: 10, location: 'nbg1', name: `v-${index}` };
    return String(cloud.post('/volumes', order)['volume']?.['id']);
  });
  cloud.rest();
  const outcomes = ids.map((id) =>
    cloud.outcome('POST', `/volumes/${id}/actions/attach`, { server: servers[0] }),
  );
  expect(outcomes.slice(15)).toEqual(['201', '422 limit_exceeded_error']);
});
