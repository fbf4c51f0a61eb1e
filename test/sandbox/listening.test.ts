import { expect, test } from 'vitest';
import { listenerAt } from '../../src/sandbox/listening.js';
import type { TalosWorld } from '../../src/sandbox/talos/world.js';
import { Rehearsal, deployment, field } from './kubernetes/harness.js';

const kubernetes = new Rehearsal();
const names = ['w1', 'w2'];
for (const name of names) kubernetes.node(name);
kubernetes.installCilium();
kubernetes.after(60);

// Two machines with Talos on which the nodes of the cluster run.
const node = (id: number): object => ({
  state: {
    poweredOnAt: 0,
    isUp: true,
    config: {},
    hasRegistered: true,
    kubernetes: { name: names[id - 1] },
  },
});
const talos = { node, clusterOf: () => ({ kube: kubernetes.cluster }) } as unknown as TalosWorld;

/** What a load balancer's check finds on a port of each node. */
function found(port: number): unknown[] {
  const { now } = kubernetes;
  return [1, 2].map((machineId) => listenerAt(talos, { machineId, port, now })?.status);
}

function service(name: string, spec: object): object {
  const own = { selector: { app: 'web' }, ports: [{ port: 80 }], ...spec };
  return { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: own };
}

test('a node port answers while a ready pod stands behind it, on the pod’s node alone when it is local', () => {
  const services = '/api/v1/namespaces/default/services';
  const deployments = '/apis/apps/v1/namespaces/default/deployments';
  const any = kubernetes.post(services, service('any', { type: 'NodePort' })).body;
  const local = kubernetes.post(
    services,
    service('local', { type: 'LoadBalancer', externalTrafficPolicy: 'Local' }),
  ).body;
  const port = Number(field(any, 'spec.ports.0.nodePort'));
  const localPort = Number(field(local, 'spec.ports.0.nodePort'));
  const checkPort = Number(field(local, 'spec.healthCheckNodePort'));
  expect(found(port)).toEqual([undefined, undefined]);

  kubernetes.post(
    deployments,
    deployment('web', 1, { nodeSelector: { 'kubernetes.io/hostname': 'w2' } }),
  );
  kubernetes.after(60);
  expect(found(port)).toEqual([200, 200]);
  expect(found(localPort)).toEqual([undefined, 200]);
  expect(found(checkPort)).toEqual([undefined, 200]);
  expect(found(port === 32_767 ? port - 1 : port + 1)).toEqual([undefined, undefined]);

  kubernetes.send('DELETE', `${deployments}/web`);
  kubernetes.after(60);
  expect(found(port)).toEqual([undefined, undefined]);
});
