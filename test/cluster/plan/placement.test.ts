import { describe, expect, test } from 'vitest';
import { placementLabels } from '../../../src/cluster/state/labels.js';
import type {
  ClusterState,
  PlacementGroupState,
} from '../../../src/cluster/state/cluster-state.js';
import { emptiedGroups, groupChanges, placeServers } from '../../../src/cluster/plan/placement.js';
import { plannedServers } from '../../../src/cluster/plan/planned-servers.js';
import type { ClusterConfig } from '../../../src/config/schema.js';
import { catalogueOf, clusterOf, configOf, existingServer, nothing } from '../fixtures.js';

function placed(config: ClusterConfig, more: Partial<ClusterState> = {}) {
  const state = { ...nothing, ...more };
  const images = new Map([
    ['cx23', 501],
    ['cx33', 501],
  ]);
  const { servers, groups } = placeServers(
    config,
    state,
    plannedServers({ config, state, catalogue: catalogueOf(), images }),
  );
  const sizes: Record<string, number> = {};
  for (const { group } of servers) {
    const name = group?.name ?? 'none';
    sizes[name] = (sizes[name] ?? 0) + 1;
  }
  return { servers, groups, sizes };
}

function group(
  name: string,
  index: number,
  serverIds: readonly number[],
  pool = 'web',
): PlacementGroupState {
  const labels = placementLabels('demo', { role: 'worker', pool, index });
  return { id: 70 + index, name, serverIds, labels };
}

const ids = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i + 1);

describe('new servers', () => {
  test('are put into one group of the control planes, and one for ten of a pool', () => {
    const { sizes, groups } = placed(clusterOf(3, 25));
    expect(sizes).toEqual({ demo: 3, 'demo-web-1': 10, 'demo-web-2': 10, 'demo-web-3': 5 });
    expect(groups.map(({ labels }) => labels)).toEqual([
      { 'managed-by': 'oxide', cluster: 'demo', role: 'control-plane', index: '1' },
      ...['1', '2', '3'].map((index) => ({
        ...{ 'managed-by': 'oxide', cluster: 'demo', role: 'worker', pool: 'web', index },
      })),
    ]);
  });

  test('fill the groups that have free places first', () => {
    const placementGroups = [
      group('demo-web-1', 1, ids(10)),
      group('demo-web-3', 3, ids(8)),
      group('demo-api-1', 1, [], 'api'),
    ];
    const { sizes, groups } = placed(clusterOf(1, 4), { placementGroups });
    expect(sizes).toEqual({ demo: 1, 'demo-web-3': 2, 'demo-web-2': 2 });
    expect(groupChanges(groups).map(({ name }) => name)).toEqual(['demo', 'demo-web-2']);
  });

  test('of a pool without placement are in none, and what exists stays where it is', () => {
    const config = configOf(`control_planes: [{ name: cp, server_type: cx23 }]
workers:
  - { name: web, server_type: cx33, placement: none }
  - { name: api, server_type: cx33, placement: best-effort }`);
    const servers = [existingServer('control-plane', 'cp', 1)];
    const { servers: planned, sizes } = placed(config, { servers });
    expect(sizes).toEqual({ none: 2, 'demo-api-1': 1 });
    expect(planned.flatMap(({ group: of }) => of ?? [])).toEqual([
      { name: 'demo-api-1', isMust: false },
    ]);
  });

  test('get another number where somebody else has the name', () => {
    const { sizes } = placed(clusterOf(1, 1), { otherGroups: ['demo', 'demo-web-1'] });
    expect(sizes).toEqual({ 'demo-2': 1, 'demo-web-2': 1 });
  });

  test('are refused where the project may not have so many groups', () => {
    const others = (count: number) => ids(count).map((id) => `other-${id}`);
    expect(placed(clusterOf(1, 11), { otherGroups: others(47) }).groups).toHaveLength(3);
    expect(() => placed(clusterOf(1, 11), { otherGroups: others(48) })).toThrow(
      'this needs 3 more placement groups, and the project has 48 of 50 that Hetzner allows',
    );
  });
});

describe('groups that are emptied', () => {
  const crowd = { role: 'worker', pool: 'web' } as const;

  test('are those of the pool whose servers all go, and those that an earlier run left', () => {
    const groups = [
      group('demo-web-1', 1, [1, 2]),
      group('demo-web-2', 2, [3]),
      group('demo-web-3', 3, []),
      group('demo-api-1', 1, [], 'api'),
    ];
    const remove = [{ id: 2 }, { id: 3 }];
    const emptied = emptiedGroups(groups, crowd, { remove, used: [] });
    expect(emptied.map(({ name }) => name)).toEqual(['demo-web-2', 'demo-web-3']);
  });
});
