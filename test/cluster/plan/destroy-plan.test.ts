import { describe, expect, test } from 'vitest';
import type { OwnedResource, ResourceKind } from '../../../src/cluster/state/owned-resources.js';
import {
  planDestroy,
  refuseHeldNetwork,
  type DestroyInput,
} from '../../../src/cluster/plan/destroy-plan.js';
import { spelled } from '../../helpers/spelling.js';

function resource(
  kind: ResourceKind,
  id: number,
  more: Partial<OwnedResource> = {},
): OwnedResource {
  return {
    ...{ kind, id, name: `demo-${id}`, detail: 'some', monthly: undefined, owner: 'cluster' },
    ...{ deleteProtected: false, usedBy: [], ...more },
  };
}

const euros = (net: number) => ({ net, gross: net, currency: 'EUR' });

function plan(found: readonly OwnedResource[], wish: Partial<DestroyInput> = {}) {
  return planDestroy({
    cluster: 'demo',
    resources: { found, notes: [], currency: 'EUR' },
    ...{ deleteVolumes: false, deleteLoadBalancers: false, ...wish },
  });
}

const stagesOf = ({ stages }: ReturnType<typeof plan>) =>
  stages.map((stage) => stage.map(({ kind, id }) => `${kind} ${id}`));
const reasonsOf = ({ kept }: ReturnType<typeof plan>) =>
  kept.map(({ resource: { kind, id }, why }) => `${kind} ${id} ${why}`);

const [server, other] = [resource('server', 1), resource('server', 2)];
const network = (...usedBy: readonly OwnedResource[]) => resource('network', 9, { usedBy });
const ingress = resource('load-balancer', 3, { owner: 'controller', monthly: euros(7.49) });
const disk = resource('volume', 4, { owner: 'controller', monthly: euros(0.57) });

describe('the plan of a destroy', () => {
  test('takes users before what they use', () => {
    const found = [
      network(server),
      resource('ssh-key', 5),
      resource('firewall', 6, { usedBy: [server] }),
      resource('load-balancer', 7),
      resource('placement-group', 8, { usedBy: [server] }),
      resource('primary-ip', 10, { usedBy: [server] }),
      server,
    ];
    expect(stagesOf(plan(found))).toEqual([
      ['server 1'],
      ['load-balancer 7'],
      ['firewall 6', 'placement-group 8', 'primary-ip 10', 'ssh-key 5'],
      ['network 9'],
    ]);
  });

  test('counts names as people do', () => {
    const named = (name: string, id: number) => resource('server', id, { name });
    const found = [named('demo-web-10', 10), named('demo-web-2', 2), named('demo-cp-1', 1)];
    expect(stagesOf(plan(found))).toEqual([['server 1', 'server 2', 'server 10']]);
  });

  test('says what it takes from the bill and what stays on it', () => {
    const { cost, changes, stays } = plan([resource('server', 1, { monthly: euros(5.99) }), disk]);
    expect([cost.now.net, cost.after.net]).toEqual([6.56, 0.57]);
    expect(changes).toEqual([
      {
        ...{ action: 'delete', kind: 'server', name: 'demo-1', detail: 'some, id 1' },
        monthly: euros(5.99),
      },
    ]);
    expect(stays).toMatchObject([{ kind: 'volume', detail: 'some, id 4', monthly: euros(0.57) }]);
  });

  test.each([
    ['a volume without its option', disk, {}, 'is kept; --delete-volumes deletes it with its data'],
    [
      'a labelled volume without its option',
      { ...disk, owner: 'cluster' } as const,
      {},
      'is kept; --delete-volumes deletes it with its data',
    ],
    [
      'a load balancer of the cluster without its option',
      ingress,
      {},
      'is kept; --delete-load-balancers deletes it',
    ],
    [
      'what somebody else made, whatever is asked for',
      { ...disk, owner: 'other' } as const,
      { deleteVolumes: true },
      "was made neither by oxide nor by the cluster's controllers",
    ],
    [
      'what is protected',
      { ...disk, deleteProtected: true },
      { deleteVolumes: true },
      'is delete-protected; take the protection off first',
    ],
  ])('keeps %s', (_what, one, wish, why) => {
    const wanted = plan([one], wish);
    expect(wanted.changes).toEqual([]);
    expect(wanted.kept).toMatchObject([{ why }]);
  });

  test('keeps what is used by what stays, and counts that as unfinished', () => {
    const staying = { ...server, deleteProtected: true };
    const wanted = plan([
      ...[staying, other, network(server, other)],
      resource('firewall', 6, { usedBy: [other] }),
    ]);
    expect(stagesOf(wanted)).toEqual([['server 2'], ['firewall 6']]);
    expect(reasonsOf(wanted)).toEqual([
      'server 1 is delete-protected; take the protection off first',
      'network 9 is used by server demo-1 (id 1)',
    ]);
    expect(wanted.kept.every(({ unfinished }) => unfinished)).toBe(true);
  });

  test('keeps a network that a server outside the cluster uses', () => {
    expect(reasonsOf(plan([server, network(server, other)]))).toEqual([
      'network 9 is used by server demo-2 (id 2)',
    ]);
  });
});

describe('a network that a load balancer holds', () => {
  test('stops the destroy, with the option that lets it go', () => {
    const wanted = plan([server, ingress, network(server, ingress)]);
    expect(wanted.warnings).toEqual([
      'Nothing can be deleted: the network "demo-9" still holds load balancer demo-3 (id 3), ' +
        'made by the cluster and not by oxide (€7.49 net a month).',
    ]);
    expect(() => {
      refuseHeldNetwork(wanted);
    }).toThrow(
      expect.objectContaining({
        exitCode: 5,
        hint: 'Nothing was deleted. To delete that, too, add --delete-load-balancers to the same command.',
      }),
    );
  });

  test('stops it also for somebody else, whose is never deleted', () => {
    const theirs = { ...ingress, owner: 'other' } as const;
    const wanted = plan([theirs, network(theirs)], { deleteLoadBalancers: true });
    expect(spelled(wanted.held?.hint ?? '')).toBe(
      'Detach load balancer demo-3 (id 3) from the network in the Hetzner console, then run the same command again.',
    );
  });

  test('goes when its load balancer goes', () => {
    const wanted = plan([ingress, network(ingress)], { deleteLoadBalancers: true });
    expect(wanted.held).toBeUndefined();
    expect(stagesOf(wanted)).toEqual([['load-balancer 3'], ['network 9']]);
  });

  test('stays with a load balancer that is protected, and the rest goes', () => {
    const wanted = plan([server, { ...ingress, deleteProtected: true }, network(server, ingress)], {
      deleteLoadBalancers: true,
    });
    expect(wanted.held).toBeUndefined();
    expect(stagesOf(wanted)).toEqual([['server 1']]);
  });
});
