import { describe, expect, test } from 'vitest';
import type { ServerStatus } from '../../../src/cluster/status/report.js';
import { survivalOf, survivalText } from '../../../src/cluster/status/survival.js';
import { existingServer } from '../fixtures.js';

interface Scene {
  readonly count: number;
  readonly healthy?: number;
  /** The placement group of each; the same for all unless given. */
  readonly groups?: readonly (string | undefined)[];
  readonly endpoint?: string;
}

function textOf({ count, healthy = count, groups, endpoint }: Scene): string {
  const state = Array.from({ length: count }, (_, i) =>
    existingServer('control-plane', 'cp', i + 1, {
      placementGroup: groups ? groups[i] : 'demo',
    }),
  );
  const servers = state.map(
    ({ name, role, publicIpv4 }, i) =>
      ({
        ...{ name, role, publicIpv4: publicIpv4 ?? null },
        etcd: { member: 'a', leader: i === 0, healthy: i < healthy },
      }) as ServerStatus,
  );
  return survivalText(survivalOf({ servers, state: { servers: state }, endpoint }));
}

describe('what a cluster outlives', () => {
  test.each<[string, Scene]>([
    ['no failure of a control plane', { count: 1 }],
    ['any one control plane, any one host', { count: 3 }],
    ['no failure of a control plane', { count: 3, healthy: 2 }],
    ['any 2 control planes, any one host', { count: 5 }],
    [
      'any one control plane, but a host may have 3 of them',
      { count: 3, groups: [undefined, undefined, undefined] },
    ],
    [
      'any 2 control planes, any one host',
      { count: 5, groups: ['demo', 'demo', 'demo', 'demo', undefined] },
    ],
    ['not known: etcd could not be asked', { count: 3, healthy: 0 }],
  ])('%s', (text, scene) => {
    expect(textOf(scene)).toBe(text);
  });

  test('is less for users whose kubeconfig leads to one control plane', () => {
    const { publicIpv4 } = existingServer('control-plane', 'cp', 1);
    expect(textOf({ count: 3, endpoint: `https://${publicIpv4 ?? ''}:6443` })).toBe(
      'any one control plane, any one host; the kubeconfig leads to one',
    );
  });
});
