import { describe, expect, it } from 'vitest';
import { decodeConfig } from '../../../src/sandbox/talos/machine-config/decode.js';
import { encodeConfig } from '../../../src/sandbox/talos/machine-config/encode.js';
import { applyPatches, parsePatch } from '../../../src/sandbox/talos/machine-config/patch.js';
import { validateConfig } from '../../../src/sandbox/talos/machine-config/validate.js';
import { recordedPatches } from './recorded-patches.js';

const controlPlane = `version: v1alpha1
machine:
  type: controlplane
  token: abcdef.0123456789abcdef
  ca: {crt: Y2VydA==, key: a2V5}
  kubelet: {image: 'ghcr.io/siderolabs/kubelet:v1.36.3'}
  install: {disk: /dev/sda}
  features: {kubePrism: {enabled: true, port: 7445}}
cluster:
  id: aWQ=
  secret: c2VjcmV0
  controlPlane: {endpoint: 'https://10.0.1.254:6443'}
  network: {podSubnets: [10.244.0.0/16], serviceSubnets: [10.96.0.0/12]}
  ca: {crt: Y2VydA==, key: a2V5}
  proxy: {image: 'registry.k8s.io/kube-proxy:v1.36.3'}
  etcd: {ca: {crt: Y2VydA==, key: a2V5}}
  discovery: {enabled: true}
---
apiVersion: v1alpha1
kind: HostnameConfig
auto: stable
`;

/** What the stand-in says of a patch; nothing when it takes it. */
function said(patch: string, talosVersion: string): string {
  try {
    const base = decodeConfig(controlPlane, talosVersion);
    const patched = applyPatches(base, [parsePatch(`${patch}\n`, talosVersion)]);
    const written = decodeConfig(encodeConfig(patched, talosVersion), talosVersion);
    return validateConfig(written, 'cloud', { talosVersion }).error ?? '';
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
}

/** Both must refuse, with the recorded words among the stand-in's. */
function differences(talosVersion: string, isNewer: boolean): string[] {
  return recordedPatches.flatMap(([patch, before, since14]) => {
    const real = isNewer ? (since14 ?? before) : before;
    const ours = said(patch, talosVersion);
    const isSame = real === '' ? ours === '' : ours.includes(real);
    return isSame ? [] : [`${patch}\n  real: ${real}\n  ours: ${ours}`];
  });
}

describe('patches are taken and refused as Talos does', () => {
  it.each([
    ['v1.13.9', false],
    ['v1.14.0-rc.1', true],
  ] as const)('of %s', (talosVersion, isNewer) => {
    expect(differences(talosVersion, isNewer)).toEqual([]);
  });
});
