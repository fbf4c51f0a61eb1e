import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import {
  clusterEndpoint,
  machineConfigPatches,
} from '../../../src/cluster/talos/machine-config.js';
import { poolsOf } from '../../../src/cluster/state/node-pools.js';
import type { ClusterConfig } from '../../../src/config/schema.js';
import { clusterOf, configOf } from '../fixtures.js';

function patchesOf(config: ClusterConfig, pool: string): unknown[] {
  const rolePool = poolsOf(config).find((candidate) => candidate.pool.name === pool);
  if (!rolePool) throw new Error(`no pool ${pool}`);
  return machineConfigPatches(config, rolePool).map(({ text }): unknown => parse(text));
}

const common = {
  machine: {
    install: { disk: '/dev/sda' },
    kubelet: { nodeIP: { validSubnets: ['10.0.1.0/24'] } },
  },
  cluster: {
    network: {
      cni: { name: 'none' },
      podSubnets: ['10.244.0.0/16'],
      serviceSubnets: ['10.96.0.0/12'],
    },
  },
};

const controlPlane = {
  cluster: { proxy: { disabled: true }, etcd: { advertisedSubnets: ['10.0.1.0/24'] } },
};

test('nodes find the Kubernetes API at the first control plane, known before it exists', () => {
  expect(clusterEndpoint(clusterOf(3, 3))).toBe('https://10.0.1.254:6443');
});

describe('machine configuration', () => {
  test('of a control plane beside workers', () => {
    expect(patchesOf(clusterOf(3, 3), 'cp')).toEqual([common, controlPlane]);
  });

  test('of a worker needs nothing of its own', () => {
    expect(patchesOf(clusterOf(3, 3), 'web')).toEqual([common]);
  });

  test.each(['workers: []', 'workers: [{ name: web, server_type: cx33, count: 0 }]'])(
    'without workers (%s), control planes take workloads and traffic',
    (workers) => {
      const config = configOf(`control_planes: [{ name: cp, server_type: cx23 }]\n${workers}`);
      expect(patchesOf(config, 'cp')[1]).toEqual({
        machine: {
          nodeLabels: {
            'node.kubernetes.io/exclude-from-external-load-balancers': { $patch: 'delete' },
          },
        },
        cluster: { allowSchedulingOnControlPlanes: true, ...controlPlane.cluster },
      });
    },
  );

  test("carries the pools' labels and taints in the way that works for each role", () => {
    const config = configOf(`control_planes:
  - name: cp
    server_type: cx23
    labels: { tier: base }
    taints: ["dedicated=etcd:NoSchedule", "quiet:PreferNoSchedule"]
workers:
  - { name: web, server_type: cx33 }
  - name: gpu
    server_type: cx33
    labels: { gpu: "1" }
    taints: ["gpu=yes:NoExecute", "spot:NoSchedule"]`);
    expect(patchesOf(config, 'cp')[1]).toMatchObject({
      machine: {
        nodeLabels: { tier: 'base' },
        nodeTaints: { dedicated: 'etcd:NoSchedule', quiet: 'PreferNoSchedule' },
      },
    });
    expect(patchesOf(config, 'web')).toEqual([common]);
    expect(patchesOf(config, 'gpu')[1]).toEqual({
      machine: {
        nodeLabels: { gpu: '1' },
        kubelet: {
          extraConfig: {
            registerWithTaints: [
              { key: 'gpu', value: 'yes', effect: 'NoExecute' },
              { key: 'spot', effect: 'NoSchedule' },
            ],
          },
        },
      },
    });
  });

  test.each([
    ['https://k8s.example.com:6443', 'k8s.example.com'],
    ['https://[2001:db8::1]:6443', '2001:db8::1'],
  ])('with the endpoint %s has %s in its certificates', (endpoint, name) => {
    const config = clusterOf(1, 1, `talos: { cluster_endpoint: "${endpoint}" }`);
    const [all, own] = patchesOf(config, 'cp');
    expect(all).toMatchObject({ machine: { certSANs: [name] } });
    expect(own).toMatchObject({ cluster: { apiServer: { certSANs: [name] } } });
  });

  test("ends with the user's patches: those for all nodes, then those for the role", () => {
    const config = clusterOf(
      1,
      1,
      `talos:
  config_patches: ["machine: { sysctls: { a: all } }"]
  control_plane_patches: ["machine: { sysctls: { a: cp } }"]
  worker_patches: ["machine: { sysctls: { a: worker } }"]`,
    );
    const sysctl = (value: string) => ({ machine: { sysctls: { a: value } } });
    expect(patchesOf(config, 'cp').slice(2)).toEqual([sysctl('all'), sysctl('cp')]);
    expect(patchesOf(config, 'web').slice(1)).toEqual([sysctl('all'), sysctl('worker')]);
  });
});
