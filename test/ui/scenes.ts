import { spellingOf } from '../../src/cli/own-command.js';
import { spell } from '../../src/lib/commands.js';
import type { ClusterStatus, StatusReport } from '../../src/cluster/status/report.js';
import type { AddonState } from '../../src/cluster/status/addon-states.js';
import type { ServerStatus } from '../../src/cluster/status/report.js';
import { OxideError } from '../../src/lib/errors.js';
import type { ReportEvent } from '../../src/lib/report.js';
import { renderAddons, renderAppliedAddons, renderRemovedAddon } from '../../src/ui/addons.js';
import { renderCreated } from '../../src/ui/created.js';
import { renderError } from '../../src/ui/error.js';
import { renderPlan, type PlanView } from '../../src/ui/plan.js';
import { createReporter } from '../../src/ui/reporter.js';
import { renderStatus } from '../../src/ui/status.js';
import type { Looks } from '../../src/ui/style.js';

const spelling = spellingOf({ config: 'cluster.yaml', output: 'output' });

type Change = PlanView['changes'][number];
type Scene = (looks: Looks) => string;

const euros = (net: number) => ({
  ...{ net, gross: Math.round(net * 119) / 100 },
  currency: 'EUR',
});

function servers(action: Change['action'], pool: string, numbers: readonly number[]): Change[] {
  const [type, price] = pool === 'control-plane' ? ['cx23', 5.99] : ['cx33', 8.99];
  return numbers.map((number) => ({
    ...{ action, kind: 'server', name: `oxide-cluster-${pool}-${number}` },
    ...{ detail: `${type} in nbg1`, monthly: euros(price) },
  }));
}

const upTo = (last: number, first = 1): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

const made = (kind: Change['kind'], detail: string): Change => ({
  ...{ action: 'create', kind, name: 'oxide-cluster', detail },
});

const createPlan: PlanView = {
  changes: [
    made('network', '10.0.0.0/16, subnet 10.0.1.0/24 in eu-central'),
    made('firewall', '6443 and 50000 from 198.51.100.7/32, 2001:db8:ca11::7/128'),
    made('ssh-key', 'ed25519'),
    ...servers('create', 'control-plane', upTo(3)),
    ...servers('create', 'worker', upTo(50)),
    made('kubernetes', '1.36.6 on Talos v1.13.9'),
    made('gateway-api', 'v1.6.1'),
    made('cilium', '1.20.4'),
    made('network-policy', 'keeps pods from 169.254.169.254'),
  ],
  cost: { now: euros(0), after: euros(467.47) },
  warnings: ['The firewall rule "web" lets the internet reach 6443: it admits 0.0.0.0/0 and ::/0.'],
  notes: [
    'The whole project has 0 servers and 0 primary IPs and will have 53 and 106; what the account may have: https://console.hetzner.cloud/limits',
  ],
};

const scaleUp: PlanView = {
  changes: servers('create', 'worker', upTo(5, 4)),
  cost: { now: euros(44.94), after: euros(62.92) },
  warnings: [],
  notes: ['The cluster runs Talos v1.13.9, cluster.yaml says v1.14.0: new nodes get v1.13.9.'],
  left: [
    {
      ...{ key: 'talos.version', servers: upTo(3).map((n) => `oxide-cluster-worker-${n}`) },
      ...{ found: 'v1.13.9', wanted: 'v1.14.0', effect: 'restart', by: 'upgrade' },
      way: 'by hand: talosctl upgrade on one node after the other, with the image of cluster.yaml',
    },
  ],
};

const scaleDown: PlanView = {
  changes: servers('delete', 'worker', [...upTo(100, 51)].reverse()),
  cost: { now: euros(916.97), after: euros(467.47) },
  warnings: [
    'oxide-cluster-worker-60: at present these pods may not be evicted: default/db-0 (budget db)',
  ],
  notes: [
    'oxide-cluster-worker-51 to -100, each: no pods to move',
    'The volume pvc-5f1c2a88-6f7e-4f1d-a1b5-6b8f0e5b9f11 moves with the pods: the storage driver attaches volumes where these are.',
  ],
};

const destroyPlan: PlanView = {
  changes: [
    ...servers('delete', 'control-plane', upTo(3)),
    ...servers('delete', 'worker', upTo(3)),
    { ...made('firewall', 'id 100000222'), action: 'delete' },
    { ...made('network', 'id 100000219'), action: 'delete' },
  ].map((change, index) => ({
    ...change,
    detail:
      change.kind === 'server' ? `${change.detail}, id ${100_000_300 + index}` : change.detail,
  })) as Change[],
  stays: [
    {
      ...{ kind: 'volume', name: 'pvc-5f1c2a88-6f7e-4f1d-a1b5-6b8f0e5b9f11' },
      ...{ detail: '10 GB in nbg1, id 100000401', monthly: euros(0.44) },
      why: 'holds data; add --delete-volumes to delete it, too',
    },
  ],
  cost: { now: euros(45.38), after: euros(0.44), covers: 'All of it' },
  warnings: [],
  notes: [],
};

function server(role: ServerStatus['role'], index: number): ServerStatus {
  const isWorker = role === 'worker';
  const pool = isWorker ? 'worker' : 'control-plane';
  const name = `oxide-cluster-${pool}-${index}`;
  const etcd = { member: '1c33601a1e594b37', leader: index === 1, healthy: true };
  return {
    ...{ name, role, pool, index, id: index, type: isWorker ? 'cx33' : 'cx23' },
    ...{ location: 'nbg1', status: 'running', talosVersion: 'v1.13.9' },
    publicIpv4: `203.0.113.${isWorker ? 100 + index : 200 + index}`,
    privateIp: `10.0.1.${isWorker ? index : 255 - index}`,
    kubernetes: { node: name, ready: true, version: 'v1.36.6' },
    etcd: isWorker ? null : etcd,
  };
}

const status: ClusterStatus = {
  ...{ cluster: 'oxide-cluster', endpoint: 'https://203.0.113.201:6443', healthy: true },
  servers: [
    ...upTo(3).map((index) => server('control-plane', index)),
    ...upTo(5).map((index) => server('worker', index)),
  ],
  pools: [
    { name: 'control-plane', role: 'control-plane', wanted: 3, found: 3 },
    { name: 'worker', role: 'worker', wanted: 5, found: 5 },
  ],
  ...{ differences: [], problems: [], addons: [], monthlyCost: euros(62.92), support: [] },
  loadBalancer: null,
  placementGroups: [
    { name: 'oxide-cluster', servers: upTo(3).map((n) => `oxide-cluster-control-plane-${n}`) },
    { name: 'oxide-cluster-worker-1', servers: upTo(5).map((n) => `oxide-cluster-worker-${n}`) },
  ],
  survives: {
    ...{ controlPlanes: 1, onOneHost: 1, anyHost: true },
    kubeconfigNeeds: 'oxide-cluster-control-plane-1',
  },
};

const healthy: StatusReport = {
  ...{ status, network: '10.0.0.0/16, subnet 10.0.1.0/24 in eu-central' },
  ...{
    allowed: ['198.51.100.7/32', '2001:db8:ca11::7/128'],
    ownAddress: '198.51.100.7',
    remarks: [],
  },
};

const degraded: StatusReport = {
  ...healthy,
  remarks: ['The support of Kubernetes 1.36 ends on 2027-06-28 (in 42 days).'],
  status: {
    ...{ ...status, healthy: false, endpoint: null, placementGroups: [] },
    loadBalancer: {
      ...{ name: 'oxide-cluster', id: 9, type: 'lb11', location: 'nbg1', public: true },
      ...{ publicIps: ['203.0.113.9'], privateIp: '10.0.1.254' },
      targets: [
        { server: 'oxide-cluster-control-plane-1', health: 'healthy', detail: null },
        {
          server: 'oxide-cluster-control-plane-2',
          ...{ health: 'unhealthy', detail: '6443: layer4_no_connection' },
        },
      ],
    },
    survives: { controlPlanes: 0, onOneHost: 2, anyHost: false, kubeconfigNeeds: null },
    servers: status.servers.slice(0, 7).map((one, index): ServerStatus => {
      const { kubernetes } = one;
      if (index === 2) return { ...one, status: 'off', etcd: null, talosVersion: null };
      if (index === 4 && kubernetes) return { ...one, kubernetes: { ...kubernetes, ready: false } };
      return index === 6 ? { ...one, kubernetes: null, privateIp: null } : one;
    }),
    pools: status.pools.map((pool) =>
      pool.role === 'worker' ? { ...pool, wanted: 6, found: 4 } : pool,
    ),
    differences: ['oxide-cluster-worker-5', 'oxide-cluster-worker-6'].map((name) => ({
      ...{ key: 'workers.worker.count', servers: [name], found: null, wanted: 'cx33 in nbg1' },
      ...{ effect: 'addition', by: 'create', way: 'oxide create' },
    })),
    problems: [
      {
        code: 'server-not-running',
        message: 'oxide-cluster-control-plane-3 is off',
        hint: 'start it in the Hetzner console, or: hcloud server poweron oxide-cluster-control-plane-3',
      },
      ...['oxide-cluster-worker-5', 'oxide-cluster-worker-6'].map((name) => ({
        code: 'missing-server' as const,
        ...{ message: `${name} does not exist`, hint: 'oxide create makes what is missing' },
      })),
    ],
  },
};

const longError = new OxideError(
  'the Kubernetes API of the cluster "oxide-cluster" does not answer on any of its three control planes (oxide-cluster-control-plane-1 to -3)\nconnection refused',
  {
    hint: 'Look at it with: oxide --config clusters/production/cluster.yaml --output clusters/production/output status\nGo on: oxide --config clusters/production/cluster.yaml --output clusters/production/output create',
  },
);

const running: readonly ReportEvent[] = [
  ended('Find the public address of this machine', '198.51.100.7/32, 2001:db8:ca11::7/128'),
  ended('Look at what exists', 'no servers yet'),
  ended('Check talosctl, kubectl and helm', 'talosctl v1.13.9, kubectl v1.36.3, helm v4.2.3'),
  {
    type: 'note',
    message: 'no public IPv6 address was found; the firewall will admit only the other family',
  },
  ended('Create the control planes', '3 of 3 made', 35_000),
  { ...ended('Ask Talos', '0 of 3 control planes answer'), unmet: true },
  {
    type: 'warning',
    message:
      'Hetzner has no capacity for cx33 in nbg1 at present: the pool worker gets cpx32 in fsn1, from oxide-cluster-worker-2 on.',
  },
  {
    type: 'step-failed',
    id: 9,
    title: 'Wait for Talos on oxide-cluster-control-plane-1',
    elapsedMs: 600_000,
  },
];

function ended(
  title: string,
  summary: string,
  elapsedMs = 2_100,
): Extract<ReportEvent, { type: 'step-done' }> {
  return { type: 'step-done', id: 1, title, elapsedMs, summary, unmet: false };
}

function steps({ columns, ...looks }: Looks): string {
  let text = '';
  const stream = {
    write: (more: string) => ((text += more), true),
    columns,
    isTTY: columns !== undefined,
  };
  const reporter = createReporter({ stream, mode: 'plain', verbose: false, ...looks });
  for (const event of running) reporter.emit(event);
  return text;
}

const off = ['argocd', 'kube-prometheus-stack'];

function addon(name: string, version: string, more: Partial<AddonState> = {}): AddonState {
  return {
    ...{ kind: 'addon', name, wanted: version, installed: version },
    ...{ state: 'works', asWanted: true, why: null, ...more },
  };
}

const addons: readonly AddonState[] = [
  addon('cilium', '1.20.4'),
  addon('hcloud-ccm', '1.35.0', { installed: '1.34.0', asWanted: false }),
  addon('hcloud-csi', '2.22.1', {
    state: 'not-working',
    why: 'pod hcloud-csi-controller-7d4b9c5f6-x2x8k: CrashLoopBackOff: back-off 2m40s restarting failed container; its last words: level=ERROR msg="failed to setup CSI driver"',
  }),
  addon('talos-ccm', '0.5.5', {
    ...{ installed: null, state: 'impossible', asWanted: false },
    why: 'no control plane was made with what it needs of the machine configuration',
  }),
  addon('metrics-server', '3.13.1', { installed: null, state: 'not-installed', asWanted: false }),
  addon('traefik', '41.3.0', { wanted: null, state: 'surplus', asWanted: false }),
];

const removedDriver = {
  ...{ name: 'hcloud-csi', removed: true },
  left: [
    {
      ...{ kind: 'volume' as const, name: 'pvc-3b0c5a52-6a0e-4b7e-9c55-0d1f5c5b7a11' },
      ...{ detail: '10 GB in nbg1, id 101', why: 'the cluster made it' },
    },
  ],
  notes: ['Volumes, their PersistentVolumes and the claims stay; nobody attaches them any more.'],
};

/** What a person sees in the life of a cluster, with fixed data. */
export const scenes: Readonly<Record<string, Scene>> = {
  'create-plan': (looks) => renderPlan(createPlan, looks),
  'create-steps': steps,
  created: (looks) => {
    const created = {
      ...{ cluster: 'oxide-cluster', endpoint: 'https://203.0.113.201:6443', changed: true },
      ...{ kubeconfig: 'output/kubeconfig', talosconfig: 'output/talosconfig' },
      ...{ nodes: upTo(8), failedAddons: [], differences: [], founded: true },
    };
    return spell(renderCreated(created, looks), spelling);
  },
  'scale-up-plan': (looks) => renderPlan(scaleUp, looks),
  'scale-down-plan': (looks) => renderPlan(scaleDown, looks),
  'destroy-plan': (looks) => renderPlan(destroyPlan, looks),
  'addons-list': (looks) => spell(renderAddons({ addons, off }, looks), spelling),
  'addons-apply': (looks) => {
    const shown = [addon('cilium', '1.20.4'), addon('hcloud-ccm', '1.35.0')];
    const view = { addons: shown, off, applied: ['hcloud-ccm'] };
    return spell(renderAppliedAddons(view, looks), spelling);
  },
  'addons-remove': (looks) => spell(renderRemovedAddon(removedDriver, looks), spelling),
  'status-healthy': (looks) => renderStatus(healthy, looks),
  'status-degraded': (looks) => renderStatus(degraded, looks),
  error: (looks) => renderError(longError, { ...looks, verbose: false, spelling }),
};
