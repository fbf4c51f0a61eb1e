import { describe, expect, test } from 'vitest';
import type { InstalledAddon } from '../../../../src/cluster/kubernetes/installed.js';
import {
  missingAddons,
  withInstalledAddons,
  withoutImpossibleAddons,
} from '../../../../src/cluster/plan/create/running-addons.js';
import type { KnownOfNode } from '../../../../src/cluster/talos/found-settings.js';
import { onlyAddons } from '../../../helpers/cluster-yaml.js';
import { clusterOf, existingServer, installedFor, nothing } from '../../fixtures.js';

const on = { enabled: true };
const config = clusterOf(1, 1, onlyAddons({ hcloud_ccm: on, talos_ccm: on, traefik: on }));
const server = existingServer('control-plane', 'cp', 1);
const state = { ...nothing, servers: [server] };
const unknown: KnownOfNode = { recorded: undefined, configuration: undefined, running: {} };
const plainParts = {
  ...{ externalCloudProvider: false, serverCertificates: false, talosApiAccess: false },
};
const configuration = {
  ...{ kubernetes: undefined, podSubnets: [], serviceSubnets: [], certificateNames: [] },
  ...{ labels: {}, taints: [], takesWorkloads: true, parts: plainParts },
};

const leftOut = (known: KnownOfNode): readonly string[] =>
  missingAddons(config, withoutImpossibleAddons(config, state, new Map([[server.id, known]])));

describe('what a create leaves out of a cluster that was made without it', () => {
  test('is what waits for something that its control planes do not have', () => {
    expect(leftOut({ ...unknown, recorded: {} })).toEqual(['talos-ccm']);
    expect(leftOut({ ...unknown, configuration })).toEqual(['talos-ccm']);
  });

  test('is nothing where they have it, where it is not known, and in a new cluster', () => {
    const recorded = { addons: 'external cloud provider, serving certificates from the cluster' };
    expect(leftOut({ ...unknown, recorded })).toEqual([]);
    const parts = { ...plainParts, serverCertificates: true, talosApiAccess: true };
    const patched = { ...configuration, parts };
    expect(leftOut({ ...unknown, recorded: {}, configuration: patched })).toEqual([]);
    expect(leftOut(unknown)).toEqual([]);
    expect(withoutImpossibleAddons(config, nothing, new Map())).toBe(config);
  });
});

describe('new nodes of a running cluster', () => {
  const ccm: InstalledAddon = {
    ...{ name: 'hcloud-ccm', wanted: '1.35.0', version: '1.35.0' },
    ...{ status: 'deployed', same: true },
  };
  const left = (addons: readonly InstalledAddon[]): readonly string[] =>
    missingAddons(config, withInstalledAddons(config, { is: { ...installedFor(config), addons } }));

  test('wait for no controller that is not there', () => {
    expect(left([])).toEqual(['hcloud-ccm', 'talos-ccm']);
    expect(left([ccm])).toEqual(['talos-ccm']);
    expect(left([{ ...ccm, status: 'pending-install' }])).toEqual(['hcloud-ccm', 'talos-ccm']);
  });

  test('are made for one that runs although its upgrade has failed or was stopped', () => {
    for (const status of ['failed', 'pending-upgrade', 'pending-rollback']) {
      expect(left([{ ...ccm, status }]), status).toEqual(['talos-ccm']);
    }
    expect(left([{ ...ccm, status: 'uninstalling' }])).toEqual(['hcloud-ccm', 'talos-ccm']);
  });

  test('are made of cluster.yaml where nobody could be asked', () => {
    expect(withInstalledAddons(config, { unknown: 'no answer' })).toBe(config);
  });
});
