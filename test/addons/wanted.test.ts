import { describe, expect, test } from 'vitest';
import { addonTable } from '../../src/addons/table.js';
import { machineNeeds, needsToken, wantedAddons } from '../../src/addons/wanted.js';
import { onlyAddons } from '../helpers/cluster-yaml.js';
import { clusterOf } from '../cluster/fixtures.js';

const facts = { tokenMark: '0123456789' };
const on = (more = ''): string => `addons: {
  hcloud_ccm: { enabled: true }, hcloud_csi: { enabled: true }, talos_ccm: { enabled: true },
  metrics_server: { enabled: true }${more} }`;

function valuesOf(name: string, yaml: string, workers = 2): unknown {
  const found = wantedAddons(clusterOf(3, workers, yaml), facts).find(
    ({ addon }) => addon.name === name,
  );
  return found?.values;
}

describe('the table of addons', () => {
  test('has each after what it needs, and no name twice', () => {
    const names = addonTable.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const [at, { needs }] of addonTable.entries()) {
      expect(names.slice(0, at)).toEqual(expect.arrayContaining([...needs]));
    }
  });

  test('installs nothing, needs no token and nothing of nodes unless it is asked for', () => {
    const plain = clusterOf(3, 2);
    expect(wantedAddons(plain, facts)).toEqual([]);
    expect(needsToken(plain)).toBe(false);
    expect(machineNeeds(plain)).toEqual([]);
  });
});

describe("Hetzner's controllers", () => {
  test('make no load balancers where Cilium owns Services', () => {
    expect(valuesOf('hcloud-ccm', on())).toMatchObject({
      kind: 'DaemonSet',
      networking: { enabled: true, clusterCIDR: '10.244.0.0/16' },
      env: { HCLOUD_LOAD_BALANCERS_ENABLED: { value: 'false' } },
      podAnnotations: { 'oxide/hcloud-token': '0123456789' },
    });
  });

  test('make them with a location and private addresses where they own Services', () => {
    expect(valuesOf('hcloud-ccm', on(', load_balancers: hcloud'))).toMatchObject({
      env: {
        HCLOUD_LOAD_BALANCERS_ENABLED: { value: 'true' },
        HCLOUD_LOAD_BALANCERS_LOCATION: { value: 'nbg1' },
        HCLOUD_LOAD_BALANCERS_USE_PRIVATE_IP: { value: 'true' },
      },
    });
  });

  test('mark volumes with the cluster, and none of them keeps a control plane from a drain', () => {
    expect(valuesOf('hcloud-csi', on())).toMatchObject({
      controller: {
        volumeExtraLabels: { cluster: 'demo', 'installed-by': 'oxide' },
        podDisruptionBudget: { create: false },
      },
      storageClasses: [{ name: 'hcloud-volumes', defaultStorageClass: true }],
    });
  });

  test('make a class of encrypted volumes where it is wanted, and its passphrase is in no value', () => {
    const classes = (luks: boolean): unknown =>
      (
        valuesOf('hcloud-csi', `addons: { hcloud_csi: { enabled: true, luks: ${luks} } }`) as {
          storageClasses: unknown;
        }
      ).storageClasses;
    expect(classes(false)).toHaveLength(1);
    expect(classes(true)).toMatchObject([
      { name: 'hcloud-volumes', defaultStorageClass: true },
      {
        ...{ name: 'hcloud-volumes-encrypted', defaultStorageClass: false },
        extraParameters: {
          'csi.storage.k8s.io/node-publish-secret-name': 'hcloud-volumes-encrypted',
          'csi.storage.k8s.io/node-publish-secret-namespace': 'kube-system',
        },
      },
    ]);
  });

  test('get no token among their values, and say which values of the user they keep', () => {
    const values = { controller: { hcloudToken: { value: 'secret' }, replicaCount: 2 } };
    const yaml = onlyAddons({ hcloud_csi: { enabled: true, version: '2.22.0', values } });
    const [csi] = wantedAddons(clusterOf(3, 2, yaml), facts);
    expect(csi).toMatchObject({
      version: '2.22.0',
      kept: ['controller.hcloudToken'],
      values: { controller: { replicaCount: 2 } },
    });
    expect(JSON.stringify(csi?.values)).not.toContain('secret');
  });
});

describe('the metrics server', () => {
  test('checks the certificates of kubelets only where somebody approves them', () => {
    expect(valuesOf('metrics-server', on())).not.toHaveProperty('args');
    expect(
      valuesOf('metrics-server', onlyAddons({ metrics_server: { enabled: true } })),
    ).toMatchObject({ args: ['--kubelet-insecure-tls'] });
  });
});

describe("the user's own charts", () => {
  const repository = 'https://charts.example.test';
  const podinfo = {
    ...{ name: 'podinfo', repository, chart: 'podinfo', version: '6.9.2' },
    ...{ namespace: 'web', pod_security: 'privileged', values: { replicas: 2 } },
  };
  const chart = 'oci://registry.example.test/charts/mine-chart';
  const charts = [podinfo, { name: 'mine', chart, version: 'v1.2.3' }];
  const yaml = onlyAddons({ hcloud_csi: { enabled: true }, charts });

  test('come after all of oxide, and their values are theirs', () => {
    const [csi, first, mine] = wantedAddons(clusterOf(1, 1, yaml), facts);
    expect(csi?.addon.name).toBe('hcloud-csi');
    expect(first).toMatchObject({
      ...{ chart: 'podinfo', from: repository, version: '6.9.2' },
      ...{ values: { replicas: 2 }, ownPlace: true, kept: [] },
      addon: { namespace: 'web', release: 'podinfo', core: false, podSecurity: 'privileged' },
    });
    expect(first?.addon.needs).toContain('hcloud-csi');
    expect(mine).toMatchObject({
      ...{ from: chart, chart: 'mine-chart' },
      addon: { namespace: 'mine' },
    });
  });

  test('that are on this machine have whatever version they have, as an addon of the table has then', () => {
    const local = onlyAddons({
      traefik: { enabled: true, chart: 'charts/traefik.tgz' },
      charts: [{ name: 'mine', chart: 'charts/mine' }],
    });
    const wanted = wantedAddons(clusterOf(1, 1, local), facts);
    expect(wanted.map(({ version }) => version)).toEqual(['', '']);
    expect(wanted.every(({ from }) => from.startsWith('/'))).toBe(true);
  });
});
