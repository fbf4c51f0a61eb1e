import { describe, expect, test } from 'vitest';
import { wantedRules } from '../../../../src/cluster/network/firewall-rules.js';
import { planCreate } from '../../../../src/cluster/plan/create/create-plan.js';
import type { PlanInput } from '../../../../src/cluster/plan/plan.js';
import type { ClusterState, NetworkState } from '../../../../src/cluster/state/cluster-state.js';
import { oxide } from '../../../../src/lib/commands.js';
import {
  catalogueOf,
  clusterOf,
  configOf,
  existingServer,
  installedFor,
  nothing,
} from '../../fixtures.js';

const mine = ['203.0.113.7/32'];

function plan(input: Partial<PlanInput>) {
  return planCreate({
    config: clusterOf(1, 2),
    state: nothing,
    catalogue: catalogueOf(),
    allowedCidrs: mine,
    addedCidrs: [],
    ownIpv4: '203.0.113.7',
    kubernetes: {
      running: true,
      installed: installedFor(input.config ?? clusterOf(1, 2)),
      nodes: [],
    },
    known: new Map(),
    ...input,
  });
}

function names(input: Partial<PlanInput>): string[] {
  return plan(input).changes.map(({ action, kind, name, detail }) =>
    [action, kind, name, detail].join(' '),
  );
}

const network: NetworkState = {
  id: 1,
  name: 'demo',
  cidr: '10.0.0.0/16',
  subnets: [{ cidr: '10.0.1.0/24', zone: 'eu-central' }],
  deleteProtected: false,
  labels: {},
};

/** Everything that a cluster of one control plane and two workers has. */
const complete: ClusterState = {
  ...nothing,
  network,
  firewall: {
    id: 2,
    name: 'demo',
    rules: wantedRules({ allowedCidrs: mine, extraRules: [] }),
    labels: {},
  },
  sshKey: { id: 3, name: 'demo', publicKey: 'ssh-ed25519 A', fingerprint: 'b7', labels: {} },
  servers: [
    existingServer('control-plane', 'cp', 1, { privateIp: '10.0.1.254' }),
    existingServer('worker', 'web', 1, { privateIp: '10.0.1.1' }),
    existingServer('worker', 'web', 2, { privateIp: '10.0.1.2' }),
  ],
};

describe('the plan of a new cluster', () => {
  test('lists everything in the order in which it is made', () => {
    expect(names({ config: clusterOf(3, 2) })).toEqual([
      'create network demo 10.0.0.0/16, subnet 10.0.1.0/24 in eu-central',
      'create firewall demo 6443 and 50000 from 203.0.113.7/32',
      'create ssh-key demo ed25519',
      'create placement-group demo spreads the control planes over hosts',
      'create placement-group demo-web-1 spreads web over hosts',
      'create server demo-cp-1 cx23 in nbg1',
      'create server demo-cp-2 cx23 in nbg1',
      'create server demo-cp-3 cx23 in nbg1',
      'create server demo-web-1 cx33 in nbg1',
      'create server demo-web-2 cx33 in nbg1',
    ]);
  });

  test('is data with all that a server needs', () => {
    expect(plan({}).servers[0]).toEqual({
      name: 'demo-cp-1',
      role: 'control-plane',
      pool: 'cp',
      index: 1,
      type: 'cx23',
      location: 'nbg1',
      candidates: [{ type: 'cx23', location: 'nbg1' }],
      privateIp: '10.0.1.254',
      imageId: 501,
      group: { name: 'demo', isMust: true },
      existing: undefined,
      labels: {
        'managed-by': 'oxide',
        cluster: 'demo',
        role: 'control-plane',
        pool: 'cp',
        index: '1',
        'talos-version': 'v1.13.9',
        'config-hash': expect.stringMatching(/^[0-9a-f]{12}$/) as string,
      },
    });
    expect(plan({}).servers[1]).toMatchObject({ name: 'demo-web-1', privateIp: undefined });
  });

  test('tells what it costs per month, with the public addresses', () => {
    expect(plan({}).cost).toEqual({
      now: { net: 0, gross: 0, currency: 'EUR' },
      after: { net: 23.97, gross: 28.53, currency: 'EUR' },
    });
    expect(plan({}).changes.find(({ name }) => name === 'demo-cp-1')?.monthly).toEqual({
      net: 5.99,
      gross: 7.13,
      currency: 'EUR',
    });
  });

  test('gives control planes of several pools their own addresses', () => {
    const config = configOf(`control_planes:
  - { name: a, server_type: cx23 }
  - { name: b, server_type: cx33, count: 2, location: hel1 }`);
    expect(plan({ config }).servers.map((s) => [s.name, s.location, s.privateIp])).toEqual([
      ['demo-a-1', 'nbg1', '10.0.1.254'],
      ['demo-b-1', 'hel1', '10.0.1.253'],
      ['demo-b-2', 'hel1', '10.0.1.252'],
    ]);
  });

  test('warns of versions that are not tested together', () => {
    const config = clusterOf(1, 0, 'cilium: { version: 1.17.8 }');
    expect(plan({ config }).warnings).toEqual([
      'Cilium 1.17.8 is tested with Kubernetes 1.29 to 1.32, not with 1.36.6.',
    ]);
  });
});

describe('the plan of an existing cluster', () => {
  test('is empty when it is complete', () => {
    const { changes, notes, warnings, cost } = plan({ state: complete });
    expect({ changes, notes, warnings }).toEqual({ changes: [], notes: [], warnings: [] });
    expect(cost.now).toEqual(cost.after);
  });

  test('has just the rest when it is half made', () => {
    const state: ClusterState = {
      ...complete,
      network: { ...network, subnets: [] },
      sshKey: undefined,
      servers: [
        existingServer('control-plane', 'cp', 1, { privateIp: undefined, status: 'off' }),
        existingServer('worker', 'web', 2, { status: 'off' }),
      ],
    };
    expect(names({ state })).toEqual([
      'create subnet demo 10.0.1.0/24 in eu-central',
      'create ssh-key demo ed25519',
      'create placement-group demo-web-1 spreads web over hosts',
      'update server demo-cp-1 attach to the network and start',
      'create server demo-web-1 cx33 in nbg1',
      'update server demo-web-2 start',
    ]);
  });

  test('gives the address of a control plane that is missing to no other', () => {
    const state = {
      ...complete,
      servers: [existingServer('control-plane', 'cp', 2, { privateIp: '10.0.1.253' })],
    };
    const { servers } = plan({ state, config: clusterOf(3, 0) });
    expect(servers.map(({ name, privateIp }) => [name, privateIp])).toEqual([
      ['demo-cp-1', '10.0.1.254'],
      ['demo-cp-2', '10.0.1.253'],
      ['demo-cp-3', '10.0.1.252'],
    ]);
  });

  test('updates the firewall when the own address has changed', () => {
    const allowedCidrs = ['198.51.100.4/32'];
    expect(names({ state: complete, allowedCidrs })).toEqual([
      'update firewall demo + tcp 6443 and tcp 50000 from 198.51.100.4/32, - tcp 6443 and tcp 50000 from 203.0.113.7/32',
    ]);
  });

  test('keeps whom allow-me added beside the list of cluster.yaml', () => {
    const addedCidrs = ['192.0.2.9/32'];
    const rules = wantedRules({ allowedCidrs: mine, addedCidrs, extraRules: [] });
    const state = { ...complete, firewall: { id: 2, name: 'demo', rules, labels: {} } };
    expect(names({ state, addedCidrs })).toEqual([]);
    expect(names({ state })).toEqual([
      'update firewall demo - tcp 6443 and tcp 50000 from 192.0.2.9/32',
    ]);
  });

  test('warns when its firewall would leave this machine out', () => {
    expect(plan({ ownIpv4: '198.51.100.4' }).warnings).toEqual([
      'The firewall will admit 203.0.113.7/32, and this machine is 198.51.100.4: a create asks whether to add it.',
    ]);
    expect(plan({ ownIpv4: undefined }).warnings).toEqual([]);
  });

  test('warns when the world is let in', () => {
    expect(plan({ allowedCidrs: ['0.0.0.0/0'] }).warnings).toEqual([
      'The firewall rule "Kubernetes API" lets the internet reach 6443: it admits 0.0.0.0/0.',
      'The firewall rule "Talos API" lets the internet reach 50000: it admits 0.0.0.0/0.',
    ]);
  });

  test('says when Kubernetes could not be asked behind the present firewall', () => {
    const moved = { allowedCidrs: [...mine, '198.51.100.4/32'], ownIpv4: '198.51.100.4' };
    expect(plan({ state: complete, ...moved }).notes).toEqual([
      'Kubernetes could not be asked, because the firewall does not admit this machine yet; what is there stays.',
    ]);
    expect(plan({ ...moved }).notes).toEqual([]);
  });

  test('refuses more addresses than Hetzner takes in a rule', () => {
    const many = Array.from({ length: 101 }, (_, i) => `198.51.100.${i}/32`);
    expect(() => plan({ allowedCidrs: many })).toThrow(
      'the firewall rule "Kubernetes API" would admit 101 ranges, and Hetzner takes 100',
    );
  });

  test('names what Kubernetes still lacks when all servers are there', () => {
    const none = { running: false, installed: undefined, nodes: [] };
    expect(names({ state: complete, kubernetes: none })).toEqual([
      'create kubernetes demo 1.36.6 on Talos v1.13.9',
      'create gateway-api demo v1.6.1',
      'create cilium demo 1.20.4',
      'create network-policy demo keeps pods from 169.254.169.254',
    ]);
    expect(
      names({
        state: complete,
        kubernetes: {
          running: true,
          installed: {
            ...installedFor(clusterOf(1, 2)),
            ...{ cilium: undefined, metadataBlocked: false },
          },
          nodes: [],
        },
      }),
    ).toEqual([
      'create cilium demo 1.20.4',
      'create network-policy demo keeps pods from 169.254.169.254',
    ]);
  });

  test('counts the servers that exist, whichever indices they have', () => {
    const servers = [
      existingServer('control-plane', 'cp', 1, { privateIp: '10.0.1.254' }),
      existingServer('worker', 'web', 2, { privateIp: '10.0.1.1' }),
      existingServer('worker', 'web', 3, { privateIp: '10.0.1.2' }),
    ];
    expect(names({ state: { ...complete, servers } })).toEqual([]);
    expect(names({ state: { ...complete, servers: servers.slice(0, 2) } })).toEqual([
      'create placement-group demo-web-1 spreads web over hosts',
      'create server demo-web-1 cx33 in nbg1',
    ]);
  });

  test('does not start a server again whose removal was begun', () => {
    const labels = { removal: 'reset' };
    const servers = [
      ...complete.servers,
      existingServer('worker', 'web', 3, { status: 'off', labels }),
    ];
    expect(() => plan({ state: { ...complete, servers } })).toThrow(
      'the removal of demo-web-3 was begun and not finished',
    );
  });

  test('never deletes: servers that are too many or of another kind are kept and named', () => {
    const config = configOf(`control_planes: [{ name: cp, server_type: cx33 }]
workers: [{ name: web, server_type: cx33 }]`);
    const { changes, left } = plan({ state: complete, config });
    expect(changes).toEqual([]);
    expect(left).toMatchObject([
      {
        key: 'control_planes.cp.server_type',
        servers: ['demo-cp-1'],
        found: 'cx23',
        wanted: 'cx33',
      },
      {
        ...{
          key: 'workers.web.count',
          servers: ['demo-web-2'],
          found: 'cx33 in nbg1',
          wanted: null,
        },
        way: oxide`scale worker --pool web --count 1`,
      },
    ]);
  });

  test('goes by labels, whatever a server is called', () => {
    const [first, ...rest] = complete.servers;
    if (!first) throw new Error('no server');
    const state = { ...complete, servers: [{ ...first, name: 'renamed' }, ...rest] };
    expect(names({ state })).toEqual([]);
  });

  test('warns of a server that is not behind the firewall', () => {
    const open = existingServer('worker', 'web', 1, { firewallIds: [] });
    const state = {
      ...complete,
      servers: [...complete.servers.filter((s) => s.name !== open.name), open],
    };
    expect(plan({ state }).warnings).toEqual([
      'demo-web-1 is not behind the firewall of the cluster.',
    ]);
  });
});

describe('no plan is made', () => {
  test("when somebody else's resources have the names", () => {
    const state: ClusterState = {
      ...nothing,
      foreign: [
        { kind: 'network', id: 77, name: 'demo' },
        { kind: 'server', id: 78, name: 'demo-cp-1' },
      ],
    };
    expect(() => plan({ state })).toThrow(
      expect.objectContaining({
        message: `these resources have names that the cluster "demo" needs, but not its labels:
  network demo (id 77)
  server demo-cp-1 (id 78)`,
        exitCode: 3,
      }),
    );
  });

  test('when the existing network has another range', () => {
    const state = { ...complete, network: { ...network, cidr: '10.8.0.0/16' } };
    expect(() => plan({ state })).toThrow(
      'the network demo (id 1) is 10.8.0.0/16, cluster.yaml says 10.0.0.0/16',
    );
  });

  test('when the existing network is in another zone', () => {
    const subnets = [{ cidr: '10.0.1.0/24', zone: 'us-east' }];
    const state = { ...complete, network: { ...network, subnets } };
    expect(() => plan({ state })).toThrow(
      'the network demo (id 1) has its subnet 10.0.1.0/24 in the zone us-east, the location of cluster.yaml is in eu-central',
    );
  });
});
