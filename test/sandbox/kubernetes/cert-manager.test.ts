import { expect, test } from 'vitest';
import { podTemplate, Rehearsal } from './harness.js';

const space = 'cert-manager';
const issuers = '/apis/cert-manager.io/v1/clusterissuers';
const deployments = `/apis/apps/v1/namespaces/${space}/deployments`;

/** A cluster with the objects of cert-manager's chart, as far as its webhook needs them. */
function installed(): Rehearsal {
  const world = new Rehearsal();
  world.node('worker-1');
  world.installCilium();
  world.after(60);
  world.post('/api/v1/namespaces', {
    ...{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: space } },
  });
  world.post('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
    ...{ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' },
    metadata: { name: 'clusterissuers.cert-manager.io' },
    spec: {
      ...{ group: 'cert-manager.io', scope: 'Cluster' },
      names: { plural: 'clusterissuers', kind: 'ClusterIssuer', singular: 'clusterissuer' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: open } }],
    },
  });
  world.post('/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations', {
    ...{ apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingWebhookConfiguration' },
    metadata: {
      name: 'cert-manager-webhook',
      annotations: { 'cert-manager.io/inject-ca-from-secret': `${space}/cert-manager-webhook-ca` },
    },
    webhooks: [hook],
  });
  world.post(`/api/v1/namespaces/${space}/services`, {
    ...{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'cert-manager-webhook' } },
    spec: { selector: { app: 'webhook' }, ports: [{ port: 443, targetPort: 10250 }] },
  });
  world.after(2);
  return world;
}

const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

const hook = {
  name: 'webhook.cert-manager.io',
  rules: [
    {
      ...{ apiGroups: ['cert-manager.io', 'acme.cert-manager.io'], apiVersions: ['v1'] },
      ...{ operations: ['CREATE', 'UPDATE'], resources: ['*/*'] },
    },
  ],
  admissionReviewVersions: ['v1'],
  ...{ sideEffects: 'None', failurePolicy: 'Fail', timeoutSeconds: 30 },
  clientConfig: {
    service: { name: 'cert-manager-webhook', namespace: space, path: '/validate' },
  },
};

function run(world: Rehearsal, part: string): void {
  const labels = { app: part };
  const args = ['--dynamic-serving-ca-secret-name=cert-manager-webhook-ca'];
  const image = `quay.io/jetstack/cert-manager-${part}:v1.21.2`;
  world.post(deployments, {
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: part } },
    spec: {
      selector: { matchLabels: labels },
      template: podTemplate(labels, { containers: [{ name: part, image, args }] }),
    },
  });
  world.after(8);
}

const make = (world: Rehearsal, name: string): { status: number; body: unknown } =>
  world.post(issuers, {
    ...{ apiVersion: 'cert-manager.io/v1', kind: 'ClusterIssuer', metadata: { name } },
    spec: { selfSigned: {} },
  });

// cert-manager/website, content/docs/troubleshooting/webhook.md.
const failed = (problem: string): string =>
  'Internal error occurred: failed calling webhook "webhook.cert-manager.io": failed to call webhook: ' +
  `Post "https://cert-manager-webhook.cert-manager.svc:443/validate?timeout=30s": ${problem}`;

test('issuers can be made when the webhook runs and is trusted, and not before', () => {
  const world = installed();
  const address = String(
    world.see(`/api/v1/namespaces/${space}/services/cert-manager-webhook`, 'spec.clusterIP'),
  );
  const refused = failed(`dial tcp ${address}:443: connect: connection refused`);
  expect(make(world, 'own')).toMatchObject({ status: 500, body: { message: refused } });
  run(world, 'webhook');
  const untrusted =
    'tls: failed to verify certificate: x509: certificate signed by unknown authority';
  expect(make(world, 'own')).toMatchObject({ body: { message: failed(untrusted) } });
  run(world, 'cainjector');
  world.after(10);
  expect(make(world, 'own').status).toBe(201);
  expect(world.see(`${issuers}/own`, 'status')).toBeUndefined();
  run(world, 'controller');
  world.after(10);
  expect(world.see(`${issuers}/own`, 'status.conditions.0')).toMatchObject({
    ...{ type: 'Ready', status: 'True', reason: 'IsReady' },
  });
});

test('without its Service the webhook is not found, and one that may fail keeps nobody', () => {
  const world = installed();
  world.send('DELETE', `/api/v1/namespaces/${space}/services/cert-manager-webhook`);
  expect(make(world, 'own')).toMatchObject({
    body: { message: failed('service "cert-manager-webhook" not found') },
  });
  const path =
    '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/cert-manager-webhook';
  const webhooks = [{ ...hook, failurePolicy: 'Ignore' }];
  world.send('PATCH', path, { webhooks }, 'application/merge-patch+json');
  expect(make(world, 'own').status).toBe(201);
});
