import { describe, expect, test } from 'vitest';
import { fileRemarks } from '../../../../src/cluster/plan/create/file-remarks.js';
import { planCreate } from '../../../../src/cluster/plan/create/create-plan.js';
import type { ClusterConfig } from '../../../../src/config/schema.js';
import { catalogueOf, clusterOf, configOf, existingServer, nothing } from '../../fixtures.js';

const oneFor = (location: string) =>
  `{ name: cp-${location}, server_type: cx23, location: ${location} }`;
const spreadAdvice =
  'the locations of a pool are fallbacks, it is not spread over them. ' +
  'For one in each of nbg1 and hel1, write a pool with its own location for each.';

describe('control planes with several locations', () => {
  test.each([
    [
      'of one pool',
      '{ name: cp, server_type: cx23, count: 3, locations: [nbg1, hel1] }',
      [`All 3 control planes will be in nbg1: ${spreadAdvice}`],
    ],
    [
      'of several pools with the same first one',
      [1, 2, 3].map((i) => `{ name: cp-${i}, server_type: cx23, locations: [nbg1, hel1] }`).join(),
      [`All 3 control planes will be in nbg1: ${spreadAdvice}`],
    ],
    [
      'of several pools that fall back on each other',
      [
        '{ name: a, server_type: cx23, locations: [nbg1, hel1] }',
        '{ name: b, server_type: cx23, count: 2, locations: [hel1, nbg1] }',
      ].join(),
      [],
    ],
    ['of one node', '{ name: cp, server_type: cx23, locations: [nbg1, hel1] }', []],
    ['that are one', '{ name: cp, server_type: cx23, count: 3, location: hel1 }', []],
    ['in pools of their own', [oneFor('nbg1'), oneFor('hel1'), oneFor('fsn1')].join(), []],
  ])('%s', (_, pools, notes) => {
    expect(fileRemarks(configOf(`control_planes: [${pools}]\n`)).notes).toEqual(notes);
  });

  const config = configOf(
    'control_planes: [{ name: cp, server_type: cx23, count: 3, locations: [nbg1, hel1] }]\n',
  );
  const notesWith = (locations: readonly string[]) => {
    const servers = locations.map((location, i) =>
      existingServer('control-plane', 'cp', i + 1, { location, privateIp: `10.0.1.${254 - i}` }),
    );
    return plan(config, servers).notes.filter((note) => note.startsWith('All '));
  };

  test('are told in the plan as long as one is still to be made', () => {
    expect(notesWith([])).toEqual([`All 3 control planes will be in nbg1: ${spreadAdvice}`]);
    expect(notesWith(['nbg1', 'nbg1'])).toHaveLength(1);
    expect(notesWith(['nbg1', 'hel1'])).toEqual([]);
    expect(notesWith(['nbg1', 'nbg1', 'nbg1'])).toEqual([]);
  });
});

test('helm values that oxide keeps are told from the file alone, and in the plan', () => {
  const values =
    '{ kubeProxyReplacement: false, ipam: { mode: kubernetes }, debug: { enabled: true } }';
  const config = clusterOf(1, 1, `cilium: { helm_values: ${values} }`);
  const warning =
    "cilium.helm_values.kubeProxyReplacement is not taken: Talos needs oxide's value.";
  expect(fileRemarks(config).warnings).toEqual([warning]);
  expect(plan(config, []).warnings).toEqual([warning]);
});

function plan(config: ClusterConfig, servers: ReturnType<typeof existingServer>[]) {
  return planCreate({
    config,
    state: { ...nothing, servers },
    catalogue: catalogueOf(),
    allowedCidrs: ['198.51.100.7/32'],
    addedCidrs: [],
    ownIpv4: undefined,
    kubernetes: { running: false, installed: undefined, nodes: [] },
    known: new Map(),
  });
}
