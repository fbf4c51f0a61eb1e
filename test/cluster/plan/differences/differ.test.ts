import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import type { Difference } from '../../../../src/cluster/plan/difference.js';
import { refuseImpossible } from '../../../../src/cluster/plan/create/create-checks.js';
import { differencesOf } from '../../../../src/cluster/plan/differences/differ.js';
import { keyEffects } from '../../../../src/cluster/plan/differences/key-effects.js';
import { wantedServices } from '../../../../src/cluster/network/balancer-services.js';
import { wantedRules } from '../../../../src/cluster/network/firewall-rules.js';
import { settledRules } from '../../../../src/cluster/plan/differences/firewall-differences.js';
import type { ClusterState, ServerState } from '../../../../src/cluster/state/cluster-state.js';
import { poolsOf } from '../../../../src/cluster/state/node-pools.js';
import type {
  ConfigurationFacts,
  KnownOfNode,
} from '../../../../src/cluster/talos/found-settings.js';
import { nodeSettings } from '../../../../src/cluster/talos/node-settings.js';
import { describedSchema, type SchemaNode } from '../../../../src/config/described-schema.js';
import { parseConfig } from '../../../../src/config/load.js';
import type { ClusterConfig } from '../../../../src/config/schema.js';
import { existingServer, installedFor, nothing } from '../../fixtures.js';

/** A file that sets every key that a cluster can have. */
const file = {
  cluster_name: 'demo',
  hcloud: {
    token: 'a'.repeat(64),
    location: 'nbg1',
    network: { cidr: '10.0.0.0/16', subnet_cidr: '10.0.1.0/24', zone: 'eu-central' },
    firewall: {
      allowed_cidrs: ['198.51.100.0/24'],
      extra_rules: [{ protocol: 'tcp', port: '30000' }],
    },
  },
  talos: {
    version: 'v1.13.9',
    kubernetes_version: '1.34.1',
    hcloud_snapshot_id: 501,
    schematic: { extensions: ['siderolabs/gvisor'], kernel_args: ['quiet'] },
    build_images: true,
    image_url: 'https://mirror.example.org/{version}-{arch}.xz',
    cluster_endpoint: 'https://k8s.example.org:6443',
    pod_cidr: '10.244.0.0/16',
    service_cidr: '10.96.0.0/12',
    config_patches: ['machine: { sysctls: { a.b: "1" } }'],
    control_plane_patches: ['cluster: { apiServer: { extraArgs: { v: "1" } } }'],
    worker_patches: ['machine: { sysctls: { c.d: "1" } }'],
  },
  cilium: {
    version: '1.19.6',
    enable_hubble: true,
    enable_ipv6: false,
    helm_values: { debug: { enabled: false } },
    block_metadata: true,
    chart: 'https://charts.example.org',
  },
  control_planes: [{ name: 'cp', server_type: 'cx23', count: 1, location: 'nbg1' }],
  workers: [
    {
      ...{ name: 'web', server_type: 'cx33', count: 1, location: 'nbg1' },
      ...{ labels: { tier: 'web' }, taints: ['dedicated=web:NoSchedule'], placement: 'none' },
    },
  ],
  timeouts: { talos: '10m' },
};

/** A changed value of each key, as a part of the file; `pool.` stands for the pool of workers. */
const changes: Readonly<Record<keyof typeof keyEffects, (changed: typeof file) => void>> = {
  cluster_name: (to) => (to.cluster_name = 'other'),
  'hcloud.token': (to) => (to.hcloud.token = 'b'.repeat(64)),
  'hcloud.cluster_token': (to) => Object.assign(to.hcloud, { cluster_token: 'c'.repeat(64) }),
  'hcloud.location': (to) => {
    to.hcloud.location = 'fsn1';
    for (const pool of [...to.control_planes, ...to.workers])
      Reflect.deleteProperty(pool, 'location');
  },
  'hcloud.network.cidr': (to) => (to.hcloud.network.cidr = '10.0.0.0/15'),
  'hcloud.network.subnet_cidr': (to) => (to.hcloud.network.subnet_cidr = '10.0.2.0/24'),
  'hcloud.network.zone': (to) => (to.hcloud.network.zone = 'us-east'),
  'hcloud.firewall.allowed_cidrs': (to) =>
    (to.hcloud.firewall.allowed_cidrs = ['198.51.100.0/24', '192.0.2.7']),
  'hcloud.firewall.extra_rules': (to) =>
    to.hcloud.firewall.extra_rules.push({ protocol: 'udp', port: '51820' }),
  'api.endpoint': (to) => Object.assign(to, balanced({})),
  'api.load_balancer.type': (to) => Object.assign(to, balanced({ type: 'lb21' })),
  'api.load_balancer.location': (to) => Object.assign(to, balanced({ location: 'fsn1' })),
  'api.load_balancer.public': (to) => Object.assign(to, balanced({ public: true })),
  'talos.version': (to) => (to.talos.version = 'v1.13.8'),
  'talos.kubernetes_version': (to) => (to.talos.kubernetes_version = '1.35.0'),
  'talos.hcloud_snapshot_id': (to) => (to.talos.hcloud_snapshot_id = 502),
  'talos.schematic.extensions': (to) => (to.talos.schematic.extensions = []),
  'talos.schematic.kernel_args': (to) => (to.talos.schematic.kernel_args = []),
  'talos.schematic_id': (to) => {
    Reflect.deleteProperty(to.talos, 'schematic');
    Object.assign(to.talos, { schematic_id: 'ab'.repeat(32) });
  },
  'talos.build_images': (to) => (to.talos.build_images = false),
  'talos.image_url': (to) =>
    (to.talos.image_url = 'https://images.example.org/{version}-{arch}.xz'),
  'talos.cluster_endpoint': (to) => (to.talos.cluster_endpoint = 'https://api.example.org:6443'),
  'talos.pod_cidr': (to) => (to.talos.pod_cidr = '10.245.0.0/16'),
  'talos.service_cidr': (to) => (to.talos.service_cidr = '10.112.0.0/12'),
  'talos.config_patches': (to) => (to.talos.config_patches = []),
  'talos.control_plane_patches': (to) => (to.talos.control_plane_patches = []),
  'talos.worker_patches': (to) => (to.talos.worker_patches = []),
  'cilium.version': (to) => (to.cilium.version = '1.18.4'),
  'cilium.enable_hubble': (to) => (to.cilium.enable_hubble = false),
  'cilium.enable_ipv6': () => undefined,
  'cilium.helm_values': (to) => (to.cilium.helm_values.debug.enabled = true),
  'cilium.block_metadata': (to) => (to.cilium.block_metadata = false),
  'cilium.chart': (to) => (to.cilium.chart = 'oci://charts.example.org/cilium'),
  addons: (to) => Object.assign(to, { addons: { traefik: { enabled: true } } }),
  'pool.name': (to) => (worker(to).name = 'api'),
  'pool.count': (to) => (worker(to).count = 2),
  'pool.server_type': (to) => (worker(to).server_type = 'cx43'),
  'pool.server_types': (to) => {
    Reflect.deleteProperty(worker(to), 'server_type');
    Object.assign(worker(to), { server_types: ['cx43', 'cx53'] });
  },
  'pool.location': (to) => (worker(to).location = 'hel1'),
  'pool.locations': (to) => {
    Reflect.deleteProperty(worker(to), 'location');
    Object.assign(worker(to), { locations: ['hel1', 'fsn1'] });
  },
  'pool.placement': (to) => (worker(to).placement = 'spread'),
  'pool.labels': (to) => (worker(to).labels.tier = 'api'),
  'pool.taints': (to) => (worker(to).taints = []),
  timeouts: (to) => (to.timeouts.talos = '20m'),
};

function balanced(balancer: object): object {
  return { api: { endpoint: 'load_balancer', load_balancer: balancer } };
}

function worker(of: typeof file): (typeof file)['workers'][number] {
  const [first] = of.workers;
  if (!first) throw new Error('the file has a pool of workers');
  return first;
}

function configFrom(value: object): ClusterConfig {
  return parseConfig(stringify(value), { file: 'cluster.yaml' });
}

function changedBy(key: keyof typeof changes): ClusterConfig {
  const changed = structuredClone(file);
  changes[key](changed);
  return configFrom(changed);
}

const config = configFrom(file);
const servers: readonly ServerState[] = [
  existingServer('control-plane', 'cp', 1, { privateIp: '10.0.1.254' }),
  existingServer('worker', 'web', 1, { privateIp: '10.0.1.1', placementGroup: undefined }),
];
const state: ClusterState = {
  ...nothing,
  network: {
    ...{ id: 1, name: 'demo', cidr: '10.0.0.0/16', deleteProtected: false, labels: {} },
    subnets: [{ cidr: '10.0.1.0/24', zone: 'eu-central' }],
  },
  firewall: {
    ...{ id: 2, name: 'demo', labels: {} },
    rules: wantedRules({
      allowedCidrs: ['198.51.100.0/24'],
      extraRules: config.hcloud.firewall.extra_rules,
    }),
  },
  servers,
  balancer: {
    ...{ id: 3, name: 'demo', type: 'lb11', location: 'nbg1', isPublic: false, publicIps: [] },
    ...{ privateIp: '10.0.1.254', networkIds: [1], services: wantedServices, targets: [] },
    ...{ deleteProtected: false, labels: {} },
  },
};

/** What the cluster keeps of its nodes, made of the file as it was. */
function recorded(): ReadonlyMap<number, KnownOfNode> {
  return new Map(
    servers.map(({ id, role }) => {
      const pool = poolsOf(config).find((one) => one.role === role);
      if (!pool) throw new Error('no pool');
      return [id, { recorded: nodeSettings(config, pool), configuration: undefined, running: {} }];
    }),
  );
}

function differences(of: ClusterConfig, known = recorded()): readonly Difference[] {
  return differencesOf({
    ...{ config: of, state, known, installed: installedFor(config) },
    firewallRules: settledRules(of, state),
  });
}

/** The keys of the schema, written as `keyEffects` has them. */
function keysOf(node: SchemaNode, path: readonly string[] = []): string[] {
  return Object.entries(node.properties ?? {}).flatMap(([key, child]) => {
    const at = [...path, key];
    if (key === 'timeouts' || key === 'addons') return [key];
    if (key === 'control_planes' || key === 'workers') return keysOf(child.items ?? {}, ['pool']);
    return child.properties ? keysOf(child, at) : [at.join('.')];
  });
}

describe('the table of keys', () => {
  test('has every key of cluster.yaml, and no other', () => {
    expect([...new Set(keysOf(describedSchema()))].sort()).toEqual(Object.keys(keyEffects).sort());
  });
});

describe('a complete cluster', () => {
  test('does not differ from the file that it was made of', () => {
    expect(differences(config)).toEqual([]);
  });

  const told = Object.entries(keyEffects).filter(([, effect]) => !('none' in effect));
  test.each(told.map(([key]) => key as keyof typeof changes))('differs when %s changes', (key) => {
    const found = differences(changedBy(key));
    const name = key.replace(/^pool\./, 'workers.web.');
    const [first] = found.filter((one) => one.key === name);
    expect(first, JSON.stringify(found)).toMatchObject({
      way: expect.stringMatching(/\w/) as string,
    });
    expect(first?.found).not.toBe(first?.wanted);
  });

  test('differs when a snapshot is named for the first time that its nodes are not made of', () => {
    const unnamed = structuredClone(file);
    Reflect.deleteProperty(unnamed.talos, 'hcloud_snapshot_id');
    const before = configFrom(unnamed);
    const known = new Map(
      [...recorded()].map(([id, { recorded: settings, ...rest }]) => {
        const others = { ...settings };
        Reflect.deleteProperty(others, 'talos.hcloud_snapshot_id');
        return [id, { ...rest, recorded: others }];
      }),
    );
    const made = servers.map((server) => ({ ...server, imageId: 501 }));
    const differ = (of: ClusterConfig) =>
      differencesOf({
        ...{ config: of, state: { ...state, servers: made }, known },
        ...{ installed: installedFor(config), firewallRules: settledRules(of, state) },
      });
    expect(differ(before)).toEqual([]);
    expect(differ(config)).toEqual([]);
    expect(differ(changedBy('talos.hcloud_snapshot_id'))).toMatchObject([
      { key: 'talos.hcloud_snapshot_id', found: '501', wanted: '502' },
    ]);
  });

  test('is another cluster, or the same, by keys that have no effect on it', () => {
    const silent = [
      ...['hcloud.token', 'hcloud.cluster_token', 'cilium.enable_ipv6', 'cilium.chart'],
      ...['addons', 'timeouts'],
    ] as const;
    for (const key of silent) expect(differences(changedBy(key)), key).toEqual([]);
  });

  test('has a pool too many and one too few when a pool gets another name', () => {
    expect(differences(changedBy('pool.name'))).toMatchObject([
      { key: 'workers.api.count', servers: ['demo-api-1'], found: null, by: 'create' },
      { key: 'workers.web.count', servers: ['demo-web-1'], wanted: null, by: 'scale' },
    ]);
  });

  test('cannot give the pool of its first control plane another name', () => {
    const renamed = structuredClone(file);
    for (const pool of renamed.control_planes) pool.name = 'master';
    const found = differences(configFrom(renamed));
    expect(found).toContainEqual(
      expect.objectContaining({
        ...{ key: 'control_planes.cp.count', servers: ['demo-cp-1'], effect: 'impossible' },
        way: expect.stringContaining('name the pool cp in control_planes again') as string,
      }),
    );
    expect(() => {
      refuseImpossible(found);
    }).toThrow('cannot become');
  });

  test('shows no value of the user’s for Cilium, which may be a secret', () => {
    const [one] = differences(changedBy('cilium.helm_values'));
    expect(one).toMatchObject({
      key: 'cilium.helm_values',
      found: 'debug.enabled=…',
      wanted: 'another value',
    });
  });

  test('shows no text of a patch, which may hold secrets', () => {
    const text = JSON.stringify(differences(changedBy('talos.config_patches')));
    expect(text).not.toContain('sysctls');
  });

  test('says that a version is older, and why oxide’s own values changed', () => {
    expect(differences(changedBy('cilium.version'))).toMatchObject([
      { found: 'v1.4.1', wanted: 'v1.3.0' },
      { found: '1.19.6', wanted: '1.18.4', remark: 'a downgrade' },
      { key: 'cilium', found: 'hubble.tls.auto.method="cronJob"', wanted: null },
    ]);
  });

  test('names servers with the same difference together', () => {
    const [one] = differences(changedBy('talos.kubernetes_version'));
    expect(one).toMatchObject({ servers: ['demo-cp-1', 'demo-web-1'], found: '1.34.1' });
  });
});

describe('what a node says of itself', () => {
  const pool = poolsOf(config).find(({ role }) => role === 'worker');
  const [, web] = servers;
  if (!pool || !web) throw new Error('a cluster has a worker');
  const configuration: ConfigurationFacts = {
    kubernetes: '1.34.1',
    podSubnets: ['10.244.0.0/16'],
    serviceSubnets: ['10.96.0.0/12'],
    certificateNames: ['k8s.example.org'],
    labels: { tier: 'web', 'set.by/hand': 'x' },
    taints: [{ key: 'dedicated', value: 'web', effect: 'NoSchedule' }],
    takesWorkloads: false,
  };
  const known = (more: Partial<KnownOfNode>) =>
    new Map([[web.id, { recorded: undefined, configuration, running: {}, ...more }]]);

  test('is no difference where it is what the file says, with more labels than the pool has', () => {
    expect(differences(config, known({}))).toEqual([]);
  });

  test('goes before what was written down: it may have been changed by hand', () => {
    const old = { ...nodeSettings(config, pool), labels: 'tier=db' };
    expect(differences(config, known({ recorded: old }))).toEqual([]);
    const changed = { ...configuration, labels: { tier: 'db' } };
    expect(differences(config, known({ configuration: changed }))).toMatchObject([
      { key: 'workers.web.labels', servers: ['demo-web-1'], found: 'tier=db', wanted: 'tier=web' },
    ]);
  });

  test('tells a label that the pool no longer has, by the record of what it had', () => {
    const recordedLabels = { ...nodeSettings(config, pool), labels: 'old=1, tier=web' };
    const found = { ...configuration, labels: { ...configuration.labels, old: '1' } };
    expect(
      differences(config, known({ recorded: recordedLabels, configuration: found })),
    ).toMatchObject([{ key: 'workers.web.labels', found: 'old=1, tier=web', wanted: 'tier=web' }]);
  });

  test('is left out where a patch of the user’s sets the same label', () => {
    const patched = structuredClone(file);
    patched.talos.worker_patches = ['machine: { nodeLabels: { tier: db } }'];
    const found = { ...configuration, labels: { tier: 'db' } };
    const keys = differences(configFrom(patched), known({ configuration: found })).map(
      ({ key }) => key,
    );
    expect(keys).not.toContain('workers.web.labels');
  });

  test('lets the versions that run decide', () => {
    const running = { talos: 'v1.13.9', kubernetes: '1.33.2' };
    expect(differences(config, known({ running }))).toMatchObject([
      { key: 'talos.kubernetes_version', found: '1.33.2', wanted: '1.34.1' },
    ]);
  });
});

describe('a server that nobody can be asked about', () => {
  test('differs by the hash in its label', () => {
    const labelled = servers.map((server) => ({
      ...server,
      labels: { ...server.labels, 'config-hash': '000000000000' },
    }));
    const found = differencesOf({
      ...{ config, state: { ...state, servers: labelled } },
      known: new Map(
        servers.map(({ id }) => [
          id,
          { recorded: undefined, configuration: undefined, running: {} },
        ]),
      ),
      ...{ installed: undefined, firewallRules: undefined },
    });
    expect(found.map(({ key, servers: [name] }) => `${key} ${name ?? ''}`)).toEqual([
      'control_planes.cp demo-cp-1',
      'workers.web demo-web-1',
    ]);
  });

  test('the file of this test is one that oxide takes', () => {
    expect(parse(stringify(file))).toEqual(file);
  });
});
