import { expect, test } from 'vitest';
import { failingAddons, type AddonsView } from '../../../src/cluster/kubernetes/addon-health.js';
import type { InstalledAddon } from '../../../src/cluster/kubernetes/installed.js';
import { addonStates, offAddons } from '../../../src/cluster/status/addon-states.js';
import { onlyAddons } from '../../helpers/cluster-yaml.js';
import { clusterOf, installedFor } from '../fixtures.js';

const config = clusterOf(1, 1, onlyAddons({ hcloud_ccm: { enabled: true } }));
const ccm: InstalledAddon = {
  ...{ name: 'hcloud-ccm', wanted: '1.35.0', version: '1.35.0' },
  ...{ status: 'deployed', same: true },
};
const workload = (name: string, available = 1, wanted = 1, namespace = 'kube-system') => ({
  ...{ name, namespace, release: undefined, wanted, available },
  complete: available >= wanted,
});
const daemon = 'daemonset/hcloud-cloud-controller-manager';
const network = [workload('daemonset/cilium'), workload('deployment/cilium-operator')];

function stateOf(addon: InstalledAddon, view: Partial<AddonsView> = {}) {
  const installed = { ...installedFor(config), addons: [addon] };
  const seen = { installed, view: { workloads: network, nodes: [], ...view } };
  const states = addonStates(config, seen);
  return { states, own: states.find(({ name }) => name === addon.name), seen };
}

test('an addon works when its workloads do and no node waits for it', () => {
  const workloads = [...network, workload(daemon)];
  expect(stateOf(ccm, { workloads }).own).toEqual({
    ...{ name: 'hcloud-ccm', kind: 'addon', wanted: '1.35.0', installed: '1.35.0' },
    ...{ state: 'works', asWanted: true, why: null },
  });
  const nodes = [{ name: 'demo-web-1', internalIp: undefined, uninitialized: true }];
  expect(stateOf(ccm, { workloads, nodes }).own?.why).toContain(
    'the cloud controller has not met demo-web-1',
  );
});

test.each([
  [[], `${daemon} is not there yet`],
  [[workload(daemon, 0)], `${daemon}: 0 of 1 ready`],
  [[workload(daemon, 0, 0)], `${daemon} is to have no pods`],
  [[workload(daemon, 1, 1, 'default')], `${daemon} is not there yet`],
])('one that does not work says why (%#)', (own, why) => {
  const { own: state, seen } = stateOf(ccm, { workloads: [...network, ...own] });
  expect(state).toMatchObject({ state: 'not-working', why });
  expect(failingAddons(config, seen).map(({ addon }) => addon.name)).toEqual(['hcloud-ccm']);
});

test('what is missing, half made or not asked for is called so, and what could be switched on is known', () => {
  const missing = { ...ccm, status: undefined, version: undefined, same: false };
  expect(stateOf(missing).own).toMatchObject({ state: 'not-installed', installed: null });
  const half = { ...ccm, status: 'pending-install', same: false };
  expect(stateOf(half).own).toMatchObject({
    state: 'half-installed',
    why: 'helm calls its release pending-install',
  });
  const surplus = { ...ccm, name: 'traefik', wanted: undefined, same: false };
  const { own, states, seen } = stateOf(surplus);
  expect(own).toMatchObject({ state: 'surplus', wanted: null });
  expect(failingAddons(config, seen)).toEqual([]);
  expect(offAddons(states)).toContain('argocd');
  expect(offAddons(states)).not.toContain('traefik');
});

test('Cilium and the Gateway API are among them', () => {
  const { states } = stateOf(ccm, { workloads: [] });
  expect(states.slice(0, 2)).toMatchObject([
    { name: 'gateway-api', state: 'works', asWanted: true },
    {
      name: 'cilium',
      state: 'not-working',
      asWanted: true,
      why: 'daemonset/cilium is not there yet',
    },
  ]);
});
