import { describe, expect, test } from 'vitest';
import { planEtcd } from '../../../../src/cluster/plan/create/etcd-plan.js';
import { plannedServers } from '../../../../src/cluster/plan/planned-servers.js';
import { discoveryIsOff } from '../../../../src/cluster/talos/discovery.js';
import type { EtcdMemberView, EtcdSeen } from '../../../../src/cluster/talos/etcd.js';
import { catalogueOf, clusterOf, existingServer, nothing } from '../../fixtures.js';

const removal = (id: string): string => `talosctl etcd remove-member ${id}`;

interface Case {
  readonly count: number;
  /** Indices of the control planes whose servers exist. */
  readonly exist: readonly number[];
  readonly off?: readonly number[];
  readonly members: readonly EtcdMemberView[];
  readonly more?: string;
}

function member(index: number, more: Partial<EtcdMemberView> = {}): EtcdMemberView {
  const name = `demo-cp-${index}`;
  return {
    ...{ id: `a${index}`, hostname: name, server: name, learner: false, healthy: true },
    ...more,
  };
}

const gone = (index: number, more: Partial<EtcdMemberView> = {}) =>
  member(index, { server: undefined, healthy: false, ...more });
const sick = (index: number) => member(index, { healthy: false });

function planOf({ count, exist, off = [], members, more = '' }: Case) {
  const config = clusterOf(count, 0, more);
  const state = {
    ...nothing,
    servers: exist.map((index) =>
      existingServer('control-plane', 'cp', index, {
        status: off.includes(index) ? 'off' : 'running',
        privateIp: `10.0.1.${255 - index}`,
      }),
    ),
  };
  const images = new Map([['cx23', 501]]);
  const servers = plannedServers({ config, state, catalogue: catalogueOf(), images });
  const seen: EtcdSeen = { kind: 'running', members, removal };
  return planEtcd({ config, servers, seen });
}

const textOf = (wanted: Case): readonly string[] =>
  planOf(wanted).changes.map(({ action, kind, name, detail }) =>
    [action, kind, name, detail].join(' '),
  );

describe('the plan for etcd', () => {
  test('of a whole cluster is empty', () => {
    const members = [member(1), member(2), member(3)];
    expect(planOf({ count: 3, exist: [1, 2, 3], members })).toEqual({ changes: [], gone: [] });
  });

  test('removes members whose servers are gone, learners among them', () => {
    const members = [member(1), member(2), member(3), gone(4), gone(5, { learner: true })];
    expect(textOf({ count: 5, exist: [1, 2, 3], members })).toEqual([
      'delete etcd-member demo-cp-4 a4, its server is gone',
      'delete etcd-member demo-cp-5 a5, its server is gone',
    ]);
  });

  test('names one that never told its name by its id', () => {
    const members = [member(1), gone(2, { hostname: '', learner: true })];
    expect(textOf({ count: 1, exist: [1], members })).toEqual([
      'delete etcd-member a2 a2, its server is gone',
    ]);
  });

  test('has what runs and is no voter join, and what is a sick one waited for', () => {
    const members = [member(1), member(2, { learner: true })];
    expect(textOf({ count: 3, exist: [1, 2, 3], members })).toEqual([
      'update server demo-cp-2 join etcd',
      'update server demo-cp-3 join etcd',
    ]);
    expect(
      textOf({ count: 3, exist: [1, 2, 3], members: [member(1), member(2), sick(3)] }),
    ).toEqual(['update server demo-cp-3 wait for its etcd member']);
  });

  test('holds nothing against a control plane that it starts', () => {
    const members = [member(1), member(2), member(3), sick(4), gone(5)];
    expect(textOf({ count: 5, exist: [1, 2, 3, 4], off: [4], members })).toEqual([
      'delete etcd-member demo-cp-5 a5, its server is gone',
    ]);
  });

  test('throws while another member is sick, with the command that removes one by hand', () => {
    const members = [member(1), member(2), member(3), sick(4), gone(5)];
    expect(() => planOf({ count: 5, exist: [1, 2, 3, 4], members })).toThrow(
      expect.objectContaining({
        message:
          'no control plane can join etcd: the etcd member demo-cp-4 (a4) does not answer, and demo-cp-5 (a5) cannot be removed meanwhile\nNothing was changed.',
        hint: expect.stringContaining(removal('a5')) as string,
        exitCode: 3,
      }),
    );
  });

  test('leaves a dead member alone while another one is sick and nobody is to join', () => {
    const members = [member(1), member(2), sick(3), gone(9)];
    expect(textOf({ count: 3, exist: [1, 2, 3], members })).toEqual([
      'update server demo-cp-3 wait for its etcd member',
    ]);
  });

  test('throws when those that stay are no majority', () => {
    const members = [member(1), gone(2), gone(3)];
    expect(() => planOf({ count: 3, exist: [1], members })).toThrow(
      'etcd has no quorum: 1 of 3 members answer, 2 are needed',
    );
  });

  test('asks for discovery when the holder of the endpoint address is made again', () => {
    const members = [gone(1), member(2), member(3)];
    const more = 'talos: { control_plane_patches: ["cluster: { discovery: { enabled: false } }"] }';
    const missing = { count: 3, exist: [2, 3], members };
    expect(planOf(missing).gone).toHaveLength(1);
    expect(() => planOf({ ...missing, more })).toThrow("demo-cp-1 could not find etcd's members");
    const another = { count: 3, exist: [1, 2], members: [member(1), member(2), gone(3)], more };
    expect(planOf(another).gone).toHaveLength(1);
  });
});

describe('discovery', () => {
  test.each([
    ['[]', false],
    ['["cluster: { discovery: { enabled: false } }"]', true],
    ['["cluster: { discovery: { registries: { service: { disabled: true } } } }"]', true],
    [
      '["cluster: { discovery: { enabled: false } }", "cluster: { discovery: { enabled: true } }"]',
      false,
    ],
    ['["machine: { sysctls: { a: b } }"]', false],
  ])('with the patches %s: off is %s', (patches, off) => {
    expect(discoveryIsOff(clusterOf(3, 0, `talos: { config_patches: ${patches} }`))).toBe(off);
  });
});
