import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { bundledTools } from '../../../src/sandbox/bundled-tools.js';
import { standIns } from '../../../src/sandbox/downloads/charts/table.js';
import { createDownloads } from '../../../src/sandbox/downloads/downloads.js';

const run = promisify(execFile);
const supported = process.platform === 'linux' && process.arch === 'x64';
const controlPlanes = {
  nodeSelector: { 'node-role.kubernetes.io/control-plane': '' },
  tolerations: [{ key: 'node-role.kubernetes.io/control-plane', operator: 'Exists' }],
};

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly [field: string]: unknown;
}

/** A release with the values of a cluster on Hetzner, and what has to be in it. */
const cases: readonly (readonly [string, string, object, readonly string[]])[] = [
  [
    'hcloud-cloud-controller-manager',
    'hcloud-cloud-controller-manager',
    {
      kind: 'DaemonSet',
      nodeSelector: controlPlanes.nodeSelector,
      networking: { enabled: true, clusterCIDR: '10.244.0.0/16' },
      env: { HCLOUD_LOAD_BALANCERS_ENABLED: { value: 'false' } },
    },
    ['DaemonSet/hcloud-cloud-controller-manager', 'ServiceAccount/hcloud-cloud-controller-manager'],
  ],
  [
    'hcloud-csi',
    'hcloud-csi',
    {
      controller: {
        ...{ ...controlPlanes, replicaCount: 1, hcloudVolumeDefaultLocation: 'fsn1' },
        volumeExtraLabels: { cluster: 'demo' },
        podDisruptionBudget: { create: false },
      },
    },
    [
      'Deployment/hcloud-csi-controller',
      'DaemonSet/hcloud-csi-node',
      'StorageClass/hcloud-volumes',
    ],
  ],
  [
    'talos-cloud-controller-manager',
    'talos-cloud-controller-manager',
    { enabledControllers: ['node-csr-approval'], daemonSet: { enabled: true } },
    ['DaemonSet/talos-cloud-controller-manager'],
  ],
  [
    'metrics-server',
    'metrics-server',
    { replicas: 2, podDisruptionBudget: { enabled: true, maxUnavailable: 1 } },
    ['Deployment/metrics-server', 'APIService/v1beta1.metrics.k8s.io'],
  ],
  [
    'cert-manager',
    'cert-manager',
    {
      crds: { enabled: true },
      config: { enableGatewayAPI: true },
      startupapicheck: { enabled: false },
    },
    [
      ...['Deployment/cert-manager', 'Deployment/cert-manager-cainjector'],
      ...['Deployment/cert-manager-webhook', 'Service/cert-manager-webhook'],
      'CustomResourceDefinition/certificates.cert-manager.io',
    ],
  ],
  [
    'external-dns',
    'external-dns',
    { policy: 'upsert-only', txtOwnerId: 'demo', sources: ['service', 'gateway-httproute'] },
    ['Deployment/external-dns'],
  ],
  [
    'traefik',
    'traefik',
    { ingressClass: { enabled: true, isDefaultClass: true } },
    ['Deployment/traefik', 'Service/traefik', 'IngressClass/traefik'],
  ],
  [
    'argo-cd',
    'argocd',
    { crds: { install: true, keep: true } },
    [
      ...['Deployment/argocd-server', 'Deployment/argocd-repo-server', 'Secret/argocd-secret'],
      'StatefulSet/argocd-application-controller',
    ],
  ],
  [
    'kube-prometheus-stack',
    'kube-prometheus-stack',
    { kubeProxy: { enabled: false }, prometheus: { prometheusSpec: { replicas: 1 } } },
    [
      'Deployment/kube-prometheus-stack-operator',
      'Deployment/kube-prometheus-stack-grafana',
      'DaemonSet/kube-prometheus-stack-prometheus-node-exporter',
      'CustomResourceDefinition/servicemonitors.monitoring.coreos.com',
    ],
  ],
];

describe.runIf(supported)('the stand-in charts of services, under the real helm', () => {
  let folder: string;
  let server: Server;
  let helm: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'oxide-charts-'));
    const tools = await bundledTools(join(folder, 'tools'));
    if (!tools) throw new Error('the package with kubectl and helm is not installed');
    helm = tools.helm;
    const downloads = createDownloads({ callerAddress: '198.51.100.7' });
    server = createServer((request, response) => {
      void downloads.handle(request.url ?? '').then((answer) => {
        response.writeHead(answer?.status ?? 404, { 'content-type': answer?.contentType });
        response.end(answer?.body);
      });
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
  });

  afterAll(async () => {
    server.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function template(chart: string, release: string, values: object, version?: string) {
    const file = join(folder, `${chart}.json`);
    await writeFile(file, JSON.stringify(values));
    const { port } = server.address() as AddressInfo;
    const source = ['--repo', `http://127.0.0.1:${port}/charts`, '-f', file, '--include-crds'];
    const chosen = version === undefined ? [] : ['--version', version];
    const home = join(folder, 'home');
    const env = { PATH: process.env['PATH'], HOME: home };
    const args = ['template', release, chart, ...source, ...chosen, '-n', 'services'];
    const { stdout } = await run(helm, args, { env, maxBuffer: 2 ** 24 });
    return parseAllDocuments(stdout).flatMap((document) => {
      expect(document.errors).toEqual([]);
      return (document.toJS() ?? []) as Manifest | never[];
    });
  }

  it.each(cases)('%s', async (chart, release, values, wanted) => {
    const manifests = await template(chart, release, values);
    const names = manifests.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
    expect(names).toEqual(expect.arrayContaining([...wanted]));
    expect(new Set(names).size).toBe(names.length);
  });

  it('has all charts that the table names, each in its older releases as well', async () => {
    expect(cases.map(([chart]) => chart)).toEqual(standIns.map(({ name }) => name));
    for (const [chart, release, values, wanted] of cases) {
      const oldest = standIns.find(({ name }) => name === chart)?.releases.at(-1)?.version;
      const manifests = await template(chart, release, values, oldest);
      expect(manifests.length).toBeGreaterThan(wanted.length - 1);
    }
  });

  it.each([
    ['cert-manager', { installCrds: true }, /additional properties 'installCrds' not allowed/i],
    ['external-dns', { policy: 'delete' }, /at '\/policy': value must be one of/],
    ['traefik', { gatewayClass: { create: true } }, /additional properties 'create' not allowed/],
    ['hcloud-csi', { controller: { replicaCount: 'two' } }, /got string, want integer/],
  ])('%s refuses %j as the real chart does', async (chart, values, reason) => {
    await expect(template(chart, chart, values)).rejects.toThrow(reason);
  });
});
