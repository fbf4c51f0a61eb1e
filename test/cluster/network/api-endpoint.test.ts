import { describe, expect, test } from 'vitest';
import {
  apiEndpoint,
  isOneOfMany,
  withFoundEndpoint,
} from '../../../src/cluster/network/api-endpoint.js';
import { endpointNotes } from '../../../src/cluster/plan/create/balancer-plan.js';
import { balancerDifferences } from '../../../src/cluster/plan/differences/balancer-differences.js';
import type { ClusterState } from '../../../src/cluster/state/cluster-state.js';
import type { LoadBalancerState } from '../../../src/cluster/state/load-balancer.js';
import { parseConfig } from '../../../src/config/load.js';
import type { ClusterConfig } from '../../../src/config/schema.js';
import { existingServer, nothing } from '../fixtures.js';

function configOf(count: number, more = ''): ClusterConfig {
  const text = `cluster_name: demo
hcloud: { location: nbg1 }
control_planes: [{ name: cp, server_type: cx23, count: ${count} }]
${more}
`;
  return parseConfig(text, { file: 'cluster.yaml' });
}

const named = 'talos: { cluster_endpoint: "https://k8s.example.com:6443" }';
const cp = (privateIp: string, labels = {}) =>
  existingServer('control-plane', 'cp', 1, { privateIp, labels });
const balancer = { privateIp: '10.0.1.254', targets: [], services: [] } as unknown;
const madeBalancer = balancer as LoadBalancerState;
const balanced = { 'api-endpoint': 'load-balancer' };

describe('a cluster.yaml that says nothing of the endpoint', () => {
  test.each([
    [1, '', 'first'],
    [3, '', 'load_balancer'],
    [9, '', 'load_balancer'],
    [3, named, 'dns'],
    [3, 'api: { endpoint: first }', 'first'],
    [1, 'api: { endpoint: load_balancer }', 'load_balancer'],
  ])('means for %i control planes, %s: %s', (count, more, wanted) => {
    expect(apiEndpoint(configOf(count, more))).toBe(wanted);
  });

  const worlds: readonly (readonly [string, Partial<ClusterState>, number, string])[] = [
    ['of which nothing is there', {}, 3, 'load_balancer'],
    ['that was made with its first control plane', { servers: [cp('10.0.1.254')] }, 3, 'first'],
    ['whose first control plane is gone', { servers: [cp('10.0.1.253')] }, 3, 'first'],
    [
      'with a load balancer, scaled down to one',
      { servers: [cp('10.0.1.253', balanced)], balancer: madeBalancer },
      ...([1, 'load_balancer'] as const),
    ],
    [
      'whose load balancer somebody deleted',
      { servers: [cp('10.0.1.253', balanced)] },
      ...([1, 'load_balancer'] as const),
    ],
    [
      'whose create was stopped while the load balancer was in no network',
      { balancer: { ...madeBalancer, privateIp: undefined } },
      ...([1, 'load_balancer'] as const),
    ],
  ];
  test.each(worlds)('goes by a cluster %s', (_, world, count, wanted) => {
    const state = { ...nothing, ...world };
    const config = withFoundEndpoint(configOf(count), state);
    expect(apiEndpoint(config)).toBe(wanted);
    const { privateIp } = state.balancer ?? {};
    const about = balancerDifferences(config, {
      ...state,
      balancer: privateIp === undefined ? undefined : state.balancer,
    });
    expect(about.filter(({ key }) => key === 'api.endpoint')).toEqual([]);
  });

  test('names a cluster by a name that came later as what it is', () => {
    const servers = [cp('10.0.1.254')];
    expect(apiEndpoint(withFoundEndpoint(configOf(3, named), { ...nothing, servers }))).toBe('dns');
    const found = { ...nothing, servers: [cp('10.0.1.253', balanced)], balancer: madeBalancer };
    expect(apiEndpoint(withFoundEndpoint(configOf(3, named), found))).toBe('load_balancer');
  });

  test('is told what a load balancer needs when control planes are added, and only then', () => {
    const config = withFoundEndpoint(configOf(3), { ...nothing, servers: [cp('10.0.1.254')] });
    expect(isOneOfMany(config)).toBe(true);
    expect(endpointNotes(config, { keepsEndpoint: true, added: 2 })).toEqual([
      expect.stringContaining('The first control plane stays the endpoint'),
    ]);
    expect(endpointNotes(config, { keepsEndpoint: true, added: 0 })).toEqual([]);
    expect(endpointNotes(config, { keepsEndpoint: false, added: 2 })).toEqual([]);
    expect(endpointNotes(configOf(3), { keepsEndpoint: true, added: 3 })).toEqual([]);
  });
});

test('what a stopped create has made for another endpoint is named with the way out', () => {
  const config = configOf(3, 'api: { endpoint: first }');
  expect(balancerDifferences(config, { ...nothing, balancer: madeBalancer })).toMatchObject([
    { key: 'api.endpoint', found: 'load_balancer', wanted: 'first', effect: 'impossible' },
  ]);
});
