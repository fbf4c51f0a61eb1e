import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { bundledTools } from '../../../src/sandbox/bundled-tools.js';
import { createDownloads } from '../../../src/sandbox/downloads/downloads.js';

const run = promisify(execFile);
const supported = process.platform === 'linux' && process.arch === 'x64';

interface Manifest {
  kind: string;
  metadata: { name: string; labels?: Record<string, string> };
  data: Record<string, string>;
  spec: {
    replicas: number;
    controllerName: string;
    template: {
      metadata: { annotations?: Record<string, string> };
      spec: {
        hostNetwork?: boolean;
        tolerations?: object[];
        affinity: { podAntiAffinity: object };
        containers: { image: string; env?: object[]; securityContext?: object }[];
      };
    };
  };
}

/** The values that a cluster on Hetzner needs. */
const values = {
  ipam: { mode: 'kubernetes' },
  k8s: { requireIPv4PodCIDR: true },
  kubeProxyReplacement: true,
  kubeProxyReplacementHealthzBindAddr: '0.0.0.0:10256',
  k8sServiceHost: 'localhost',
  k8sServicePort: 7445,
  routingMode: 'tunnel',
  tunnelProtocol: 'vxlan',
  MTU: 1450,
  bpf: { masquerade: true, hostLegacyRouting: true },
  loadBalancer: { acceleration: 'best-effort' },
  cgroup: { autoMount: { enabled: false }, hostRoot: '/sys/fs/cgroup' },
  securityContext: { capabilities: { ciliumAgent: ['CHOWN'], cleanCiliumState: ['NET_ADMIN'] } },
  nodeIPAM: { enabled: true },
  defaultLBServiceIPAM: 'nodeipam',
  gatewayAPI: {
    enabled: true,
    enableAlpn: true,
    enableAppProtocol: true,
    externalTrafficPolicy: 'Cluster',
    gatewayClass: { create: 'true' },
  },
  operator: { replicas: 1, rollOutPods: true },
  rollOutCiliumPods: true,
  hubble: { enabled: true, relay: { enabled: true }, ui: { enabled: false } },
};

describe.runIf(supported)('the stand-in Cilium chart, under the real helm', () => {
  let folder: string;
  let server: Server;
  let helm: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'oxide-chart-'));
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
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    server.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function runHelm(...args: string[]): Promise<string> {
    const env = {
      HELM_CACHE_HOME: join(folder, 'cache'),
      HELM_CONFIG_HOME: join(folder, 'config'),
      HELM_DATA_HOME: join(folder, 'data'),
    };
    return (await run(helm, args, { env })).stdout;
  }

  async function template(changes: object = {}, version = '1.19.6'): Promise<Manifest[]> {
    const file = join(folder, 'values.yaml');
    await writeFile(file, JSON.stringify({ ...values, ...changes }));
    const { port } = server.address() as AddressInfo;
    const repository = ['--repo', `http://127.0.0.1:${port}/charts`, '--version', version];
    const output = await runHelm(
      ...['template', 'cilium', 'cilium', ...repository, '-n', 'kube-system', '-f', file],
    );
    return parseAllDocuments(output)
      .map((document) => document.toJS() as Manifest | null)
      .filter((manifest) => manifest !== null);
  }

  function find(manifests: Manifest[], kind: string, name: string): Manifest {
    const found = manifests.find((it) => it.kind === kind && it.metadata.name === name);
    if (!found) throw new Error(`the chart renders no ${kind} ${name}`);
    return found;
  }

  it('turns the values into the real settings of the agents', async () => {
    const settings = find(await template(), 'ConfigMap', 'cilium-config').data;
    expect(settings).toMatchObject({
      ipam: 'kubernetes',
      'k8s-require-ipv4-pod-cidr': 'true',
      'routing-mode': 'tunnel',
      'tunnel-protocol': 'vxlan',
      mtu: '1450',
      'enable-bpf-masquerade': 'true',
      'enable-host-legacy-routing': 'true',
      'kube-proxy-replacement': 'true',
      'kube-proxy-replacement-healthz-bind-address': '0.0.0.0:10256',
      'bpf-lb-acceleration': 'best-effort',
      'enable-node-ipam': 'true',
      'default-lb-service-ipam': 'nodeipam',
      'cgroup-root': '/sys/fs/cgroup',
      'enable-hubble': 'true',
      'enable-gateway-api': 'true',
    });
    const bare = find(await template({ MTU: 0, bpf: {} }), 'ConfigMap', 'cilium-config').data;
    expect(bare).not.toHaveProperty('mtu');
    expect(bare).not.toHaveProperty('enable-host-legacy-routing');
  });

  it('renders the workloads of a Cilium installation, with their images and rules', async () => {
    const manifests = await template();
    const names = manifests.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
    expect(names).toEqual(
      expect.arrayContaining([
        ...['DaemonSet/cilium', 'DaemonSet/cilium-envoy', 'Deployment/cilium-operator'],
        ...['Deployment/hubble-relay', 'Service/hubble-peer', 'Service/hubble-relay'],
        ...['GatewayClass/cilium', 'Namespace/cilium-secrets', 'ConfigMap/hubble-relay-config'],
        ...['ServiceAccount/cilium', 'ServiceAccount/cilium-operator', 'ClusterRole/cilium'],
      ]),
    );
    expect(new Set(names).size).toBe(names.length);

    const agent = find(manifests, 'DaemonSet', 'cilium');
    expect(agent.metadata.labels).toMatchObject({ 'k8s-app': 'cilium' });
    const pod = agent.spec.template.spec;
    expect(pod.hostNetwork).toBe(true);
    expect(pod.tolerations).toEqual([{ operator: 'Exists' }]);
    expect(pod.containers[0]).toMatchObject({
      image: 'quay.io/cilium/cilium:v1.19.6',
      securityContext: { capabilities: { drop: ['ALL'], add: ['CHOWN'] } },
    });
    expect(pod.containers[0]?.env).toContainEqual({
      name: 'KUBERNETES_SERVICE_HOST',
      value: 'localhost',
    });

    const operator = find(manifests, 'Deployment', 'cilium-operator');
    expect(operator.spec.replicas).toBe(1);
    expect(operator.spec.template.spec.tolerations).toContainEqual({
      key: 'node-role.kubernetes.io/control-plane',
      operator: 'Exists',
    });
    expect(operator.spec.template.spec.affinity.podAntiAffinity).toBeDefined();
    const relay = find(manifests, 'Deployment', 'hubble-relay');
    expect(relay.spec.template.spec.tolerations).toBeUndefined();
  });

  it('replaces the pods when a setting changes', async () => {
    const checksum = (manifests: Manifest[]): string | undefined =>
      find(manifests, 'DaemonSet', 'cilium').spec.template.metadata.annotations?.[
        'cilium.io/cilium-configmap-checksum'
      ];
    const before = checksum(await template());
    expect(before).toMatch(/^[0-9a-f]{64}$/);
    expect(checksum(await template({ MTU: 1400 }))).not.toBe(before);
    expect(checksum(await template())).toBe(before);
  });

  it('leaves out what is switched off', async () => {
    const manifests = await template({
      hubble: { enabled: false },
      gatewayAPI: { enabled: false },
      envoy: { enabled: false },
    });
    const names = manifests.map(({ metadata }) => metadata.name);
    expect(names.filter((name) => /hubble|envoy-config|secrets/.test(name))).toEqual([]);
    expect(manifests.map(({ kind }) => kind)).not.toContain('GatewayClass');
  });

  it.each(['1.17.8', '1.17.18', '1.18.14', '1.19.7', '1.20.0', '1.20.4'])(
    'renders for Cilium %s',
    async (version) => {
      const agent = find(await template({}, version), 'DaemonSet', 'cilium');
      const image = agent.spec.template.spec.containers[0]?.image;
      expect(image).toBe(`quay.io/cilium/cilium:v${version}`);
    },
  );

  it.each([
    [{ MTU: '1450' }, /at '\/MTU': got string, want integer/],
    [
      { gatewayAPI: { enabled: true, gatewayClass: { create: true } } },
      /at '\/gatewayAPI\/gatewayClass\/create': got boolean, want string/,
    ],
    [{ operator: { replicas: 'two' } }, /at '\/operator\/replicas': got string, want integer/],
    [{ bpf: { masquerade: 'yes' } }, /at '\/bpf\/masquerade': got string/],
    [{ kubeProxyReplacement: 'strict' }, /kubeProxyReplacement must be explicitly set/],
    [{ hubble: { ui: { enabled: true } } }, /Hubble UI requires \.Values\.hubble\.relay\.enabled/],
    [{ routingMode: 'native' }, /ipv4NativeRoutingCIDR must be set when routingMode is native/],
  ])('refuses %j as the real chart does', async (changes, reason) => {
    await expect(template(changes)).rejects.toThrow(reason);
  });

  it('is not found in a version that was never released', async () => {
    await expect(template({}, '9.9.9')).rejects.toThrow('chart "cilium" version "9.9.9" not found');
  });

  it('can be pulled, and helm lint has nothing against it', async () => {
    const { port } = server.address() as AddressInfo;
    const repository = ['--repo', `http://127.0.0.1:${port}/charts`, '--version', '1.19.6'];
    await runHelm('pull', 'cilium', ...repository, '--untar', '--destination', folder);
    const lint = await runHelm('lint', '--strict', join(folder, 'cilium'));
    expect(lint).toContain('1 chart(s) linted, 0 chart(s) failed');
    expect(lint).not.toMatch(/\[(WARNING|ERROR)\]/);
  });
});
