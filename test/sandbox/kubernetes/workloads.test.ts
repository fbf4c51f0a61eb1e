import { beforeAll, describe, expect, test } from 'vitest';
import { Rehearsal, deployment, field, podTemplate } from './harness.js';

const pods = '/api/v1/namespaces/default/pods';
const jobs = '/apis/batch/v1/namespaces/default/jobs';

function readyCluster(...names: string[]): Rehearsal {
  const world = new Rehearsal();
  for (const name of names) world.node(name);
  world.installCilium();
  world.after(60);
  return world;
}

function texts(world: Rehearsal, namespace = 'default'): string[] {
  return world
    .items(`/api/v1/namespaces/${namespace}/events`)
    .map((event) => `${String(field(event, 'reason'))}: ${String(field(event, 'message'))}`);
}

describe('events', () => {
  let world: Rehearsal;
  beforeAll(() => {
    world = readyCluster('worker-1');
    world.post(
      '/apis/apps/v1/namespaces/default/deployments',
      deployment('web', 1, { containers: [{ name: 'app', image: 'example.org/web:1' }] }),
    );
    world.after(10);
  });

  // As `kubectl get events` showed them of a real kube-controller-manager, scheduler (1.34.1), and
  // a kubelet of the same release.
  test('tell what a rollout did, step by step', () => {
    expect(texts(world).map((text) => text.replace(/web-\w+(-\w{5})?/g, 'web-x'))).toEqual(
      expect.arrayContaining([
        'ScalingReplicaSet: Scaled up replica set web-x from 0 to 1',
        'SuccessfulCreate: Created pod: web-x',
        'Scheduled: Successfully assigned default/web-x to worker-1',
        'Pulling: Pulling image "example.org/web:1"',
        'Created: Created container: app',
        'Started: Started container app',
      ]),
    );
  });

  test('are found by what they are about, as kubectl describe asks for them', () => {
    const name = String(field(world.items(pods)[0], 'metadata.name'));
    const query = `fieldSelector=involvedObject.name%3D${name},involvedObject.kind%3DPod`;
    expect(world.items(`/api/v1/namespaces/default/events?${query}`)).toHaveLength(5);
    const [scheduled] = world.items(
      `/api/v1/namespaces/default/events?${query},reason%3DScheduled`,
    );
    expect(scheduled).toMatchObject({
      reportingComponent: 'default-scheduler',
      lastTimestamp: null,
      type: 'Normal',
    });
  });

  test('of what keeps failing are not repeated, and are forgotten after an hour', () => {
    const own = readyCluster('worker-1');
    own.post(pods, {
      apiVersion: 'v1',
      kind: 'Pod',
      ...podTemplate({}, { volumes: [{ name: 'v', configMap: { name: 'none' } }] }),
      metadata: { name: 'waits' },
    });
    for (let i = 0; i < 4; i++) own.after(40);
    const about = own
      .items('/api/v1/namespaces/default/events')
      .filter((event) => field(event, 'reason') === 'FailedMount');
    expect(about).toMatchObject([
      {
        type: 'Warning',
        message: 'MountVolume.SetUp failed for volume "v" : configmap "none" not found',
      },
    ]);
    own.send('DELETE', `${pods}/waits`);
    own.after(3_700);
    own.post('/apis/apps/v1/namespaces/default/deployments', deployment('web', 1));
    expect(texts(own).join()).not.toContain('FailedMount');
  });
});

function job(name: string, spec: object = {}): object {
  const template = podTemplate({}, { restartPolicy: 'Never' });
  return { apiVersion: 'batch/v1', kind: 'Job', metadata: { name }, spec: { template, ...spec } };
}

describe('what ends by itself', () => {
  test('a job completes, and its pod is not made again when it is deleted', () => {
    const world = readyCluster('worker-1');
    world.post(jobs, job('once'));
    world.after(3);
    expect(world.see(`${jobs}/once`, 'status')).toMatchObject({ active: 1 });
    const uid = world.see(`${jobs}/once`, 'metadata.uid');
    expect(world.see(`${jobs}/once`, 'spec.selector.matchLabels')).toEqual({
      'batch.kubernetes.io/controller-uid': uid,
    });
    const made = world.items(`${pods}?labelSelector=job-name%3Donce`);
    expect(made).toHaveLength(1);
    world.after(12);
    expect(world.see(`${jobs}/once`, 'status')).toMatchObject({
      succeeded: 1,
      conditions: [
        { type: 'SuccessCriteriaMet', status: 'True' },
        { type: 'Complete', status: 'True', message: 'Reached expected number of succeeded pods' },
      ],
    });
    const [pod] = world.items(pods);
    expect(field(pod, 'status.phase')).toBe('Succeeded');
    expect(field(pod, 'metadata.finalizers')).toBeUndefined();
    world.send('DELETE', `${pods}/${String(field(pod, 'metadata.name'))}`);
    world.after(60);
    expect(world.items(pods)).toEqual([]);
    expect(texts(world)).toContain('Completed: Job completed');
  });

  test('several completions run side by side as far as allowed, and a job may go by itself', () => {
    const world = readyCluster('worker-1');
    world.post(jobs, job('many', { completions: 3, parallelism: 2, ttlSecondsAfterFinished: 30 }));
    world.after(3);
    expect(world.items(pods)).toHaveLength(2);
    world.after(25);
    expect(world.see(`${jobs}/many`, 'status.succeeded')).toBe(3);
    world.after(40);
    expect(world.get(`${jobs}/many`).status).toBe(404);
    expect(world.items(pods)).toEqual([]);
  });

  test('a pod that is not restarted runs and succeeds, as a test of a chart does', () => {
    const world = readyCluster('worker-1');
    world.post(pods, {
      apiVersion: 'v1',
      kind: 'Pod',
      ...podTemplate({}, { restartPolicy: 'Never' }),
      metadata: { name: 'test' },
    });
    world.after(3);
    expect(world.see(`${pods}/test`, 'status.phase')).toBe('Running');
    world.after(4);
    expect(world.see(`${pods}/test`, 'status')).toMatchObject({
      phase: 'Succeeded',
      containerStatuses: [{ state: { terminated: { exitCode: 0, reason: 'Completed' } } }],
    });
  });
});

describe('PodSecurity', () => {
  let world: Rehearsal;
  beforeAll(() => {
    world = readyCluster('worker-1');
  });
  const privileged = podTemplate(
    { app: 'a' },
    {
      containers: [{ name: 'a', image: 'a', securityContext: { privileged: true } }],
    },
  );
  const pod = { apiVersion: 'v1', kind: 'Pod', ...privileged, metadata: { name: 'p' } };
  // kube-apiserver 1.34.1 with the admission configuration of an oxide cluster.
  const why =
    'violates PodSecurity "baseline:latest": privileged (container "a" must not set securityContext.privileged=true)';

  test('refuses a pod as a real API server does, and lets it into kube-system', () => {
    const { status, body } = world.post(pods, pod);
    expect([status, field(body, 'message')]).toEqual([403, `pods "p" is forbidden: ${why}`]);
    expect(world.post('/api/v1/namespaces/kube-system/pods', pod).status).toBe(201);
  });

  test('is as loose as the labels of a namespace say', () => {
    const labels = { 'pod-security.kubernetes.io/enforce': 'privileged' };
    world.post('/api/v1/namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'loose', labels },
    });
    expect(world.post('/api/v1/namespaces/loose/pods', pod).status).toBe(201);
  });

  test('takes a deployment whose pods it refuses, which its ReplicaSet tells', () => {
    const path = '/apis/apps/v1/namespaces/default/deployments';
    const made = deployment('a', 1) as { spec: object };
    world.post(path, { ...made, spec: { ...made.spec, template: privileged } });
    world.after(30);
    expect(texts(world).join()).toContain(`is forbidden: ${why}`);
    expect(world.items(pods)).toEqual([]);
  });
});

test('a namespace is not gone at once: its controller waits, and its pods end first', () => {
  const world = readyCluster('worker-1');
  const path = '/api/v1/namespaces/shop';
  world.post('/api/v1/namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'shop' },
  });
  world.post('/apis/apps/v1/namespaces/shop/deployments', deployment('web', 2));
  world.after(10);
  world.send('DELETE', path);
  world.after(6);
  expect(world.see(path, 'status')).toMatchObject({
    phase: 'Terminating',
    conditions: expect.arrayContaining([
      expect.objectContaining({
        type: 'NamespaceContentRemaining',
        message: 'Some resources are remaining: pods. has 2 resource instances',
      }),
    ]) as unknown,
  });
  const refused = world.post(`${path}/configmaps`, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'late' },
  });
  expect(field(refused.body, 'message')).toContain('because it is being terminated');
  world.after(20);
  expect(world.get(path).status).toBe(404);
  const kept = world.send('DELETE', '/api/v1/namespaces/kube-system');
  expect(field(kept.body, 'message')).toBe(
    'namespaces "kube-system" is forbidden: this namespace may not be deleted',
  );
});

test('what is deleted in the foreground goes after what it owns', () => {
  const world = readyCluster('worker-1');
  const path = '/apis/apps/v1/namespaces/default/deployments';
  world.post(path, deployment('web', 2));
  world.after(10);
  world.send('DELETE', `${path}/web?propagationPolicy=Foreground`);
  expect(world.see(`${path}/web`, 'metadata.finalizers')).toEqual(['foregroundDeletion']);
  world.after(10);
  expect(world.get(`${path}/web`).status).toBe(404);
  expect(world.items(pods)).toEqual([]);
});
