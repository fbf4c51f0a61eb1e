import { mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfig, parseConfig } from '../../src/config/load.js';
import { oxide } from '../../src/lib/commands.js';
import { UsageError } from '../../src/lib/errors.js';
import { rustExample } from './rust-example.js';

const head = `cluster_name: demo
hcloud:
  location: nbg1
`;
const pools = `control_planes:
  - name: control-plane
    server_type: cx23
`;
const minimal = head + pools;

function parse(text: string) {
  return parseConfig(text, { file: 'cluster.yaml', readFile: () => undefined });
}

/** `count` addresses that begin with these three bytes. */
function addresses(bytes: string, count: number): string {
  return Array.from({ length: count }, (_, i) => `${bytes}.${i}/32`).join(', ');
}

function messageFor(text: string): string {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  return 'no error';
}

interface Malformed {
  readonly what: string;
  readonly text: string;
  readonly message: string;
}

const manyAliases = Array.from({ length: 5_000 }, (_, i) => `    k${i}: *a\n`).join('');
const bomb = Array.from(
  { length: 9 },
  (_, i) => `    a${i + 1}: &a${i + 1} [${`*a${i}, `.repeat(9)}]\n`,
).join('');

const malformed: readonly Malformed[] = [
  { what: 'empty', text: '', message: 'cluster.yaml: the file is empty' },
  { what: 'comments only', text: '# nothing\n', message: 'cluster.yaml: the file is empty' },
  {
    what: 'a list',
    text: '- cluster_name: demo\n',
    message: 'cluster.yaml:1:1 must be a mapping of keys and values, not a list',
  },
  {
    what: 'a tab as indentation',
    text: 'hcloud:\n\tlocation: nbg1\n',
    message: 'cluster.yaml:2:1 a tab cannot indent YAML; use spaces',
  },
  {
    what: 'times without a unit, with a wrong one, and of nothing',
    text: `${minimal}timeouts:\n  talos: "10"\n  nodes: 10d\n  cilium: 0s\n`,
    message:
      'cluster.yaml:8:10 timeouts.talos: "10" must be a number and a unit, such as 90s, 10m or 1h\n' +
      'cluster.yaml:9:10 timeouts.nodes: "10d" must be a number and a unit, such as 90s, 10m or 1h\n' +
      'cluster.yaml:10:11 timeouts.cilium: "0s" must be a number and a unit, such as 90s, 10m or 1h',
  },
  {
    what: 'a key twice',
    text: `${minimal}    count: 1\n    count: 3\n`,
    message: 'cluster.yaml:8:5 the key "count" is there twice',
  },
  {
    what: 'a key twice, in another notation',
    text: `${minimal}cilium: { helm_values: { "1": a, 1: b } }\n`,
    message: 'cluster.yaml:7:34 the key "1" is there twice',
  },
  {
    what: 'lists in lists without end',
    text: `${minimal}workers: ${'['.repeat(5_000)}\n`,
    message: expect.stringMatching(/^cluster.yaml:7:\d+ it is nested too deeply$/) as string,
  },
  {
    what: 'what is deeper than anybody writes',
    text: `${minimal}cilium: { helm_values: ${'{ a: '.repeat(60)}1${' }'.repeat(60)} }\n`,
    message: expect.stringMatching(/^cluster.yaml:7:\d+ it is nested too deeply$/) as string,
  },
  {
    what: 'thousands of aliases',
    text: `${minimal}cilium:\n  helm_values:\n    a: &a 1\n${manyAliases}`,
    message: 'cluster.yaml:110:11 there are more than 100 aliases',
  },
  {
    what: 'a value that holds itself',
    text: `${minimal}cilium: &self\n  helm_values: *self\n`,
    message: 'cluster.yaml:8:16 the alias *self is inside of what it stands for',
  },
  {
    what: 'aliases of aliases of aliases',
    text: `${minimal}cilium:\n  helm_values:\n    a0: &a0 [x, x, x]\n${bomb}`,
    message: expect.stringContaining('Excessive alias count') as string,
  },
  {
    what: 'more than a file of this kind ever has',
    text: `${minimal}${'# a comment\n'.repeat(30_000)}`,
    message: 'cluster.yaml: the file is larger than 256 KiB',
  },
  {
    what: 'merge keys that hold nothing to merge',
    text: `${minimal}cilium: { helm_values: { <<: 3, b: { <<: [{ c: 1 }, *gone] } } }\n`,
    message:
      'cluster.yaml:7:30 << merges a mapping or a list of mappings, such as <<: *anchor\n' +
      'cluster.yaml:7:42 << merges a mapping or a list of mappings, such as <<: *anchor',
  },
  {
    what: 'a merge key twice',
    text: `${minimal}cilium: { helm_values: { <<: {}, <<: {} } }\n`,
    message: 'cluster.yaml:7:34 the key "<<" is there twice',
  },
  {
    what: 'a merge key that merges what it is in',
    text: `${minimal}cilium: { helm_values: &v { <<: *v } }\n`,
    message: 'cluster.yaml:7:33 the alias *v is inside of what it stands for',
  },
  {
    what: 'what is wrong where it is merged from',
    text: `${head}x-pool: &pool\n  server_typ: cx33\n  count: two\n${pools}workers:\n  - { <<: *pool, name: web, server_type: cx33 }\n`,
    message:
      'cluster.yaml:5:3 workers.0: unknown key "server_typ" (did you mean "server_type"?)\n' +
      'cluster.yaml:6:10 workers.0.count: must be a number, not text',
  },
  {
    what: "keys of the user's own further in",
    text: `${minimal}cilium: { x-mine: 1 }\n`,
    message: 'cluster.yaml:7:11 cilium: unknown key "x-mine"',
  },
  {
    what: 'two documents',
    text: `${minimal}---\ncluster_name: other\n`,
    message: 'cluster.yaml:7:1 a second YAML document begins here; cluster.yaml holds one',
  },
  {
    what: 'an open quote',
    text: 'cluster_name: "demo\n',
    message: 'cluster.yaml:2:1 not valid YAML: missing closing "quote',
  },
  {
    what: 'an alias without an anchor',
    text: `${minimal}workers: *nowhere\n`,
    message:
      'cluster.yaml:1:1 not valid YAML: Unresolved alias (the anchor must be set before the alias): nowhere',
  },
  {
    what: 'unknown keys, deep and at the top',
    text: `${minimal}    cuont: 3\nworker: []\nzzz: 1\n`,
    message: [
      'cluster.yaml:7:5 control_planes.0: unknown key "cuont" (did you mean "count"?)',
      'cluster.yaml:8:1 unknown key "worker" (did you mean "workers"?)',
      'cluster.yaml:9:1 unknown key "zzz"',
    ].join('\n'),
  },
  {
    what: 'missing keys',
    text: 'hcloud:\n  network:\n    zone: eu-central\ncontrol_planes:\n  - count: 1\n',
    message: [
      'cluster.yaml:1:1 cluster_name: is required',
      'cluster.yaml:1:1 hcloud.location: is required',
      'cluster.yaml:5:5 control_planes.0.name: is required',
      'cluster.yaml:5:5 control_planes.0.server_type: is required',
    ].join('\n'),
  },
  {
    what: 'one server type beside several, and one location beside several',
    text: `${minimal}    server_types: [cx33]\n    location: nbg1\n    locations: [fsn1]\n`,
    message: [
      'cluster.yaml:7:19 control_planes.0.server_types: is not allowed beside server_type: keep one of the two',
      'cluster.yaml:9:16 control_planes.0.locations: is not allowed beside location: keep one of the two',
    ].join('\n'),
  },
  {
    what: 'fallbacks that are none',
    text: `${minimal}workers:\n  - name: a\n    server_types: [cx33, cpx32, cx33]\n    locations: []\n  - name: b\n    server_types:\n`,
    message: [
      'cluster.yaml:9:33 workers.0.server_types.2: "cx33" is there twice',
      'cluster.yaml:10:16 workers.0.locations: must not be empty',
      'cluster.yaml:11:5 workers.1.server_type: is required',
    ].join('\n'),
  },
  {
    what: 'a location that is there twice, and a name that is none',
    text: `${minimal}    locations: [nbg1, nbg1]\nworkers: [{ name: a, server_types: [CX33] }]\n`,
    message: [
      'cluster.yaml:7:23 control_planes.0.locations.1: "nbg1" is there twice',
      'cluster.yaml:8:37 workers.0.server_types.0: "CX33" must be a name such as nbg1 or cx33',
    ].join('\n'),
  },
  {
    what: 'a required key without a value',
    text: `cluster_name:\nhcloud:\n  location: nbg1\n${pools}`,
    message: 'cluster.yaml:1:1 cluster_name: is required',
  },
  {
    what: 'wrong kinds of values',
    text: `cluster_name: 12\nhcloud: nbg1\ncilium:\n  version: 1.19\n  enable_hubble: "yes"\ncontrol_planes:\n  name: a\n`,
    message: [
      'cluster.yaml:1:15 cluster_name: "12" must be at most 32 lower-case letters, digits and dashes, beginning with a letter, not ending with a dash',
      'cluster.yaml:2:9 hcloud: must be a mapping of keys and values, not text',
      'cluster.yaml:4:12 cilium.version: "1.19" must be a version such as 1.20.4',
      'cluster.yaml:5:18 cilium.enable_hubble: must be true or false, not text',
      'cluster.yaml:7:3 control_planes: must be a list, not a mapping of keys and values',
    ].join('\n'),
  },
  {
    what: 'a bad cluster name',
    text: `cluster_name: My_Cluster\nhcloud: { location: nbg1 }\n${pools}`,
    message:
      'cluster.yaml:1:15 cluster_name: "My_Cluster" must be at most 32 lower-case letters, digits and dashes, beginning with a letter, not ending with a dash',
  },
  {
    what: 'an even number of control planes',
    text: `${minimal}    count: 2\n`,
    message:
      'cluster.yaml:5:3 control_planes: the counts add up to 2; etcd needs an odd number of control planes, because 2 survive no more failures than 1',
  },
  {
    what: 'too many control planes',
    text: `${minimal}    count: 11\n`,
    message:
      'cluster.yaml:5:3 control_planes: the counts add up to 11, at most 9 control planes are possible',
  },
  {
    what: 'no control plane',
    text: `${head}control_planes: []\n`,
    message: 'cluster.yaml:4:17 control_planes: must not be empty',
  },
  {
    what: 'counts that are no counts',
    text: `${minimal}    count: 1.5\nworkers:\n  - { name: a, server_type: cx23, count: -1 }\n  - { name: b, server_type: cx23, count: 101 }\n`,
    message: [
      'cluster.yaml:7:12 control_planes.0.count: must be a whole number',
      'cluster.yaml:9:42 workers.0.count: must be at least 0',
      'cluster.yaml:10:42 workers.1.count: must be at most 100',
    ].join('\n'),
  },
  {
    what: 'two pools of one name',
    text: `${minimal}workers:\n  - name: control-plane\n    server_type: cx33\n`,
    message: 'cluster.yaml:8:11 workers.0.name: another pool is called "control-plane" too',
  },
  {
    what: 'a node name that is too long',
    text: `cluster_name: a-cluster-with-a-rather-long-nam\nhcloud: { location: nbg1 }\n${pools}workers:\n  - name: a-pool-with-a-long-name-as-well\n    server_type: cx33\n`,
    message:
      'cluster.yaml:7:11 workers.0.name: the node name "a-cluster-with-a-rather-long-nam-a-pool-with-a-long-name-as-well-1" would have 66 characters (at most 63): shorten the cluster\'s or the pool\'s name',
  },
  {
    what: 'ranges that are no ranges',
    text: `${head}  network:\n    cidr: 10.0.0.1/16\n    subnet_cidr: 10.0.1.0\n${pools}talos:\n  pod_cidr: 10.244.0.0/33\n`,
    message: [
      'cluster.yaml:5:11 hcloud.network.cidr: "10.0.0.1/16" is not a range: with /16 it starts at 10.0.0.0',
      'cluster.yaml:6:18 hcloud.network.subnet_cidr: "10.0.1.0" is not an IPv4 range such as 10.0.0.0/16',
      'cluster.yaml:11:13 talos.pod_cidr: "10.244.0.0/33" is not an IPv4 range such as 10.0.0.0/16',
    ].join('\n'),
  },
  {
    what: 'a network that Hetzner does not make',
    text: `${head}  network: { cidr: 8.8.0.0/16, subnet_cidr: 8.8.1.0/24 }\n${pools}`,
    message:
      'cluster.yaml:4:20 hcloud.network.cidr: 8.8.0.0/16 is not a private range (10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16)',
  },
  {
    what: 'a subnet outside of the network',
    text: `${head}  network:\n    cidr: 192.168.0.0/16\n${pools}`,
    message:
      'cluster.yaml:4:3 hcloud.network.subnet_cidr: 10.0.1.0/24 is not inside of hcloud.network.cidr, 192.168.0.0/16',
  },
  {
    what: 'ranges that overlap',
    text: `${minimal}talos:\n  pod_cidr: 10.0.16.0/20\n  service_cidr: 10.0.0.0/12\n`,
    message: [
      'cluster.yaml:8:13 talos.pod_cidr: 10.0.16.0/20 overlaps hcloud.network.cidr, 10.0.0.0/16',
      'cluster.yaml:9:17 talos.service_cidr: 10.0.0.0/12 overlaps hcloud.network.cidr, 10.0.0.0/16',
      'cluster.yaml:9:17 talos.service_cidr: 10.0.0.0/12 overlaps talos.pod_cidr, 10.0.16.0/20',
    ].join('\n'),
  },
  {
    what: 'too few addresses for the nodes',
    text: `${head}  network: { subnet_cidr: 10.0.1.0/28 }\n${pools}workers:\n  - { name: w, server_type: cx23, count: 20 }\ntalos:\n  pod_cidr: 10.244.0.0/20\n`,
    message: [
      'cluster.yaml:4:27 hcloud.network.subnet_cidr: 10.0.1.0/28 holds 14 nodes, 21 are planned',
      'cluster.yaml:11:13 talos.pod_cidr: 10.244.0.0/20 holds 16 nodes (a /24 each), 21 are planned',
    ].join('\n'),
  },
  {
    what: 'versions that do not go together',
    text: `${minimal}talos:\n  version: v1.10.9\n  kubernetes_version: 1.34.1\ncilium:\n  version: 1.16.5\n`,
    message: [
      'cluster.yaml:9:23 talos.kubernetes_version: Kubernetes 1.34.1 does not run on Talos v1.10.9, which supports 1.28 to 1.33',
      'cluster.yaml:11:12 cilium.version: Cilium 1.16.5 is not supported; oxide knows Cilium 1.17 to 1.20',
    ].join('\n'),
  },
  {
    what: 'a Cilium with which nodes of that Talos lose their network',
    text: `${minimal}talos: { version: v1.12.7, kubernetes_version: 1.34.1 }\ncilium: { version: 1.19.4 }\n`,
    message:
      'cluster.yaml:8:20 cilium.version: Cilium 1.19.4 does not work on Talos v1.12.7: nodes lose the network of the host when its programs are loaded; take 1.19.5 or later',
  },
  {
    what: 'a withdrawn Talos release',
    text: `${minimal}talos: { version: 1.13.3 }\n`,
    message:
      'cluster.yaml:7:19 talos.version: v1.13.3 cannot be used: it crashes on whole numbers in scheduler.config; take a later patch release',
  },
  {
    what: 'versions that are none',
    text: `${minimal}talos: { version: latest, kubernetes_version: "1.34" }\n`,
    message: [
      'cluster.yaml:7:19 talos.version: "latest" must be a version such as v1.13.9',
      'cluster.yaml:7:47 talos.kubernetes_version: "1.34" must be a version such as 1.36.6',
    ].join('\n'),
  },
  {
    what: 'IPv6 without IPv6 ranges',
    text: `${minimal}cilium: { enable_ipv6: true }\n`,
    message:
      'cluster.yaml:7:24 cilium.enable_ipv6: must be false: pod_cidr and service_cidr are IPv4 ranges, as Hetzner networks are, and Cilium would wait for an IPv6 range that never comes',
  },
  {
    what: 'a snapshot id and an endpoint that are none',
    text: `${minimal}talos:\n  hcloud_snapshot_id: talos\n  cluster_endpoint: k8s.example.com\n`,
    message: [
      'cluster.yaml:8:23 talos.hcloud_snapshot_id: must be the number of a snapshot, such as 123456789',
      'cluster.yaml:9:21 talos.cluster_endpoint: "k8s.example.com" must be an address such as https://k8s.example.com:6443',
    ].join('\n'),
  },
  {
    what: 'an endpoint of DNS without a name',
    text: `${minimal}api: { endpoint: dns }\n`,
    message: 'cluster.yaml:7:18 api.endpoint: dns needs the name: set talos.cluster_endpoint',
  },
  {
    what: 'a name beside an endpoint that is the first control plane',
    text: `${minimal}api: { endpoint: first }\ntalos: { cluster_endpoint: "https://k8s.example.com:6443" }\n`,
    message:
      'cluster.yaml:7:18 api.endpoint: first leads to the first control plane, and talos.cluster_endpoint names another way: take dns, or leave the name out',
  },
  {
    what: 'two schematics, and what is no extension and no argument',
    text: `${minimal}talos:\n  schematic: { extensions: [Gvisor], kernel_args: ["a b", yes] }\n  schematic_id: 376567\n`,
    message: [
      'cluster.yaml:8:29 talos.schematic.extensions.0: "Gvisor" must be the name of an extension such as siderolabs/iscsi-tools',
      'cluster.yaml:8:52 talos.schematic.kernel_args.0: "a b" must be an argument such as console=ttyS0, without blanks and quotes',
      'cluster.yaml:8:59 talos.schematic.kernel_args.1: "yes" must be an argument such as console=ttyS0, without blanks and quotes',
      'cluster.yaml:9:17 talos.schematic_id: "376567" must be the id of a schematic: 64 digits and letters from a to f',
    ].join('\n'),
  },
  {
    what: 'a schematic that is given twice',
    text: `${minimal}talos:\n  schematic: { kernel_args: [quiet] }\n  schematic_id: ${'ab'.repeat(32)}\n`,
    message:
      'cluster.yaml:9:17 talos.schematic_id: is the same as schematic, in one word: only one of them can be given',
  },
  {
    what: 'firewall rules that Hetzner refuses',
    text: `${head}  firewall:\n    allowed_cidrs: [203.0.113.7/24, office]\n    extra_rules:\n      - protocol: udp\n      - { protocol: icmp, port: 1 }\n      - { protocol: http, port: 80 }\n${pools}`,
    message: [
      'cluster.yaml:5:21 hcloud.firewall.allowed_cidrs.0: "203.0.113.7/24" is not a range: with /24 it is 203.0.113.0/24',
      'cluster.yaml:5:37 hcloud.firewall.allowed_cidrs.1: "office" is neither an address nor a range such as 203.0.113.0/24',
      'cluster.yaml:7:9 hcloud.firewall.extra_rules.0.port: is needed for udp',
      'cluster.yaml:8:33 hcloud.firewall.extra_rules.1.port: is not allowed for icmp, which has no ports',
      'cluster.yaml:9:21 hcloud.firewall.extra_rules.2.protocol: must be one of tcp, udp, icmp, esp, gre',
    ].join('\n'),
  },
  {
    what: 'firewall rules that are too many only together',
    text: `${head}  firewall:\n    allowed_cidrs: [${addresses('203.0.113', 100)}]\n    extra_rules:\n${[
      5000, 5001, 5002, 5003,
    ]
      .map(
        (port) =>
          `      - { protocol: tcp, port: ${port}, source_ips: [${addresses('198.18.0', 100)}] }\n`,
      )
      .join('')}${pools}`,
    message:
      'cluster.yaml:5:5 hcloud.firewall: the firewall would have 604 effective rules, and Hetzner takes 500: each range of each rule is one, those of allowed_cidrs are two (6443 and 50000), 80 and 443 are two each',
  },
  {
    what: 'more nodes than a network takes',
    text: `${minimal}workers:\n  - { name: a, server_type: cx23, count: 60 }\n  - { name: b, server_type: cx23, count: 40 }\n`,
    message:
      'cluster.yaml:8:3 workers: 101 nodes are planned, and a Hetzner network takes 100 servers',
  },
  {
    what: 'labels and taints that nodes cannot have',
    text: `${minimal}workers:
  - name: w
    server_type: cx33
    labels:
      -gpu: "1"
      gpu: one two
      node-role.kubernetes.io/worker: ""
    taints: [gpu, "gpu:NoSchedule", "gpu=x:NoExecute"]
`,
    message: [
      'cluster.yaml:11:7 workers.0.labels.-gpu: "-gpu" must be a label key such as workload or example.com/workload',
      'cluster.yaml:12:12 workers.0.labels.gpu: "one two" must be a label value: at most 63 letters, digits, dots, dashes and underscores',
      'cluster.yaml:14:14 workers.0.taints.0: "gpu" must be a taint such as dedicated=gpu:NoSchedule (effects: NoSchedule, PreferNoSchedule, NoExecute)',
    ].join('\n'),
  },
  {
    what: "a worker's label that Kubernetes guards",
    text: `${minimal}workers:\n  - name: w\n    server_type: cx33\n    labels: { node-role.kubernetes.io/worker: "" }\n    taints: ["gpu:NoSchedule", "gpu=x:NoExecute"]\n`,
    message: [
      'cluster.yaml:10:47 workers.0.labels.node-role.kubernetes.io/worker: Kubernetes does not let workers give themselves labels under kubernetes.io; choose another key',
      'cluster.yaml:11:32 workers.0.taints.1: the key "gpu" is there twice',
    ].join('\n'),
  },
  {
    what: 'patches that are none',
    text: `${minimal}talos:\n  config_patches:\n    - patches/missing.yaml\n    - "{ machine: "\n    - |\n      - machine: {}\n    - |\n      # later\n`,
    message: [
      'cluster.yaml:9:7 talos.config_patches.0: there is no file patches/missing.yaml',
      'cluster.yaml:10:7 talos.config_patches.1: not valid YAML: Flow map must end with a }',
      'cluster.yaml:11:7 talos.config_patches.2: a patch must be a mapping of keys and values',
      'cluster.yaml:13:7 talos.config_patches.3: the patch is empty',
    ].join('\n'),
  },
];

describe('a malformed cluster.yaml', () => {
  test.each(malformed)('with $what is refused with the place and the reason', (entry) => {
    expect(messageFor(entry.text)).toEqual(entry.message);
  });

  test('with Windows line ends is reported at the same places', () => {
    const entry = malformed.find(({ what }) => what === 'missing keys');
    expect(messageFor(entry?.text.replaceAll('\n', '\r\n') ?? '')).toBe(entry?.message);
  });

  // With work for every pair of keys it would not end within the time of a test.
  test('with 20,000 unknown keys is refused with the first of them', () => {
    const keys = Array.from({ length: 20_000 }, (_, i) => `k${i}: 1\n`).join('');
    const lines = messageFor(`${minimal}${keys}`).split('\n');
    expect(lines).toHaveLength(51);
    expect(lines[0]).toBe('cluster.yaml:7:1 unknown key "k0"');
    expect(lines[50]).toBe('cluster.yaml: and 19950 problems more');
  });

  test('ends a script with exit code 2', () => {
    expect(() => parse('cluster_name: Demo')).toThrow(expect.objectContaining({ exitCode: 2 }));
  });

  test('never shows the token', () => {
    const text = `${head}  token: [secret-token-value]\n${pools}`;
    expect(messageFor(text)).toContain('hcloud.token: must be text, not a list');
    expect(messageFor(text)).not.toContain('secret-token-value');
  });
});

describe('a good cluster.yaml', () => {
  test('may be as short as four keys', () => {
    const config = parse(minimal);
    expect(config.talos).toMatchObject({ version: 'v1.13.9', kubernetes_version: '1.36.6' });
    expect(config.cilium.version).toBe('1.20.4');
    expect(config.hcloud.network).toEqual({ cidr: '10.0.0.0/16', subnet_cidr: '10.0.1.0/24' });
    expect(config.workers).toEqual([]);
    expect(config.control_planes[0]?.count).toBe(1);
    expect(config.timeouts).toMatchObject({ hetzner: 900_000, talos: 600_000, release: 120_000 });
  });

  test('may say how long oxide waits', () => {
    const { timeouts } = parse(`${minimal}timeouts: { drain: 1h, talos: 90s }\n`);
    expect(timeouts).toMatchObject({ drain: 3_600_000, talos: 90_000, nodes: 900_000 });
  });

  test("may be the Rust tool's, unchanged", () => {
    const config = parse(rustExample);
    expect(config.talos).toMatchObject({
      version: 'v1.11.2',
      kubernetes_version: '1.34.1',
      hcloud_snapshot_id: 123456789,
    });
    expect(config.workers).toMatchObject([{ name: 'worker', server_type: 'cpx31', count: 3 }]);
  });

  test('may leave keys without values, as the Rust tool writes them', () => {
    const config = parse(`${minimal}workers:\ncilium:\n  helm_values: null\ntalos:\n`);
    expect(config.cilium.helm_values).toEqual({});
    expect(config.workers).toEqual([]);
  });

  test('keeps nulls in helm values, where they remove a default', () => {
    const config = parse(`${minimal}cilium: { helm_values: { hubble: { metrics: null } } }\n`);
    expect(config.cilium.helm_values).toEqual({ hubble: { metrics: null } });
  });

  test('may write versions, ids, ports and addresses in their other forms', () => {
    const config = parse(
      `${head}  firewall:\n    allowed_cidrs: [203.0.113.7, "2001:DB8:0::1"]\n    extra_rules: [{ protocol: tcp, port: 8080 }]\n${pools}` +
        'talos: { version: 1.13.9, kubernetes_version: v1.36.6, hcloud_snapshot_id: 42 }\n',
    );
    expect(config.talos).toMatchObject({ version: 'v1.13.9', kubernetes_version: '1.36.6' });
    expect(config.hcloud.firewall.allowed_cidrs).toEqual(['203.0.113.7/32', '2001:db8::1/128']);
    expect(config.hcloud.firewall.extra_rules).toEqual([
      { protocol: 'tcp', port: '8080', source_ips: ['0.0.0.0/0', '::/0'] },
    ]);
  });

  test('keeps the token from being printed', () => {
    const config = parse(`${head}  token: secret-token-value\n${pools}`);
    expect(JSON.stringify(config)).not.toContain('secret-token-value');
    expect(config.hcloud.token?.reveal()).toBe('secret-token-value');
  });

  test('may repeat itself with anchors', () => {
    const config = parse(
      `${minimal}    labels: &common { tier: base }\nworkers:\n  - { name: w, server_type: cx33, labels: *common }\n`,
    );
    expect(config.workers[0]?.labels).toEqual({ tier: 'base' });
  });
});

describe('what a file says once', () => {
  const merged = `${head}x-note: { anything: yes, at: 012 }
x-pool: &pool
  server_type: cx33
  count: 2
  labels: &labels { zone: 012 }
x-dear: &dear { server_type: cpx51, location: fsn1 }
${pools}workers:
  - { <<: *pool, name: web }
  - { name: db, count: 1, <<: [*pool, *dear] }
  - name: batch
    server_type: cx43
    labels: { <<: *labels, tier: batch }
`;

  test('is merged into several pools, and what a pool says itself wins', () => {
    expect(parse(merged).workers).toMatchObject([
      { name: 'web', server_type: 'cx33', count: 2, labels: { zone: '012' } },
      { name: 'db', server_type: 'cx33', count: 1, location: 'fsn1', labels: { zone: '012' } },
      { name: 'batch', server_type: 'cx43', count: 1, labels: { zone: '012', tier: 'batch' } },
    ]);
  });

  test('does not get around what a patch may not say', () => {
    const patch = '    machine:\n      kubelet:\n        <<: { nodeIP: {} }\n';
    expect(messageFor(`${minimal}talos:\n  worker_patches:\n  - |\n${patch}`)).toMatch(
      /^cluster.yaml:12:15 talos.worker_patches.0: machine.kubelet.nodeIP: nodes are reached/,
    );
  });
});

describe("another tool's file", () => {
  const foreign: readonly (readonly [string, string])[] = [
    ['hetzner-k3s', 'hetzner_token: x\ncluster_name: test\nk3s_version: v1.32.0+k3s1\n'],
    ['hetzner-k3s', 'masters_pool:\n  instance_type: cpx22\nworker_node_pools: []\n'],
    ['k8zner', 'name: dev\nregion: fsn1\nmode: dev\nworkers:\n  count: 1\n  size: cx23\n'],
    ['k8zner', 'apiVersion: k8zner.io/v1alpha1\nkind: K8znerCluster\nspec: {}\n'],
    [
      'hcloud-k8s (Terraform)',
      'module "kubernetes" {\n  source  = "hcloud-k8s/kubernetes/hcloud"\n  cluster_name = "k8s"\n}\n',
    ],
    ['hcloud-k8s (Terraform)', 'worker_nodepools = [\n  { name = "worker", count = 3 }\n]\n'],
  ];

  test.each(foreign)('of %s leads to the page that compares them', (tool, text) => {
    expect(() => parse(text)).toThrow(
      expect.objectContaining({
        message: `cluster.yaml: this is a file of ${tool}`,
        hint: "docs/coming-from.md shows the same in oxide's words, key by key.",
      }),
    );
  });
});

describe('files', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'oxide-config-'));
    await mkdir(join(folder, 'patches'));
    await writeFile(join(folder, 'patches', 'sysctl.yaml'), 'machine:\n  sysctls: { a: "1" }\n');
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('patches given as paths are read from beside cluster.yaml', async () => {
    const path = join(folder, 'cluster.yaml');
    await writeFile(
      path,
      `${minimal}talos:\n  worker_patches: [patches/sysctl.yaml, "machine: {}"]\ncilium: { chart: charts/cilium.tgz }\n`,
    );
    const config = await loadConfig(path);
    expect(config.talos.worker_patches).toEqual([
      {
        text: 'machine:\n  sysctls: { a: "1" }\n',
        origin: `${path}:8:20 talos.worker_patches.0: patches/sysctl.yaml`,
      },
      { text: 'machine: {}', origin: `${path}:8:41 talos.worker_patches.1` },
    ]);
    expect(config.cilium.chart).toBe(join(folder, 'charts', 'cilium.tgz'));
  });

  test('own charts have the values of their files, and charts are found beside cluster.yaml', async () => {
    await writeFile(join(folder, 'mine.yaml'), 'replicas: 2\n');
    await writeFile(join(folder, 'list.yaml'), '- 1\n');
    const own = (file: string) =>
      parseConfig(
        `${minimal}addons: { traefik: { chart: charts/traefik.tgz, values: { a: null } }, charts: [{ name: mine, chart: charts/mine, values_file: ${file} }] }\n`,
        { file: join(folder, 'cluster.yaml') },
      );
    const { addons } = own('mine.yaml');
    expect(addons.charts[0]).toMatchObject({
      ...{ chart: join(folder, 'charts', 'mine'), values: { replicas: 2 } },
    });
    expect(addons.traefik).toMatchObject({
      ...{ chart: join(folder, 'charts', 'traefik.tgz'), values: { a: null } },
    });
    expect(() => own('list.yaml')).toThrow('is no mapping of keys and values');
    expect(() => own('none.yaml')).toThrow('none.yaml does not exist');
  });

  test.each([
    ['{ name: traefik, chart: a }', 'is an addon of oxide'],
    ['{ name: a, chart: b, repository: "https://c.test" }', 'is required: it is fetched'],
    ['{ name: a, chart: "https://c.test/a.tgz", version: 1.0.0 }', 'is an OCI URL, a path'],
    ['{ name: a, chart: b, values: {}, values_file: c }', 'one of them'],
    ['{ name: a, chart: "oci://me:secret@c.test/a", version: 1.0.0 }', 'holds a login'],
    ['{ name: a, chart: b, repository: "https://me@c.test", version: 1.0.0 }', 'holds a login'],
    ['{ name: a, chart: b }, { name: a, chart: c }', 'is the name of another chart'],
    ['{ name: A_b, chart: c }', 'must be at most 53 lower-case letters'],
  ])('refuses the own chart %s', (entry, reason) => {
    expect(() => parseConfig(`${minimal}addons: { charts: [${entry}] }\n`, { file: 'x' })).toThrow(
      reason,
    );
  });

  test.each(['addons: { traefik: ', 'cilium: '])('lets no chart hold a login: %s', (section) => {
    const text = `${minimal}${section}{ chart: "https://me:secret@c.test" }${section.includes('{') ? ' }' : ''}\n`;
    expect(() => parseConfig(text, { file: 'x' })).toThrow('holds a login');
    expect(() => parseConfig(text, { file: 'x' })).not.toThrow('secret@');
  });

  test('manifests are read beside cluster.yaml, and their URLs are encrypted', async () => {
    await writeFile(
      join(folder, 'shop.yaml'),
      'apiVersion: v1\nkind: Secret\nmetadata: { name: a }\n',
    );
    const load = (list: string) =>
      parseConfig(`${minimal}addons: { manifests: [${list}] }\n`, {
        file: join(folder, 'cluster.yaml'),
      }).addons.manifests;
    expect(load('shop.yaml, "https://a.test/b.yaml"')).toMatchObject([
      { place: 'shop.yaml', text: expect.stringContaining('kind: Secret') as string },
      { place: 'https://a.test/b.yaml', text: undefined },
    ]);
    const wrong: readonly (readonly [string, string])[] = [
      ['none.yaml', 'none.yaml does not exist'],
      ['list.yaml', 'list.yaml object 1 has no apiVersion, kind or metadata.name'],
      ['shop.yaml, shop.yaml', 'is there twice'],
      ['shop', 'is no path of a file'],
      ['"http://a.test/b.yaml"', 'must begin with https://'],
      ['"https://u:p@a.test/b.yaml"', 'holds a name or a password'],
    ];
    await writeFile(join(folder, 'list.yaml'), '- 1\n');
    for (const [list, reason] of wrong) expect(() => load(list)).toThrow(reason);
  });

  test('a version of a chart that crashes is refused, with the reason and a way on', () => {
    const text = `${minimal}addons: { hcloud_ccm: { enabled: true, version: 1.30.0 } }\n`;
    expect(messageFor(text)).toContain(
      'addons.hcloud_ccm.version: 1.30.0 does not work: it crashes without the field "datacenter" of servers, ' +
        'which Hetzner removed on 1 July 2026; take 1.30.1 or later',
    );
    expect(messageFor(text.replace('true', 'false'))).toBe('no error');
  });

  test('a missing cluster.yaml leads to the example', async () => {
    const path = join(folder, 'nowhere.yaml');
    await expect(loadConfig(path)).rejects.toMatchObject({
      message: `${path}: there is no such file`,
      hint: `Write an example to begin with: ${oxide`init`}`,
      exitCode: 2,
    });
  });

  test.each([
    ['\ufeffcluster_name: demo\n', 'utf16le', 'it is written in UTF-16, and oxide reads UTF-8'],
    ['cluster_name: demo\n', 'utf16le', 'it is written in UTF-16, and oxide reads UTF-8'],
    ['\x7fELF\x02\x01\0\0\0', 'latin1', 'it is no text file: there are zero bytes in it'],
    ['a: 1\n# f\xfcr\n', 'latin1', 'line 2: there are bytes that are no UTF-8'],
  ] as const)('%j in %s is no cluster.yaml', async (text, encoding, message) => {
    const path = join(folder, 'odd.yaml');
    await writeFile(path, Buffer.from(text, encoding));
    await expect(loadConfig(path)).rejects.toThrow(`${path}: ${message}`);
    const patched = join(folder, 'patched.yaml');
    await writeFile(patched, `${minimal}talos: { config_patches: [odd.yaml] }\n`);
    await expect(loadConfig(patched)).rejects.toThrow(`cannot read odd.yaml: ${message}`);
  });

  test('a mark at the beginning of UTF-8 moves nothing', async () => {
    const path = join(folder, 'marked.yaml');
    await writeFile(path, `\ufeff${minimal}wrokers: []\n`);
    await expect(loadConfig(path)).rejects.toThrow(`${path}:7:1 unknown key "wrokers"`);
  });

  test('an empty name is no file', async () => {
    await expect(loadConfig('')).rejects.toThrow('--config names no file');
  });

  test('a folder is not a cluster.yaml', async () => {
    await expect(loadConfig(folder)).rejects.toThrow(`${folder}: is a folder, not a file`);
  });

  test('cluster.example.yaml is a good cluster.yaml', async () => {
    const path = join(import.meta.dirname, '..', '..', 'cluster.example.yaml');
    const config = await loadConfig(path);
    expect(config.control_planes).toMatchObject([{ server_type: 'cx23', count: 3 }]);
    expect(config.workers).toMatchObject([{ server_type: 'cx33', count: 3 }]);
    expect(await readFile(path, 'utf8')).not.toMatch(/^\s*token:/m);
  });
});
