import { describe, expect, test } from 'vitest';
import type { InstalledCharts } from '../../../src/cluster/kubernetes/installed.js';
import { wantedRules } from '../../../src/cluster/network/firewall-rules.js';
import type { OwnedResource } from '../../../src/cluster/state/owned-resources.js';
import type { ClusterState, ServerState } from '../../../src/cluster/state/cluster-state.js';
import { clusterStatus } from '../../../src/cluster/status/cluster-status.js';
import type { NodeFacts, StatusInput } from '../../../src/cluster/status/report.js';
import {
  catalogueOf,
  clusterOf,
  existingServer,
  installedFor,
  nodeFor,
  nothing,
} from '../fixtures.js';

const now = Date.parse('2026-11-01T00:00:00Z');
const inDays = (days: number) => new Date(now + days * 24 * 60 * 60_000);

// Without the hash of what they are made of, as servers of earlier versions.
const plain = { firewallIds: [3], labels: {} };
const controlPlane = existingServer('control-plane', 'cp', 1, plain);
const worker = existingServer('worker', 'web', 1, plain);

const state: ClusterState = {
  ...nothing,
  network: {
    ...{ id: 2, name: 'demo', cidr: '10.0.0.0/16', deleteProtected: false, labels: {} },
    subnets: [{ cidr: '10.0.1.0/24', zone: 'eu-central' }],
  },
  firewall: {
    ...{ id: 3, name: 'demo', labels: {} },
    rules: wantedRules({ allowedCidrs: ['198.51.100.0/24'], extraRules: [] }),
  },
  // As Hetzner may give them: in no particular order.
  servers: [worker, controlPlane],
};

const withOpenFirewall: ClusterState = {
  ...state,
  firewall: {
    ...{ id: 3, name: 'demo', labels: {} },
    rules: wantedRules({
      allowedCidrs: ['198.51.100.0/24'],
      extraRules: [
        { protocol: 'tcp', port: 'any', source_ips: ['0.0.0.0/0'], description: 'mine' },
      ],
    }),
  },
};

function node(server: ServerState, more: Partial<NodeFacts> = {}): NodeFacts {
  return { ...nodeFor(server), kubeletVersion: 'v1.36.6', talosVersion: 'v1.13.9', ...more };
}

const nodes = [node(controlPlane), node(worker)];
const etcd = { member: 'a1', leader: true, healthy: true };

const healthy: StatusInput = {
  config: clusterOf(1, 1),
  state,
  prices: catalogueOf(),
  seen: { nodes },
  certificates: [],
  talos: [{ server: 'demo-cp-1', version: { is: 'v1.13.9' }, etcd: { is: etcd } }],
  ...{ known: new Map(), installed: { is: installedFor(clusterOf(1, 1)) } },
  accessFiles: [],
  secretsRemark: undefined,
  resources: [],
  builds: { atWork: [], left: [], now: 0 },
  endpoint: 'https://203.0.113.1:6443',
  ownAddress: '198.51.100.7',
  now,
};

function withInstalled(changes: Partial<InstalledCharts>): Partial<StatusInput> {
  return { installed: { is: { ...installedFor(clusterOf(1, 1)), ...changes } } };
}

function statusOf(changes: Partial<StatusInput>) {
  return clusterStatus({ ...healthy, ...changes }).status;
}

const volume: OwnedResource = {
  ...{ kind: 'volume', id: 9, name: 'pvc-1', detail: '10 GB', owner: 'controller' },
  monthly: { net: 0.44, gross: 0.52, currency: 'EUR' },
  ...{ deleteProtected: false, usedBy: [], idle: 'is attached to no server' },
};

describe('a cluster', () => {
  test('without problems is healthy, its control planes come first', () => {
    const { servers, problems, healthy: is } = statusOf({});
    expect(problems).toEqual([]);
    expect(is).toBe(true);
    expect(servers.map(({ name }) => name)).toEqual(['demo-cp-1', 'demo-web-1']);
  });

  test('without Cilium has one reason why no node is Ready, and keeps the others', () => {
    // As kubelet 1.34 and containerd word it.
    const noNetwork =
      'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady ' +
      'message:Network plugin returns error: cni plugin not initialized';
    const seen = (reason: string) => ({
      nodes: [
        node(controlPlane, { ready: false, reason: noNetwork }),
        node(worker, { ready: false, reason }),
      ],
    });
    const told = (reason: string) =>
      statusOf({ ...withInstalled({ cilium: undefined }), seen: seen(reason) }).problems.map(
        ({ code }) => code,
      );
    expect(told(noNetwork)).toEqual(['missing-cilium']);
    expect(told('kubelet stopped')).toEqual(['node-not-ready', 'missing-cilium']);
    const installed = statusOf({ seen: seen(noNetwork) }).problems;
    expect(installed.map(({ code }) => code)).toEqual(['node-not-ready', 'node-not-ready']);
  });

  test.each<[code: string, message: RegExp, changes: Partial<StatusInput>]>([
    ['missing-server', /^demo-web-2 does not exist$/, { config: clusterOf(1, 2) }],
    ['missing-network', /network does not exist/, { state: { ...state, network: undefined } }],
    ['missing-firewall', /firewall does not exist/, { state: { ...state, firewall: undefined } }],
    [
      'server-not-running',
      /^demo-web-1 is off$/,
      { state: { ...state, servers: [controlPlane, { ...worker, status: 'off' }] } },
    ],
    [
      'server-not-behind-firewall',
      /^demo-web-1 is not behind the firewall/,
      { state: { ...state, servers: [controlPlane, { ...worker, firewallIds: [] }] } },
    ],
    [
      'removal-unfinished',
      /^the removal of demo-web-1 was begun and not finished$/,
      { state: { ...state, servers: [controlPlane, { ...worker, labels: { removal: 'drain' } }] } },
    ],
    ['missing-cilium', /^Cilium is not installed/, withInstalled({ cilium: undefined })],
    [
      'missing-gateway-api',
      /of the Gateway API are missing/,
      withInstalled({ gatewayApi: undefined }),
    ],
    [
      'node-not-ready',
      /^demo-web-1 is not Ready: kubelet stopped$/,
      {
        seen: {
          nodes: [node(controlPlane), node(worker, { ready: false, reason: 'kubelet stopped' })],
        },
      },
    ],
    ['node-not-ready', /^demo-web-1 is not registered/, { seen: { nodes: [node(controlPlane)] } }],
    ['kubernetes-unknown', /cannot be asked: no route/, { seen: { unknown: 'no route' } }],
    [
      'talos-unknown',
      /^Talos on demo-cp-1 cannot be asked: no route/,
      {
        talos: [
          { server: 'demo-cp-1', version: { unknown: 'no route' }, etcd: { unknown: 'no route' } },
        ],
      },
    ],
    [
      'etcd-unhealthy',
      /^the etcd member of demo-cp-1 \(a1\) is not a healthy voter$/,
      {
        talos: [
          {
            ...{ server: 'demo-cp-1', version: { is: 'v1.13.9' } },
            etcd: { is: { ...etcd, healthy: false } },
          },
        ],
      },
    ],
  ])('is degraded by %s: %s', (code, message, changes) => {
    const { problems, healthy: is } = statusOf(changes);
    expect(problems).toEqual([
      {
        code,
        message: expect.stringMatching(message) as string,
        hint: expect.any(String) as string,
      },
    ]);
    expect(is).toBe(false);
  });

  test.each<[code: string, message: RegExp, changes: Partial<StatusInput>]>([
    [
      'own-address-not-allowed',
      /admits 198\.51\.100\.0\/24, and this machine is 203\.0\.113\.9 now/,
      { ownAddress: '203.0.113.9' },
    ],
    [
      'node-cordoned',
      /^demo-web-1 takes no pods: it is cordoned$/,
      { seen: { nodes: [node(controlPlane), node(worker, { unschedulable: true })] } },
    ],
    [
      'certificate-ends',
      /^the certificate hubble-server-certs in the cluster ends on 2026-11-30 \(in 29 days\)$/,
      { certificates: [{ name: 'hubble-server-certs', ends: inDays(29) }] },
    ],
    [
      'certificate-ends',
      /^the certificate hubble-relay-client-certs in the cluster ended on 2026-10-31 \(24h ago\)$/,
      { certificates: [{ name: 'hubble-relay-client-certs', ends: inDays(-1) }] },
    ],
    ['secrets', /^they are lost$/, { secretsRemark: 'they are lost' }],
    [
      'open-to-the-internet',
      /^the firewall rule "mine" lets the internet reach 6443 and 50000: it admits 0\.0\.0\.0\/0$/,
      { state: withOpenFirewall },
    ],
    [
      'certificate-ends',
      /output\/kubeconfig ends on 2026-11-30 \(in 29 days\)$/,
      {
        accessFiles: [{ path: 'output/kubeconfig', remedy: 'oxide kubeconfig', ends: inDays(29) }],
      },
    ],
    [
      'certificate-ends',
      /output\/talosconfig ended on 2026-10-31 \(24h ago\)$/,
      {
        accessFiles: [
          { path: 'output/talosconfig', remedy: 'oxide talosconfig', ends: inDays(-1) },
        ],
      },
    ],
    [
      'version-unsupported',
      /Cilium 1\.20\S* is tested with Kubernetes 1\.33 to 1\.36/,
      { seen: { nodes: nodes.map((one) => ({ ...one, kubeletVersion: 'v1.32.9' })) } },
    ],
    [
      'unused',
      /^the volume pvc-1 \(id 9\) is attached to no server, €0\.44 net a month$/,
      { resources: [volume] },
    ],
  ])('is told of %s and stays healthy: %s', (code, message, changes) => {
    const { problems, healthy: is } = statusOf(changes);
    expect(problems).toEqual([
      {
        code,
        message: expect.stringMatching(message) as string,
        hint: expect.any(String) as string,
      },
    ]);
    expect(is).toBe(true);
  });

  test('is told to look for a claim before the volume of one is deleted', () => {
    const [problem] = statusOf({ resources: [volume] }).problems;
    expect(problem?.hint).toMatch(/hcloud volume delete 9.*when no claim has it: .*kubectl get pv/);
  });

  test('with a node that its removal has cordoned tells of the removal only', () => {
    const leaving = { ...worker, labels: { removal: 'drain' } };
    const { problems } = statusOf({
      state: { ...state, servers: [controlPlane, leaving] },
      seen: { nodes: [node(controlPlane), node(worker, { unschedulable: true })] },
    });
    expect(problems.map(({ code }) => code)).toEqual(['removal-unfinished']);
  });

  test('whose certificates last longer than 30 days has nothing to tell', () => {
    const file = { path: 'kubeconfig', remedy: 'oxide kubeconfig', ends: inDays(31) };
    expect(statusOf({ accessFiles: [file] }).problems).toEqual([]);
  });

  test('of which nobody knows the versions does not differ in them', () => {
    const { differences, servers } = statusOf({ seen: { unknown: 'no route' }, talos: [] });
    expect(differences).toEqual([]);
    expect(servers.map(({ talosVersion }) => talosVersion)).toEqual([null, null]);
  });
});
