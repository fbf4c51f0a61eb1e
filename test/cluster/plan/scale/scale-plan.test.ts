import { describe, expect, test } from 'vitest';
import { removalObjection, type EtcdMemberView } from '../../../../src/cluster/talos/etcd.js';
import { planScale } from '../../../../src/cluster/plan/scale/scale-plan.js';
import type { ClusterView } from '../../../../src/cluster/plan/scale/scale-input.js';
import type { ScaleWish } from '../../../../src/cluster/plan/scale/scale-pool.js';
import type { ClusterState, ServerState } from '../../../../src/cluster/state/cluster-state.js';
import type { OwnedResource } from '../../../../src/cluster/state/owned-resources.js';
import type { ClusterConfig } from '../../../../src/config/schema.js';
import type { InstalledCharts } from '../../../../src/cluster/kubernetes/installed.js';
import type { Answer } from '../../../../src/lib/answer.js';
import { wantedRules } from '../../../../src/cluster/network/firewall-rules.js';
import {
  catalogueOf,
  clusterOf,
  configOf,
  existingServer,
  installedFor,
  nodeFor,
  nothing,
} from '../../fixtures.js';

/** The last addresses of the subnet, as control planes have them. */
const cp = (index: number, more: Partial<ServerState> = {}): ServerState =>
  existingServer('control-plane', 'cp', index, { privateIp: `10.0.1.${255 - index}`, ...more });
const web = (index: number, more: Partial<ServerState> = {}): ServerState =>
  existingServer('worker', 'web', index, more);

const member = (server: string, more: Partial<EtcdMemberView> = {}): EtcdMemberView => ({
  ...{ id: server, server, hostname: server, learner: false, healthy: true },
  ...more,
});

/** A cluster of these servers in which all is well, unless said otherwise. */
function viewOf(servers: readonly ServerState[], more: Partial<ClusterView> = {}): ClusterView {
  const controlPlanes = servers.filter(({ role }) => role === 'control-plane');
  return {
    versions: { talos: 'v1.13.9', kubernetes: '1.36.6' },
    nodes: servers.map((server) => nodeFor(server)),
    pods: [],
    budgets: [],
    csiVolumeIds: [],
    etcd: controlPlanes.map(({ name }) => member(name)),
    ...more,
  };
}

interface Situation {
  readonly config?: ClusterConfig;
  readonly servers: readonly ServerState[];
  readonly view?: Partial<ClusterView>;
  readonly attached?: readonly OwnedResource[];
  readonly firewall?: ClusterState['firewall'];
  readonly installed?: Answer<InstalledCharts>;
}

function plan(
  { config = clusterOf(1, 3), servers, view, attached = [], firewall, installed }: Situation,
  wish: Partial<ScaleWish>,
) {
  const state: ClusterState = { ...nothing, servers, firewall };
  return planScale({
    config,
    state,
    catalogue: catalogueOf(),
    view: viewOf(servers, view),
    attached,
    ...{ known: new Map(), installed: installed ?? { is: installedFor(config) } },
    wish: { role: 'worker', pool: undefined, count: 1, nodes: [], force: false, ...wish },
  });
}

const namesOf = (servers: readonly { name: string }[]) => servers.map(({ name }) => name);
const unready = (...servers: (ServerState | undefined)[]) =>
  servers.flatMap((server) => (server ? nodeFor(server, { ready: false, reason: 'gone' }) : []));

describe('a plan to scale', () => {
  test('warns of a firewall that lets the internet reach the APIs', () => {
    const rules = wantedRules({ allowedCidrs: ['0.0.0.0/0'], extraRules: [] });
    const firewall = { id: 3, name: 'demo', labels: {}, rules };
    const { warnings } = plan({ servers: [cp(1), web(1)], firewall }, { count: 2 });
    expect(warnings).toContainEqual(expect.stringContaining('6443'));
    expect(plan({ servers: [cp(1), web(1)] }, { count: 2 }).warnings).toEqual([]);
  });

  test('says that its differences are not all, when what is installed cannot be asked', () => {
    const installed = { unknown: 'no answer within 5 s' };
    const { notes } = plan({ servers: [cp(1), web(1)], installed }, { count: 2 });
    expect(notes).toContain(
      'What is installed in Kubernetes could not be compared with cluster.yaml: no answer within 5 s.',
    );
  });
});

describe('a plan that makes nodes', () => {
  test('fills the gaps first, with the price of what is added', () => {
    const found = plan({ servers: [cp(1), web(2), web(5)] }, { count: 4 });
    expect(namesOf(found.add)).toEqual(['demo-web-1', 'demo-web-3']);
    expect(found.changes[1]).toEqual({
      action: 'create',
      kind: 'server',
      name: 'demo-web-1',
      detail: 'cx33 in nbg1',
      monthly: { net: 8.99, gross: 10.7, currency: 'EUR' },
    });
    expect(found.cost.after.net - found.cost.now.net).toBeCloseTo(2 * 8.99);
  });

  test('gives new nodes the versions that the cluster runs, and says so', () => {
    const older = { ...clusterOf(1, 1), talos: clusterOf(1, 1).talos };
    const versions = { talos: 'v1.13.9', kubernetes: '1.33.2' };
    const found = plan(
      { config: older, servers: [cp(1), web(1)], view: { versions } },
      { count: 2 },
    );
    expect(found.config.talos.kubernetes_version).toBe('1.33.2');
    expect(found.notes[0]).toBe(
      'The cluster runs Kubernetes 1.33.2, cluster.yaml says 1.36.6: new nodes get 1.33.2.',
    );
  });

  test('gives a control plane the next free of the fixed addresses', () => {
    const found = plan({ servers: [cp(1), cp(3)] }, { role: 'control-plane', count: 3 });
    expect(found.add.map(({ name, privateIp }) => `${name} ${privateIp ?? ''}`)).toEqual([
      'demo-cp-2 10.0.1.253',
    ]);
  });

  test('warns of an even number of control planes', () => {
    const found = plan({ servers: [cp(1)] }, { role: 'control-plane', count: 2 });
    expect(found.warnings).toEqual([
      '2 control planes bear the loss of 0, as 1 do: an odd number is better.',
    ]);
  });
});

describe('a plan that removes nodes', () => {
  const five = [cp(1), web(1), web(2), web(3), web(4), web(5)];

  test('takes the highest index, after those that are not Ready', () => {
    const nodes = [
      ...viewOf(five).nodes.filter(({ name }) => name !== 'demo-web-2'),
      ...unready(five[2]),
    ];
    const found = plan({ servers: five, view: { nodes } }, { count: 3, force: true });
    expect(namesOf(found.remove)).toEqual(['demo-web-2', 'demo-web-5']);
  });

  test('takes those that are named, and fills up with its own choice', () => {
    const found = plan({ servers: five }, { count: 3, nodes: ['demo-web-1'] });
    expect(namesOf(found.remove)).toEqual(['demo-web-1', 'demo-web-5']);
  });

  test('finishes what an earlier run began before it takes another', () => {
    const begun = web(1, { labels: { ...web(1).labels, removal: 'drain' } });
    const found = plan({ servers: [cp(1), begun, web(2), web(3)] }, { count: 2 });
    expect(namesOf(found.remove)).toEqual(['demo-web-1']);
  });

  test('gives a node back whose removal was begun and is no longer wanted', () => {
    const begun = web(1, { labels: { ...web(1).labels, removal: 'drain' } });
    const found = plan({ servers: [cp(1), begun, web(2)] }, { count: 2 });
    expect(namesOf(found.release)).toEqual(['demo-web-1']);
    expect(found.changes.map(({ action, name }) => `${action} ${name}`)).toEqual([
      'update demo-web-1',
    ]);
  });

  test('replaces a node that was reset already when the number is to stay', () => {
    const spent = web(2, { status: 'off', labels: { ...web(2).labels, removal: 'reset' } });
    const found = plan({ servers: [cp(1), web(1), spent] }, { count: 2 });
    expect(namesOf(found.remove)).toEqual(['demo-web-2']);
    expect(namesOf(found.add)).toEqual(['demo-web-3']);
  });

  test('changes nothing at the present number', () => {
    expect(plan({ servers: five }, { count: 5 }).changes).toEqual([]);
  });

  test('lists which pods move, which are lost and which are held by a budget', () => {
    const pod = { namespace: 'default', node: 'demo-web-5', controller: 'ReplicaSet' };
    const state = { pending: false, ready: true, ending: false, ignoresCordon: false };
    const more = { mirror: false, finished: false, localData: false, labels: {}, ...state };
    const pods = [
      { ...pod, ...more, name: 'web-a' },
      { ...pod, ...more, name: 'agent', controller: 'DaemonSet' },
      { ...pod, ...more, name: 'cache', localData: true },
      { ...pod, ...more, name: 'bare', controller: undefined },
      { ...pod, ...more, name: 'db-0', labels: { app: 'db' } },
    ];
    const budgets = [
      {
        namespace: 'default',
        name: 'db',
        selector: { matchLabels: { app: 'db' }, matchExpressions: [] },
        allowed: 0,
        letsUnreadyGo: false,
      },
      {
        namespace: 'other',
        name: 'all',
        selector: { matchLabels: {}, matchExpressions: [] },
        allowed: 0,
        letsUnreadyGo: false,
      },
    ];
    const found = plan({ servers: five, view: { pods, budgets } }, { count: 4 });
    expect(found.notes).toEqual([
      'demo-web-5: 3 pods will move; lost: the local data of default/cache; default/bare, which nobody makes again',
    ]);
    expect(found.warnings).toEqual([
      'demo-web-5: at present these pods may not be evicted: default/db-0 (budget db)',
    ]);
  });

  test.each([
    [
      'a node that is not Ready without --force',
      { count: 4 },
      unready(five[5]),
      /demo-web-5 cannot be drained/,
    ],
    ['a name that no node has', { count: 4, nodes: ['demo-wbe-1'] }, [], /has no node demo-wbe-1/],
    [
      'more names than nodes that go',
      { count: 4, nodes: ['demo-web-1', 'demo-web-2'] },
      [],
      /names 2 nodes/,
    ],
    ['a pool that is not there', { pool: 'db' }, [], /no worker pool "db"/],
  ])('refuses %s', (_, wish, silent, message) => {
    const names = new Set(namesOf(silent));
    const nodes = [...viewOf(five).nodes.filter(({ name }) => !names.has(name)), ...silent];
    expect(() => plan({ servers: five, view: { nodes } }, wish)).toThrow(message);
  });

  test('refuses a server that is protected against deletion', () => {
    const servers = [cp(1), web(1), web(2, { deleteProtected: true })];
    expect(() => plan({ servers }, { count: 1 })).toThrow('delete protection is on');
  });

  test('refuses a name that is gone unless the others are all that has to go', () => {
    const four = five.filter(({ name }) => name !== 'demo-web-5');
    const nodes = ['demo-web-5', 'demo-web-4'];
    expect(namesOf(plan({ servers: four }, { count: 3, nodes }).remove)).toEqual(['demo-web-4']);
    expect(() => plan({ servers: four }, { count: 2, nodes })).toThrow('has no node demo-web-5');
  });

  test('asks which pool is meant when there are several', () => {
    const config = configOf(`control_planes: [{ name: cp, server_type: cx23, count: 1 }]
workers: [{ name: web, server_type: cx33 }, { name: db, server_type: cx33 }]`);
    expect(() => plan({ config, servers: [cp(1)] }, { count: 2 })).toThrow(
      'there are several worker pools: web and db',
    );
  });
});

describe('control planes', () => {
  const of = (count: number) => Array.from({ length: count }, (_, i) => cp(i + 1));

  test.each<[string, number, EtcdMemberView[], RegExp | undefined]>([
    ['three healthy to two', 2, [], undefined],
    ['three healthy to one', 1, [], undefined],
    [
      'three with a dead one that stays',
      2,
      [member('demo-cp-2', { healthy: false })],
      /demo-cp-2 .*does not answer/,
    ],
    ['three with the dead one that goes', 2, [member('demo-cp-3', { healthy: false })], undefined],
    ['three with a dead one to one', 1, [member('demo-cp-3', { healthy: false })], undefined],
    [
      'three with two dead',
      2,
      [member('demo-cp-2', { healthy: false }), member('demo-cp-3', { healthy: false })],
      /does not answer|no quorum/,
    ],
    [
      'three with a learner that stays',
      2,
      [member('demo-cp-2', { learner: true })],
      /still a learner/,
    ],
    [
      'a member without a server',
      2,
      [member('lost', { server: undefined, healthy: false })],
      /has no server any more/,
    ],
  ])('%s', (_, count, odd, message) => {
    const servers = of(3);
    const etcd = [
      ...viewOf(servers).etcd.filter(({ id }) => !odd.some((other) => other.id === id)),
      ...odd,
    ];
    const act = () =>
      plan({ servers, view: { etcd } }, { role: 'control-plane', count, force: true });
    if (message) expect(act).toThrow(message);
    else expect(act().remove).toHaveLength(3 - count);
  });

  test('never go below one, nor lose the one at whose address the API is', () => {
    const wish = { role: 'control-plane', force: true } as const;
    expect(() => plan({ servers: of(3) }, { ...wish, count: 0 })).toThrow('at least one');
    expect(() => plan({ servers: of(3) }, { ...wish, count: 2, nodes: ['demo-cp-1'] })).toThrow(
      'demo-cp-1 cannot be removed: it has the address 10.0.1.254',
    );
  });

  test('do not join while a member is dead', () => {
    const etcd = [member('demo-cp-1'), member('demo-cp-2', { healthy: false })];
    const act = () => plan({ servers: of(2), view: { etcd } }, { role: 'control-plane', count: 3 });
    expect(act).toThrow('no control plane can join');
  });

  test('of five, with two dead, both dead ones may go, one after the other', () => {
    const dead = ['demo-cp-4', 'demo-cp-5'];
    const members = of(5).map(({ name }) => member(name, { healthy: !dead.includes(name) }));
    expect(
      removalObjection(members, { server: 'demo-cp-5', later: ['demo-cp-4'] }),
    ).toBeUndefined();
    expect(removalObjection(members, { server: 'demo-cp-5', later: [] })).toMatch(/demo-cp-4/);
  });
});

test('a network takes a hundred servers, and no scale plans more', () => {
  const config = configOf(`control_planes: [{ name: cp, server_type: cx23 }]
workers: [{ name: web, server_type: cx33, count: 50 }, { name: db, server_type: cx33, count: 40 }]
`);
  const db = Array.from({ length: 40 }, (_, i) => existingServer('worker', 'db', i + 1));
  const servers = [cp(1), ...db, web(1)];
  expect(plan({ config, servers }, { pool: 'web', count: 59 }).add).toHaveLength(58);
  expect(() => plan({ config, servers }, { pool: 'web', count: 60 })).toThrow(
    '101 servers are more than the 100 that a Hetzner network holds',
  );
});
