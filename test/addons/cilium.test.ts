import { expect, test } from 'vitest';
import { cilium, ciliumValues } from '../../src/addons/cilium.js';
import type { HelmValues } from '../../src/addons/addon.js';
import { mergeHelmValues } from '../../src/addons/merge-values.js';
import { clusterOf, configOf } from '../cluster/fixtures.js';

test('Cilium gets what Talos and the private network need', () => {
  expect(ciliumValues(clusterOf(3, 3))).toMatchObject({
    ipam: { mode: 'kubernetes' },
    kubeProxyReplacement: true,
    k8sServiceHost: 'localhost',
    k8sServicePort: 7445,
    routingMode: 'tunnel',
    MTU: 1450,
    bpf: { masquerade: true, hostLegacyRouting: true },
    gatewayAPI: { enabled: true, gatewayClass: { create: 'true' } },
  });
});

test.each([
  [clusterOf(1, 0), 1],
  [clusterOf(1, 1), 2],
  [clusterOf(3, 30), 2],
  [
    configOf(`control_planes: [{ name: cp, server_type: cx23 }]
workers: [{ name: gpu, server_type: cx33, count: 3, taints: ["gpu:NoSchedule"] }]`),
    1,
  ],
])('the operator has as many replicas as nodes that take it, at most two', (config, replicas) => {
  expect(ciliumValues(config)).toMatchObject({ operator: { replicas } });
});

test("Hubble's certificates are renewed by the chart's own job, where it is no hook", () => {
  const hubbleOf = (yaml: string) => ciliumValues(clusterOf(1, 0, yaml))['hubble'];
  const renewed = { tls: { auto: { method: 'cronJob' } } };
  expect(hubbleOf('cilium: { version: 1.19.6 }')).toMatchObject(renewed);
  expect(hubbleOf('cilium: { version: 1.20.0 }')).toMatchObject(renewed);
  expect(hubbleOf('cilium: { version: 1.18.12 }')).not.toHaveProperty('tls');
  expect(hubbleOf('cilium: { enable_hubble: false }')).not.toHaveProperty('tls');
});

test('Hubble can be switched off', () => {
  const config = clusterOf(1, 0, 'cilium: { enable_hubble: false }');
  expect(ciliumValues(config)).toMatchObject({
    hubble: { enabled: false, relay: { enabled: false }, ui: { enabled: false } },
  });
});

const base = ciliumValues(clusterOf(3, 3));

function merged(user: HelmValues) {
  return mergeHelmValues(base, { user, protectedKeys: cilium.protectedKeys });
}

test("the user's values win, also deep inside, and the rest stays", () => {
  const user = { hubble: { metrics: { enabled: ['dns'] } }, MTU: 1370, tolerations: null };
  const { values, kept } = merged(user);
  expect(values).toMatchObject({
    MTU: 1370,
    tolerations: null,
    hubble: { enabled: true, relay: { enabled: true }, metrics: { enabled: ['dns'] } },
  });
  expect(kept).toEqual([]);
});

test('values that Talos needs are kept, and the user is told which', () => {
  const user = {
    ipam: { mode: 'cluster-pool' },
    kubeProxyReplacement: false,
    cgroup: null,
    k8sServicePort: 7445,
    securityContext: { privileged: true, capabilities: { ciliumAgent: ['SYS_MODULE'] } },
  };
  const { values, kept } = merged(user);
  expect(values).toMatchObject({
    ipam: base['ipam'],
    kubeProxyReplacement: true,
    cgroup: base['cgroup'],
    securityContext: { privileged: true },
  });
  expect(values['securityContext']).toMatchObject(base['securityContext'] as object);
  expect(kept).toEqual([
    'ipam.mode',
    'kubeProxyReplacement',
    'cgroup',
    'securityContext.capabilities.ciliumAgent',
  ]);
});

test('merging changes neither side', () => {
  const before = JSON.stringify(base);
  merged({ ipam: { operator: { x: 1 } } });
  expect(JSON.stringify(base)).toBe(before);
});
