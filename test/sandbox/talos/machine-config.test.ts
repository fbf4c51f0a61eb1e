import { describe, expect, it } from 'vitest';
import { decodeConfig } from '../../../src/sandbox/talos/machine-config/decode.js';
import { encodeConfig } from '../../../src/sandbox/talos/machine-config/encode.js';
import { applyPatches, parsePatch } from '../../../src/sandbox/talos/machine-config/patch.js';
import {
  runtimeObjection,
  validateConfig,
  type RuntimeMode,
} from '../../../src/sandbox/talos/machine-config/validate.js';

// The expected texts are what Talos 1.13.9's own machinery said to the same input.

const worker = `version: v1alpha1
debug: false
persist: true
machine:
    type: worker
    token: abcdef.0123456789abcdef
    ca:
        crt: Y2VydA==
        key: ""
    certSANs: []
    kubelet:
        image: ghcr.io/siderolabs/kubelet:v1.34.1
cluster:
    id: aWQ=
    secret: c2VjcmV0
    controlPlane:
        endpoint: https://10.0.1.1:6443
---
apiVersion: v1alpha1
kind: HostnameConfig
auto: stable
`;

function patched(...patches: string[]): string {
  return encodeConfig(
    applyPatches(
      decodeConfig(worker),
      patches.map((patch) => parsePatch(patch)),
    ),
  );
}

function errorOf(text: string, mode: RuntimeMode = 'cloud'): string | undefined {
  return validateConfig(decodeConfig(text), mode).error;
}

describe('reading a machine configuration', () => {
  it.each([
    ['nothing', '', 'config not found'],
    ['a list', '- a\n', 'expected a YAML document at line 1'],
    [
      'a document without kind',
      'a: 1\n',
      'error decoding document /v1alpha1/ (line 1): missing kind',
    ],
    [
      'a document without version',
      'kind: HostnameConfig\n',
      'error decoding document /HostnameConfig/ (line 1): missing apiVersion',
    ],
    [
      'an unknown kind',
      worker.replace('kind: HostnameConfig', 'kind: HostConfig'),
      'error decoding document v1alpha1/HostConfig/ (line 19): "HostConfig" "v1alpha1": not registered',
    ],
    [
      'unknown keys',
      worker.replace(
        '    type: worker',
        '    type: worker\n    foo:\n        bar: 1\n    baz: "x y"',
      ),
      'error decoding document /v1alpha1/ (line 1): unknown keys found during decoding:\n' +
        'machine:\n    baz: "x y"\n    foo:\n        bar: 1\n',
    ],
    [
      'a word for a switch',
      worker.replace('debug: false', 'debug: "maybe"'),
      'error decoding document /v1alpha1/ (line 1): error decoding  to *v1alpha1.Config: yaml: construct errors:\n' +
        '  line 2: cannot construct !!str `maybe` into bool',
    ],
    [
      'a text for a list',
      worker.replace('certSANs: []', 'certSANs: foo'),
      'error decoding document /v1alpha1/ (line 1): error decoding  to *v1alpha1.Config: yaml: construct errors:\n' +
        '  line 10: cannot construct !!str `foo` into []string',
    ],
    [
      'a text for a section',
      worker.replace('    kubelet:\n', '    kubelet: abcdefghijklmn\n    kubeletx:\n'),
      'error decoding document /v1alpha1/ (line 1): error decoding  to *v1alpha1.Config: yaml: construct errors:\n' +
        '  line 11: cannot construct !!str `abcdefg...` into v1alpha1.KubeletConfig',
    ],
    [
      'a key twice',
      worker.replace('    type: worker', '    type: worker\n    type: worker'),
      'error decoding document /v1alpha1/ (line 1): error decoding  to *v1alpha1.Config: yaml: construct errors:\n' +
        '  line 6: mapping key "type" already defined at line 5',
    ],
    [
      'a value outside a choice',
      worker.replace('auto: stable', 'auto: never'),
      'error decoding document v1alpha1/HostnameConfig/ (line 19): error decoding HostnameConfig to *network.HostnameConfigV1Alpha1: yaml: construct errors:\n' +
        '  line 21: never does not belong to AutoHostnameKind values',
    ],
    [
      'a document twice',
      `${worker}---\napiVersion: v1alpha1\nkind: HostnameConfig\nauto: stable\n`,
      'duplicate document v1alpha1/HostnameConfig/ is not allowed (line 23)',
    ],
  ])('refuses %s', (_what, text, message) => {
    expect(() => decodeConfig(text)).toThrow(new Error(message));
  });

  it('writes what it read in the same form', () => {
    expect(encodeConfig(decodeConfig(worker))).toBe(worker);
  });
});

describe('validating a machine configuration', () => {
  it.each([
    ['an unchanged one', worker, undefined],
    [
      'labels and taints',
      patched(
        '{machine: {nodeLabels: {"a b": "x y"}, nodeTaints: {foo: "bar", "ok": "v:NoSchedule"}}}',
      ),
      '1 error occurred:\n\t* v1alpha1.Config: 2 errors occurred:\n' +
        '\t* invalid machine node labels: 2 errors occurred:\n\t* name "a b" is invalid\n\t* label value "x y" is invalid\n\n\n' +
        '\t* invalid machine node taints: 1 error occurred:\n\t* invalid taint effect: "bar"\n\n\n\n\n\n',
    ],
    [
      'subnets',
      patched('{machine: {kubelet: {nodeIP: {validSubnets: ["10.0/8"]}}}}'),
      '1 error occurred:\n\t* v1alpha1.Config: 1 error occurred:\n\t* kubelet nodeIP subnet is not valid: "10.0/8"\n\n\n\n',
    ],
    [
      'two hostnames',
      patched('{machine: {network: {hostname: abc}}}'),
      '1 error occurred:\n\t* static hostname is already set in v1alpha1 config\n\n',
    ],
    [
      "what is only a control plane's",
      patched('{cluster: {etcd: {advertisedSubnets: [10.0.1.0/24]}, ca: {crt: YQ==, key: YQ==}}}'),
      '1 error occurred:\n\t* v1alpha1.Config: 3 errors occurred:\n' +
        '\t* etcd config is only allowed on control plane machines\n' +
        '\t* cluster CA key is not allowed on non-controlplane nodes (.cluster.ca)\n' +
        '\t* issuing Kubernetes API CA key is not allowed on non-controlplane nodes (.cluster.ca)\n\n\n\n',
    ],
    [
      'an unknown role',
      worker.replace('type: worker', 'type: master'),
      '1 error occurred:\n\t* v1alpha1.Config: 1 error occurred:\n\t* unknown machine type "master"\n\n\n\n',
    ],
  ])('judges %s', (_what, text, error) => {
    expect(errorOf(text)).toBe(error);
  });

  it('demands an installation on metal only', () => {
    expect(errorOf(worker, 'metal')).toContain('install instructions are required in "metal" mode');
  });

  it.each([
    ['v1.13.9', 'v1.37.0', 'too new to be used with Talos 1.13.9'],
    ['v1.13.9', 'v1.30.2', 'too old to be used with Talos 1.13.9'],
    ['v1.12.11', 'v1.36.0', 'too new to be used with Talos 1.12.11'],
  ])('on a node with Talos %s refuses Kubernetes %s', (talos, kubernetes, why) => {
    const config = decodeConfig(worker.replace('v1.34.1', kubernetes));
    expect(runtimeObjection(config, talos)).toContain(why);
  });
});

describe('patching a machine configuration', () => {
  it('merges what an anchor names into a map of texts, and nothing else', () => {
    const labels = (annotations: string): string =>
      `machine:\n  nodeLabels: &l { zone: a, tier: x }\n  nodeAnnotations: { ${annotations}, zone: d }\n`;
    expect(patched(labels('<<: *l'))).toContain(
      '    nodeAnnotations:\n        tier: x\n        zone: d\n',
    );
    const prefix = 'error decoding document /v1alpha1/ (line 1): unexpected type for yaml';
    expect(() => patched(labels('<<: { b: c }'))).toThrow(`${prefix} mapping: string`);
    expect(() => patched(labels('<<: [*l]'))).toThrow(`${prefix} sequence: string`);
  });

  it('merges mappings, appends to lists and replaces the subnets of pods', () => {
    const subnets = (range: string): string => `cluster: { network: { podSubnets: [${range}] } }`;
    const text = patched(
      'machine: { certSANs: [a], nodeLabels: { x: "y" } }',
      'machine: { certSANs: [b] }',
      subnets('10.244.0.0/16'),
      subnets('10.1.0.0/16'),
    );
    expect(text).toContain('    certSANs:\n        - a\n        - b\n');
    expect(text).toContain('    nodeLabels:\n        x: "y"\n');
    expect(text).toContain('        podSubnets:\n            - 10.1.0.0/16\n');
  });

  it('deletes fields and whole documents', () => {
    const text = patched(
      'machine:\n  kubelet:\n    $patch: delete',
      'apiVersion: v1alpha1\nkind: HostnameConfig\n$patch: delete',
    );
    expect(text).not.toContain('kubelet');
    expect(text).not.toContain('HostnameConfig');
  });

  it.each([
    [
      'a key that Talos does not know',
      '{machine: {foo: 1}}',
      'error decoding document /v1alpha1/ (line 1): unknown keys found during decoding:\nmachine:\n    foo: 1\n',
    ],
    [
      'a JSON patch',
      '[{"op": "add", "path": "/machine/network", "value": {}}]',
      'JSON6902 patches are not supported for multi-document machine configuration',
    ],
    [
      'the deletion of a key that Talos does not know',
      'machine:\n  nope:\n    $patch: delete',
      "patch delete: path 'machine.nope' in document '/v1alpha1': failed to delete path 'machine.nope': lookup failed",
    ],
  ])('refuses %s', (_what, patch, message) => {
    expect(() => patched(patch)).toThrow(new Error(message));
  });
});
