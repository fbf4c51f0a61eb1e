import { describe, expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { parseConfig } from '../../src/config/load.js';
import { guardedKinds, guards } from '../../src/config/patch-guards.js';
import { UsageError } from '../../src/lib/errors.js';

const pools = `hcloud: { location: nbg1 }
control_planes: [{ name: cp, server_type: cx23 }]
`;
const workers = 'workers: [{ name: web, server_type: cx33 }]\n';

type Key = 'config_patches' | 'control_plane_patches' | 'worker_patches';

interface Given {
  readonly key?: Key;
  readonly patch: string;
  readonly hasWorkers?: boolean;
  /** Whether the patch stands in a file of its own. */
  readonly inFile?: boolean;
}

/** What is said of a cluster.yaml with this patch; undefined when it is taken. */
function said({ key = 'config_patches', patch, hasWorkers = true, inFile }: Given) {
  const block = patch.replace(/^(?=.)/gm, '        ');
  const text = `cluster_name: demo
${pools}${hasWorkers ? workers : ''}talos:
  ${key}:
    - ${inFile ? 'patches/x.yaml' : `|\n${block}`}
`;
  try {
    parseConfig(text, { file: 'cluster.yaml', readFile: () => patch });
    return undefined;
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
}

const nested = (path: string, value: unknown): string =>
  JSON.stringify(path.split('.').reduceRight<unknown>((inner, key) => ({ [key]: inner }), value));

describe('a patch of what oxide relies on', () => {
  test.each(guards.filter(({ refuse, path }) => refuse && !path.endsWith('*')))(
    '$path is refused with the key to use instead',
    ({ path, refuse }) => {
      const patch = nested(path, 'x');
      expect(said({ patch })).toBe(
        `cluster.yaml:8:${9 + patch.indexOf(`"${path.split('.').at(-1) ?? ''}"`)} ` +
          `talos.config_patches.0: ${path}: ${refuse?.('x', '') ?? ''}`,
      );
    },
  );

  test.each(guards.filter(({ removal }) => removal !== undefined))(
    '$path is not taken away',
    ({ path, removal = '' }) => {
      expect(said({ patch: nested(path, { $patch: 'delete' }) })).toContain(
        `talos.config_patches.0: ${path}.$patch: ${removal}`,
      );
      const outer = path.slice(0, path.lastIndexOf('.'));
      expect(said({ patch: nested(outer, { $patch: 'delete' }) })).toContain(
        `talos.config_patches.0: ${outer}.$patch: `,
      );
    },
  );

  test.each(Object.entries(guardedKinds))('of the kind %s is refused', (kind, reason) => {
    const patch = `apiVersion: v1alpha1\nkind: ${kind}\nx: 1\n`;
    expect(said({ patch })).toBe(
      `cluster.yaml:9:9 talos.config_patches.0: kind: ${kind}: ${reason}`,
    );
  });

  test('is named with the line of the file that it stands in', () => {
    const patch = '# names\nmachine:\n  sysctls: { a: "1" }\n  network:\n    hostname: edge\n';
    const reason =
      'a node has the name of its server, by which oxide knows it: it is made of cluster_name and the name of the pool';
    expect(said({ patch })).toBe(
      `cluster.yaml:12:13 talos.config_patches.0: machine.network.hostname: ${reason}`,
    );
    expect(said({ patch, inFile: true })).toBe(
      `cluster.yaml:7:7 talos.config_patches.0: patches/x.yaml:5:5 machine.network.hostname: ${reason}`,
    );
  });

  test('is found in every document, and all of it at once', () => {
    const patch =
      'machine: { network: { hostname: a } }\n---\napiVersion: v1alpha1\nkind: UserVolumeConfig\nname: data\n' +
      '---\napiVersion: v1alpha1\nkind: HostnameConfig\nhostname: a\n---\n' +
      'cluster: { network: { cni: { name: flannel } } }\n';
    expect(
      said({ patch })
        ?.split('\n')
        .map((line) => line.split(': ')[1]),
    ).toEqual(['machine.network.hostname', 'kind', 'cluster.network.cni.name']);
  });

  test('through an anchor is one as well', () => {
    const patch = 'x: &net { hostname: a }\nmachine: { network: *net }\n';
    expect(said({ patch })).toContain('machine.network.hostname');
  });
});

describe('labels and taints that Kubernetes does not let workers give themselves', () => {
  const label = 'machine:\n  nodeLabels:\n    node-role.kubernetes.io/worker: ""\n    a: b\n';
  const taint = 'machine: { nodeTaints: { gpu: NoSchedule } }\n';
  const refused =
    'Kubernetes does not let workers give themselves labels under kubernetes.io; choose another key';

  test.each<[Key, boolean, boolean]>([
    ['worker_patches', true, true],
    ['worker_patches', false, true],
    ['config_patches', true, true],
    ['config_patches', false, false],
    ['control_plane_patches', true, false],
  ])('in %s, workers %s: refused %s', (key, hasWorkers, isRefused) => {
    const labels = said({ key, patch: label, hasWorkers });
    const taints = said({ key, patch: taint, hasWorkers });
    if (!isRefused) {
      expect([labels, taints]).toEqual([undefined, undefined]);
      return;
    }
    expect(labels).toContain(
      `talos.${key}.0: machine.nodeLabels.node-role.kubernetes.io/worker: ${refused}`,
    );
    expect(taints).toContain(
      `talos.${key}.0: machine.nodeTaints: Kubernetes does not let workers give themselves taints; use taints of the pool`,
    );
  });

  test('others are taken, also to take one away', () => {
    expect(
      said({ patch: 'machine: { nodeLabels: { a: b, example.com/c: d } }\n' }),
    ).toBeUndefined();
    const removal = 'machine: { nodeLabels: { node-role.kubernetes.io/x: { $patch: delete } } }\n';
    expect(said({ patch: removal })).toBeUndefined();
  });
});

test.each([
  'machine: { certSANs: [talos.example.com] }',
  'cluster: { apiServer: { certSANs: [k8s.example.com], admissionControl: { $patch: delete } } }',
  'cluster: { network: { cni: { name: none }, dnsDomain: example.local } }',
  'cluster: { proxy: { disabled: true } }',
  'machine: { features: { kubePrism: { enabled: true, port: 7445 } } }',
  'machine: { kubelet: { registerWithFQDN: false, extraArgs: { v: "2" }, extraConfig: { maxPods: 64 } } }',
  'machine: { network: { hostname: } }',
  'machine: { install: { image: factory.talos.dev/hcloud-installer/x:v1.13.9 } }',
  'machine: { sysctls: {} }\n---\n# the end',
  'apiVersion: v1alpha1\nkind: UserVolumeConfig\nname: data\nhostname: not one',
  '---\nmachine: { network: { interfaces: [{ interface: eth1, dhcp: true }] } }',
])('a patch of other things is taken: %s', (patch) => {
  expect(said({ patch: `${patch}\n` })).toBeUndefined();
});

describe('a JSON patch', () => {
  const start =
    'this is a JSON patch (RFC 6902), which Talos does not take for its configuration of several documents; write it as a strategic-merge patch: ';

  test.each([
    [
      '- op: remove\n  path: /cluster/apiServer/admissionControl\n',
      'cluster: {apiServer: {admissionControl: {$patch: delete}}}',
    ],
    [
      '[{"op": "add", "path": "/machine/sysctls/net.core.somaxconn", "value": "65535"}]',
      'machine: {sysctls: {net.core.somaxconn: "65535"}}',
    ],
    [
      '- { op: add, path: /machine/certSANs/-, value: talos.example.com }\n',
      'machine: {certSANs: [talos.example.com]}',
    ],
    [
      '- { op: replace, path: /machine/nodeLabels/example.com~1a, value: b }\n' +
        '- { op: add, path: /cluster/discovery/enabled, value: false }\n',
      '{machine: {nodeLabels: {example.com/a: b}}, cluster: {discovery: {enabled: false}}}',
    ],
    ['op: add\npath: /machine/sysctls\nvalue: { a: "1" }\n', 'machine: {sysctls: {a: "1"}}'],
  ])('of simple operations is translated', (patch, merged) => {
    expect(said({ patch })).toBe(`cluster.yaml:7:7 talos.config_patches.0: ${start}${merged}`);
    expect(said({ patch, inFile: true })).toContain(`patches/x.yaml: ${start}${merged}`);
    expect(said({ patch: `${merged}\n` })).toBeUndefined();
    expect(parseYaml(merged)).toBeTypeOf('object');
  });

  test.each([
    '- { op: move, from: /a, path: /machine/b }\n',
    '- { op: remove, path: /machine/certSANs/0 }\n',
    '- { op: replace, path: /machine/certSANs, value: [a] }\n',
    '- { op: add, path: "", value: {} }\n',
    '- { op: remove, path: /machine/network }\n- { op: add, path: /machine/network/x, value: 1 }\n',
  ])('that has no certain translation is refused with the form: %s', (patch) => {
    expect(said({ patch })).toBe(
      `cluster.yaml:7:7 talos.config_patches.0: ${start}keys as they stand in the machine configuration, and $patch: delete at what is to go`,
    );
  });

  test('is no other list', () => {
    expect(said({ patch: '- machine: {}\n' })).toContain('a patch must be a mapping');
    expect(said({ patch: '[]\n' })).toContain('a patch must be a mapping');
  });
});
