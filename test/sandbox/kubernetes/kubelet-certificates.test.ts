import '../../../src/sandbox/reflect.js';
import { Pkcs10CertificateRequest, type SubjectAlternativeNameExtension } from '@peculiar/x509';
import { expect, test } from 'vitest';
import { field, podTemplate, Rehearsal } from './harness.js';

const system = 'kube-system';
const requests = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
const accounts = `/apis/talos.dev/v1alpha1/namespaces/${system}/serviceaccounts`;
const talosApi = { roles: ['os:reader'], namespaces: [system] };
const secretName = 'talos-cloud-controller-manager-talos-secrets';

/** A cluster whose kubelets wait for their certificates. */
function started(): Rehearsal {
  const world = new Rehearsal();
  world.node('cp-1', { rotatesServerCertificates: true, talosApi });
  world.node('worker-1', { rotatesServerCertificates: true });
  world.installCilium();
  world.after(60);
  return world;
}

function account(world: Rehearsal, roles = ['os:reader']): void {
  world.post(accounts, {
    ...{ apiVersion: 'talos.dev/v1alpha1', kind: 'ServiceAccount' },
    metadata: { name: secretName },
    spec: { roles },
  });
  world.after(2);
}

function controller(world: Rehearsal, controllers = 'node-csr-approval'): void {
  const container = {
    name: 'talos-cloud-controller-manager',
    image: 'ghcr.io/siderolabs/talos-cloud-controller-manager:v1.12.0',
    args: [`--controllers=${controllers}`],
  };
  const labels = { app: 'talos-ccm' };
  world.post(`/apis/apps/v1/namespaces/${system}/daemonsets`, {
    ...{ apiVersion: 'apps/v1', kind: 'DaemonSet' },
    metadata: { name: 'talos-cloud-controller-manager' },
    spec: {
      selector: { matchLabels: labels },
      template: podTemplate(labels, {
        hostNetwork: true,
        nodeSelector: { 'node-role.kubernetes.io/control-plane': '' },
        tolerations: [{ operator: 'Exists' }],
        containers: [container],
        volumes: [{ name: 'talos-secrets', secret: { secretName } }],
      }),
    },
  });
  world.after(30);
}

const requestOf = (world: Rehearsal, node: string): unknown =>
  world.items(requests).find((item) => field(item, 'spec.username') === `system:node:${node}`);

const conditions = (world: Rehearsal): unknown[] =>
  world.items(requests).map((item) => field(item, 'status.conditions.0.type'));

const logOf = (world: Rehearsal): { status: number; body: unknown } => {
  const pods = world.items(`/api/v1/namespaces/${system}/pods`);
  const pod = pods.find((item) => field(item, 'spec.nodeName') === 'worker-1');
  return world.get(
    `/api/v1/namespaces/${system}/pods/${String(field(pod, 'metadata.name'))}/log?container=app&follow=true`,
  );
};

test('kubelets that rotate their certificates ask for one, and nobody reaches them before they have it', () => {
  const world = started();
  expect(world.items(requests)).toHaveLength(2);
  expect(requestOf(world, 'cp-1')).toMatchObject({
    spec: {
      signerName: 'kubernetes.io/kubelet-serving',
      usages: ['digital signature', 'server auth'],
    },
  });
  expect(conditions(world)).toEqual([undefined, undefined]);
  // Recorded: syself/cluster-api-provider-hetzner, issue 920.
  expect(logOf(world)).toMatchObject({
    status: 500,
    body: {
      message: expect.stringMatching(
        /^Get "https:\/\/10\.0\.1\.2:10250\/containerLogs\/kube-system\/cilium-.*\/app\?follow=true": remote error: tls: internal error$/,
      ) as string,
    },
  });
});

test('a request is one that others can read', async () => {
  const pem = String(field(requestOf(started(), 'worker-1'), 'spec.request'));
  const request = new Pkcs10CertificateRequest(Buffer.from(pem, 'base64').toString());
  expect(request.subject).toBe('O=system:nodes, CN=system:node:worker-1');
  expect(await request.verify()).toBe(true);
  const names = request.getExtension('2.5.29.17') as SubjectAlternativeNameExtension;
  expect(names.names.toJSON()).toEqual([
    { type: 'dns', value: 'worker-1' },
    { type: 'ip', value: '10.0.1.2' },
  ]);
});

test("Talos's controller approves them once it has its Secret, and then logs are there", () => {
  const world = started();
  controller(world);
  expect(conditions(world)).toEqual([undefined, undefined]);
  account(world);
  world.after(30);
  expect(
    world.see(`/api/v1/namespaces/${system}/secrets/${secretName}`, 'data.config'),
  ).toBeTruthy();
  expect(world.items(requests)).toMatchObject([
    {
      status: {
        conditions: [{ type: 'Approved', reason: 'Approved by TalosCloudControllerManager' }],
        certificate: expect.any(String) as string,
      },
    },
    { status: { conditions: [{ type: 'Approved' }] } },
  ]);
  expect(logOf(world).status).toBe(200);
});

test('it approves older requests of a node, and none with an address that is not its own', () => {
  const world = started();
  world.node('worker-1', { rotatesServerCertificates: true, internalIp: '10.0.1.9' });
  account(world);
  controller(world);
  const own = world
    .items(requests)
    .filter((item) => field(item, 'spec.username') === 'system:node:worker-1')
    .map((item) => field(item, 'status.conditions.0.type'));
  expect(own.sort()).toEqual(['Approved', undefined]);
});

test('a controller that is not told to approves nothing', () => {
  const world = started();
  account(world);
  controller(world, 'cloud-node');
  expect(conditions(world)).toEqual([undefined, undefined]);
});

test('an administrator can approve one by hand', () => {
  const world = started();
  const [first] = world.items(requests) as Record<string, object>[];
  const path = `${requests}/${String(field(first, 'metadata.name'))}`;
  const condition = { type: 'Approved', status: 'True', reason: 'KubectlApprove' };
  world.send('PUT', `${path}/approval`, { ...first, status: { conditions: [condition] } });
  expect(world.see(path, 'status.conditions.0.reason')).toBe('KubectlApprove');
  expect(world.see(path, 'status.certificate')).toBeTruthy();
  expect(conditions(world)).toEqual(['Approved', undefined]);
});

test('a kubelet asks again after a quarter of an hour, and when its node has another address', () => {
  const world = started();
  world.after(900);
  expect(world.items(requests)).toHaveLength(4);
  world.node('worker-1', { rotatesServerCertificates: true, internalIp: '10.0.1.9' });
  expect(world.items(requests)).toHaveLength(5);
});

test('Talos serves nobody whom its control planes do not allow', () => {
  const world = started();
  account(world, ['os:admin']);
  expect(world.see(`${accounts}/${secretName}`, 'status.failureReason')).toBe(
    'Roles not allowed: [os:admin]',
  );
  expect(world.get(`/api/v1/namespaces/${system}/secrets/${secretName}`).status).toBe(404);
});

test('without access to the Talos API its kind is unknown', () => {
  const world = new Rehearsal();
  world.node('cp-1');
  world.after(10);
  expect(world.get(accounts).status).toBe(404);
});
