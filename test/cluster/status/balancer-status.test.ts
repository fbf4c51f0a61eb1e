import { describe, expect, test } from 'vitest';
import { wantedServices } from '../../../src/cluster/network/balancer-services.js';
import type { LoadBalancerState } from '../../../src/cluster/state/load-balancer.js';
import {
  balancerProblems,
  balancerStatus,
  balancerText,
} from '../../../src/cluster/status/balancer-status.js';
import { clusterOf, existingServer, nothing } from '../fixtures.js';

const config = clusterOf(3, 0, 'api: { endpoint: load_balancer }');
const [first, second] = [1, 2].map((index) => existingServer('control-plane', 'cp', index));
const well = [6443, 50_000].map((port) => ({ port, status: 'healthy' }));

function withTargets(targets: LoadBalancerState['targets']) {
  const balancer: LoadBalancerState = {
    ...{ id: 3, name: 'demo', type: 'lb11', location: 'nbg1', isPublic: true },
    ...{ publicIps: ['203.0.113.9', '2001:db8::1'], privateIp: '10.0.1.254', networkIds: [1] },
    ...{ services: wantedServices, targets, deleteProtected: false, labels: {} },
  };
  return { ...nothing, servers: [first, second].flatMap((one) => one ?? []), balancer };
}

describe('the load balancer in a status', () => {
  test('is a problem when it is asked for and not there', () => {
    expect(balancerProblems(config, nothing)).toMatchObject([
      { code: 'missing-load-balancer', message: 'the load balancer does not exist' },
    ]);
    expect(balancerProblems(clusterOf(3, 0), nothing)).toEqual([]);
  });

  test('names targets that it finds unhealthy, and none that it does not know yet', () => {
    const state = withTargets([
      { serverId: first?.id, isPrivate: true, health: well },
      {
        ...{ serverId: second?.id, isPrivate: true },
        health: [
          { port: 6443, status: 'unhealthy', detail: 'layer4_no_connection' },
          { port: 50_000, status: 'unknown' },
        ],
      },
      { serverId: 99, isPrivate: true, health: [{ port: 6443, status: 'unknown' }] },
    ]);
    const found = balancerStatus(state);
    expect(found?.targets).toEqual([
      { server: 'demo-cp-1', health: 'healthy', detail: null },
      { server: 'demo-cp-2', health: 'unhealthy', detail: '6443: layer4_no_connection' },
      { server: null, health: 'unknown', detail: null },
    ]);
    expect(found && balancerText(found)).toBe(
      'demo (lb11 in nbg1) at 203.0.113.9 and 10.0.1.254: 1 of 3 targets healthy',
    );
    expect(balancerProblems(config, state).map(({ message }) => message)).toEqual([
      'the load balancer finds demo-cp-2 unhealthy (6443: layer4_no_connection)',
    ]);
  });
});
