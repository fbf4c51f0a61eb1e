import { expect, test } from 'vitest';
import { Rehearsal, deployment, field } from './harness.js';

const nodes = '/api/v1/nodes';
const deployments = '/apis/apps/v1/namespaces/default/deployments';

function readyCluster(...names: string[]): Rehearsal {
  const world = new Rehearsal();
  for (const name of names) world.node(name);
  world.installCilium();
  world.after(60);
  return world;
}

test('a node without a network stays NotReady, with the taints and the reason of a real one', () => {
  const world = new Rehearsal();
  world.node('worker-1');
  world.after(600);
  const conditions = world.see(`${nodes}/worker-1`, 'status.conditions') as unknown[];
  const ready = conditions.find((item) => field(item, 'type') === 'Ready');
  expect(ready).toMatchObject({ status: 'False', reason: 'KubeletNotReady' });
  expect(field(ready, 'message')).toContain('cni plugin not initialized');
  expect(world.see(`${nodes}/worker-1`, 'spec.taints')).toMatchObject([
    { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' },
    { key: 'node.kubernetes.io/not-ready', effect: 'NoExecute' },
  ]);
});

test('a node becomes Ready when the agent of Cilium runs on it, and only then', () => {
  const world = new Rehearsal();
  world.node('worker-1');
  world.installCilium();
  world.after(24);
  expect(world.readiness('worker-1')).toBe('False');
  world.after(2);
  expect(world.readiness('worker-1')).toBe('True');
  expect(world.see(`${nodes}/worker-1`, 'spec.taints')).toBeUndefined();
  expect(world.see(`${nodes}/worker-1`, 'spec.podCIDR')).toBe('10.244.0.0/24');
});

test('a node that gets no pod range has an agent that never becomes ready', () => {
  const world = new Rehearsal({ podCidr: '10.244.0.0/23' });
  for (const name of ['a', 'b', 'c']) world.node(name);
  world.installCilium();
  world.after(300);
  expect(world.readiness('a')).toBe('True');
  expect(world.readiness('c')).toBe('False');
  world.send('DELETE', `${nodes}/a`);
  world.after(60);
  expect(world.readiness('c')).toBe('True');
});

test('a node that is silent for longer than the grace period is NotReady and comes back', () => {
  const world = readyCluster('a', 'b');
  world.cluster.setNodeAlive('a', false, world.now);
  world.after(39);
  expect(world.readiness('a')).toBe('True');
  world.after(2);
  expect(world.readiness('a')).toBe('Unknown');
  world.cluster.setNodeAlive('a', true, world.now);
  world.after(1);
  expect(world.readiness('a')).toBe('True');
});

test('pods of a lost node are replaced after five minutes and stay Terminating on it', () => {
  const world = readyCluster('a', 'b');
  world.post(deployments, deployment('web', 2));
  world.after(10);
  world.cluster.setNodeAlive('a', false, world.now);
  world.after(45);
  expect(world.see(`${deployments}/web`, 'status.readyReplicas')).toBe(1);
  world.after(310);
  const pods = world.items('/api/v1/namespaces/default/pods');
  const lost = pods.filter((pod) => field(pod, 'spec.nodeName') === 'a');
  expect(lost.map((pod) => field(pod, 'metadata.deletionTimestamp'))).toEqual([expect.any(String)]);
  expect(world.see(`${deployments}/web`, 'status.readyReplicas')).toBe(2);
  world.send('DELETE', `${nodes}/a`);
  expect(world.items('/api/v1/namespaces/default/pods')).toHaveLength(2);
});

test('a deleted node takes its pods along and does not come back until its kubelet restarts', () => {
  const world = readyCluster('a', 'b');
  world.send('DELETE', `${nodes}/b`);
  world.after(100);
  expect(world.items(nodes)).toHaveLength(1);
  const agents = world.items('/api/v1/namespaces/kube-system/pods?labelSelector=k8s-app%3Dcilium');
  expect(agents).toHaveLength(1);
  world.node('b');
  world.after(60);
  expect(world.readiness('b')).toBe('True');
});

test('registering again keeps the uid, the cordon and the labels that a user set', () => {
  const world = readyCluster('a');
  const before = world.get(`${nodes}/a`).body;
  const patch = { metadata: { labels: { team: 'x' } }, spec: { unschedulable: true } };
  world.send('PATCH', `${nodes}/a`, patch, 'application/merge-patch+json');
  world.node('a', { kubeletVersion: 'v1.35.0' });
  const after = world.get(`${nodes}/a`).body;
  expect(field(after, 'metadata.uid')).toBe(field(before, 'metadata.uid'));
  expect(field(after, 'metadata.labels.team')).toBe('x');
  expect(field(after, 'spec.unschedulable')).toBe(true);
  expect(field(after, 'status.nodeInfo.kubeletVersion')).toBe('v1.35.0');
});

test('a control plane shows its static pods and takes no ordinary ones', () => {
  const world = readyCluster('cp-1');
  world.post(deployments, deployment('web', 1));
  world.after(60);
  const system = world.items('/api/v1/namespaces/kube-system/pods');
  expect(system.map((pod) => field(pod, 'metadata.name'))).toContain('kube-apiserver-cp-1');
  const [pod] = world.items('/api/v1/namespaces/default/pods');
  expect(field(pod, 'status.phase')).toBe('Pending');
  expect(field(pod, 'status.conditions.0.message')).toContain('untolerated taint');
  expect(
    world.see('/apis/apps/v1/namespaces/kube-system/deployments/coredns', 'status'),
  ).toMatchObject({
    readyReplicas: 2,
  });
});

test('a saved cluster goes on where it was', () => {
  const world = new Rehearsal();
  world.node('a');
  world.installCilium();
  world.after(10);
  world.reload();
  world.after(10);
  expect(world.readiness('a')).toBe('False');
  world.after(6);
  expect(world.readiness('a')).toBe('True');
});
