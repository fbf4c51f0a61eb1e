import { describe, expect, test } from 'vitest';
import type { InstalledAddon } from '../../../../src/cluster/kubernetes/installed.js';
import {
  planAddonRemoval,
  planAddons,
  removableName,
} from '../../../../src/cluster/plan/create/addons-plan.js';
import { UsageError } from '../../../../src/lib/errors.js';
import { onlyAddons } from '../../../helpers/cluster-yaml.js';
import { clusterOf, gatewayDefinitions, installedFor } from '../../fixtures.js';

const config = clusterOf(
  1,
  1,
  onlyAddons({ hcloud_ccm: { enabled: true }, traefik: { enabled: true } }),
);
const cost = { net: 1, gross: 1, currency: 'EUR' };
const found = (name: string, more: Partial<InstalledAddon> = {}): InstalledAddon => ({
  ...{ name, wanted: '1.0.0', status: 'deployed', version: '1.0.0', same: true },
  ...more,
});
const working = (name: string, namespace = 'kube-system') => ({
  ...{ name, namespace, release: undefined, wanted: 1, available: 1, complete: true },
});
const all = [
  working('daemonset/cilium'),
  working('deployment/cilium-operator'),
  working('daemonset/hcloud-cloud-controller-manager'),
  working('deployment/traefik', 'traefik'),
];

function plan(names: readonly string[], addons: readonly InstalledAddon[], workloads = all) {
  const installed = { ...installedFor(config), addons };
  const view = { workloads, nodes: [] };
  const more = { names, cost, tokenSource: 'HCLOUD_TOKEN', impossible: ['talos-ccm'] };
  return planAddons({ config, installed, view, ...more });
}

describe('the plan of the addons', () => {
  test('has nothing where all is as it should be', () => {
    const { changes, apply, warnings } = plan([], [found('hcloud-ccm'), found('traefik')]);
    expect(changes).toEqual([]);
    expect(apply).toEqual([]);
    expect(warnings.join()).toContain('talos-ccm is left out');
  });

  test('has what is missing, what differs and what does not work, each with the reason', () => {
    const workloads = all.filter(({ name }) => name !== 'deployment/traefik');
    const outdated = found('hcloud-ccm', { version: '1.34.0', same: false });
    expect(plan([], [outdated, found('traefik')], workloads).changes).toEqual([
      { action: 'update', kind: 'addon', name: 'hcloud-ccm', detail: '1.34.0 → 1.35.0' },
      {
        ...{ action: 'update', kind: 'addon', name: 'traefik' },
        detail: 'applied again: deployment/traefik is not there yet',
      },
    ]);
    expect(plan([], []).apply).toEqual(['hcloud-ccm', 'traefik']);
  });

  test('has those that are named and no others, however they are', () => {
    const outdated = found('hcloud-ccm', { version: '1.34.0', same: false });
    expect(plan(['traefik'], [outdated, found('traefik')]).changes).toEqual([
      {
        ...{ action: 'update', kind: 'addon', name: 'traefik' },
        detail: 'applied again: it was named',
      },
    ]);
    expect(plan(['hcloud_ccm'], [outdated]).apply).toEqual(['hcloud-ccm']);
  });

  test('has the experimental definitions of the Gateway API where they are wanted instead of standard ones', () => {
    const asked = clusterOf(
      1,
      1,
      `cilium: { version: 1.19.6 }\n${onlyAddons({ gateway_api: { channel: 'experimental' } })}`,
    );
    const standard = installedFor(asked);
    const input = {
      ...{ config: asked, view: { workloads: all, nodes: [] }, names: [], cost },
      ...{ tokenSource: 'HCLOUD_TOKEN', impossible: [] },
    };
    expect(planAddons({ ...input, installed: standard }).changes).toEqual([
      {
        ...{ action: 'update', kind: 'gateway-api', name: 'demo' },
        detail: 'standard → experimental',
      },
    ]);
    const definitions = gatewayDefinitions('v1.4.1', 'experimental');
    expect(planAddons({ ...input, installed: { ...standard, definitions } }).changes).toEqual([]);
  });

  test('says from where the token comes that is put into the cluster', () => {
    expect(plan(['hcloud-ccm'], []).notes.join()).toContain('the API token from HCLOUD_TOKEN');
  });

  test.each([
    ['argocd', 'the addon argocd is switched off in cluster.yaml'],
    ['nginx', 'there is no addon "nginx"'],
    ['talos-ccm', 'no control plane was made with what it needs'],
  ])('refuses %s', (name, message) => {
    expect(() => plan([name], [])).toThrow(message);
  });
});

describe('the removal of an addon', () => {
  test('tells what stays, who needs it and that the file still asks for it', () => {
    const installed = [found('hcloud-ccm'), found('traefik')];
    const leaves = [{ kind: 'load-balancer' as const, name: 'a1', detail: 'lb11', why: 'stays' }];
    const removal = planAddonRemoval({ config, name: 'hcloud-ccm', installed, leaves, cost });
    expect(removal).toMatchObject({
      changes: [{ action: 'delete', kind: 'addon', name: 'hcloud-ccm', detail: '1.0.0' }],
      stays: leaves,
    });
    expect(removal.warnings[0]).toBe('traefik needs it.');
    expect(removal.warnings[1]).toContain('cluster.yaml still asks for it');
    expect(removal.notes.join()).toContain('Load balancers of Services stay');
  });

  test('is refused for what the cluster cannot be without', () => {
    expect(() => removableName(config, 'cilium')).toThrow(UsageError);
    expect(() => removableName(config, 'nginx')).toThrow('there is no addon "nginx"');
    expect(removableName(config, 'cert_manager')).toBe('cert-manager');
  });
});
