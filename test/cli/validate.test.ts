import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ExitCode } from '../../src/lib/errors.js';
import { runCli, testFolder } from '../helpers/cli.js';

const head = `cluster_name: demo
hcloud: { location: fsn1 }
control_planes: [{ name: cp, server_type: cx33 }]
workers: [{ name: web, server_type: cx33, count: 2 }]
`;

/** A day on which all default versions have their support, whenever the tests run. */
const july = 'data:text/javascript,Date.now=()=>1782864000000';

function validate(yaml: string, ...args: readonly string[]) {
  const cwd = testFolder();
  writeFileSync(join(cwd, 'cluster.yaml'), yaml);
  // Its scratch folders are made where the system's are, which a test can watch.
  const env = { TMPDIR: cwd, NODE_OPTIONS: `--import ${july}` };
  return { cwd, end: runCli([...args, 'validate'], { cwd, env }) };
}

describe('oxide validate', () => {
  test('says of which versions the support has ended', async () => {
    const { end } = validate(
      `${head}talos: { version: v1.12.11, kubernetes_version: 1.34.1 }\n`,
      '--json',
    );
    expect(JSON.parse((await end).stdout)).toMatchObject({
      warnings: ['The community support of Talos 1.12 ended on 2026-04-27: it gets no more fixes.'],
    });
  });

  test('says what it could not check without a talosctl', async () => {
    const { cwd, end } = validate(head);
    const { code, stderr, stdout } = await end;
    expect(stderr).toBe(
      'cluster.yaml is valid.\n' +
        '  machine configurations  not checked: talosctl was not found, or is not executable\n' +
        '  firewall                4 of 500 effective rules, and two for each address of the machine that runs create\n',
    );
    expect([code, stdout, readdirSync(cwd)]).toEqual([ExitCode.done, '', ['cluster.yaml']]);
  });

  test('checks the machine configurations with a talosctl, and leaves nothing behind', async () => {
    const patch =
      'talos: { config_patches: ["machine: { install: { extensions: [{ image: x }] } }"] }\n';
    const { cwd, end } = validate(head + patch, '--sandbox', '--json');
    const { code, stdout } = await end;
    expect(JSON.parse(stdout)).toEqual({
      valid: true,
      cluster: 'demo',
      machineConfigs: { checked: true, pools: 2 },
      firewall: { effectiveRules: 4, most: 500, own: true },
      notes: [],
      warnings: [
        'talosctl: .machine.install.extensions is deprecated, please see https://docs.siderolabs.com/talos/latest/platform-specific-installations/boot-assets',
      ],
    });
    expect([code, readdirSync(cwd)]).toEqual([ExitCode.done, ['cluster.yaml']]);
  });

  test('names the file of a patch that Talos refuses, and leaves nothing behind', async () => {
    const { cwd, end } = validate(`${head}talos: { worker_patches: [gpu.yaml] }\n`, '--sandbox');
    writeFileSync(join(cwd, 'gpu.yaml'), 'machine:\n  kernel:\n    moduls: []\n');
    const { code, stdout, stderr } = await end;
    expect(stderr).toBe(
      '\ncluster.yaml:5:27 talos.worker_patches.0: gpu.yaml: Talos refuses it:\n' +
        '    error decoding document /v1alpha1/ (line 1): unknown keys found during decoding:\n' +
        '    machine:\n        kernel:\n            moduls: []\n\n' +
        '→ Nothing was changed. Correct the patches in cluster.yaml, and check them again: oxide --sandbox validate\n',
    );
    expect([code, stdout]).toEqual([ExitCode.usage, '']);
    expect(readdirSync(cwd).sort()).toEqual(['cluster.yaml', 'gpu.yaml']);
  });

  test('tells what is right and does not do what it looks like', async () => {
    const yaml = `cluster_name: spread
hcloud: { location: fsn1, firewall: { allowed_cidrs: [203.0.113.0/24, 198.51.100.7] } }
cilium: { helm_values: { kubeProxyReplacement: false } }
control_planes: [{ name: master, server_type: cx23, count: 3, locations: [fsn1, hel1, nbg1] }]
`;
    const { code, stderr } = await validate(yaml).end;
    expect(stderr.split('\n').slice(2)).toEqual([
      '  firewall                8 of 500 effective rules',
      "⚠ cilium.helm_values.kubeProxyReplacement is not taken: Talos needs oxide's value.",
      'ℹ All 3 control planes will be in fsn1: the locations of a pool are fallbacks, it is not spread over them. For one in each of fsn1, hel1 and nbg1, write a pool with its own location for each.',
      'ℹ A new cluster gets a load balancer (lb11) before its 3 control planes, so that any one of them may fail; what it costs is in the plan: oxide create --dry-run. Without one: api.endpoint: first.',
      '',
    ]);
    expect(code).toBe(ExitCode.done);
  });

  test.each([
    [
      'a label that takes all others with it',
      'talos:\n  worker_patches:\n    - |\n      machine:\n        nodeLabels:\n          node-role.kubernetes.io/worker: ""\n',
      'cluster.yaml:10:11 talos.worker_patches.0: machine.nodeLabels.node-role.kubernetes.io/worker: Kubernetes does not let workers',
    ],
    [
      'a hostname',
      'talos:\n  config_patches:\n    - |\n      machine:\n        network:\n          hostname: edge.example.com\n',
      'cluster.yaml:10:11 talos.config_patches.0: machine.network.hostname: a node has the name of its server',
    ],
    [
      'a JSON patch',
      'talos:\n  control_plane_patches:\n    - |\n      - op: remove\n        path: /cluster/apiServer/admissionControl\n',
      'write it as a strategic-merge patch: cluster: {apiServer: {admissionControl: {$patch: delete}}}',
    ],
  ])('refuses %s with what to do instead', async (_, patches, message) => {
    const { code, stderr } = await validate(head + patches).end;
    expect(stderr).toContain(message);
    expect(code).toBe(ExitCode.usage);
  });
});
