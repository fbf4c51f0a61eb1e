import { describe, expect, test } from 'vitest';
import { create } from '../../src/flows/create.js';
import { ExitCode, OxideError } from '../../src/lib/errors.js';
import { projectOf } from '../helpers/project.js';
import { clusterYaml, rehearse, type Rehearsal } from '../helpers/rehearsal.js';

async function refusal(rehearsal: Rehearsal): Promise<OxideError> {
  const error = await create(rehearsal.run().ctx).then(
    () => new Error('the run went through'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof OxideError)) throw error;
  expect(error.exitCode).toBe(ExitCode.refused);
  expect(error.hint).toContain('https://console.hetzner.cloud/limits');
  expect(error.hint).toContain('not the rate limit of the API');
  return error;
}

const names = (rehearsal: Rehearsal) =>
  projectOf(rehearsal)
    .list('servers')
    .map(({ name }) => name)
    .sort();

const refusedOrders = ({ faults }: Rehearsal) =>
  faults.writes.filter(({ path, outcome }) => path === '/servers' && outcome === 403);

/** A server of somebody else in the same project: it counts as well. */
async function otherServer(rehearsal: Rehearsal): Promise<void> {
  await projectOf(rehearsal).make('servers', {
    name: 'other',
    server_type: 'cx23',
    image: 'debian-13',
    location: 'nbg1',
  });
}

const whole = ['demo-cp-1', 'demo-web-1', 'demo-web-2', 'demo-web-3', 'other'];

describe('a create at a limit of the account', () => {
  test('stops at the first refused server, counts, keeps what exists, and goes on later', async () => {
    const rehearsal = await rehearse(clusterYaml(1, 3));
    await otherServer(rehearsal);
    rehearsal.world.cloud.setLimit('server_limit', 3);
    const planned = rehearsal.run({ dryRun: true });
    await create(planned.ctx);
    expect(planned.plans[0]?.notes).toEqual([
      'The whole project has 1 server and 2 primary IPs and will have 5 and 10; ' +
        'what the account may have: https://console.hetzner.cloud/limits',
    ]);
    const error = await refusal(rehearsal);
    expect(error.message).toBe(
      'creating server demo-web-2 (cx33 in nbg1): your Hetzner account may not have more servers ' +
        '(resource_limit_exceeded: server limit exceeded; server_limit). ' +
        'The project has 3 servers, this plan needs 2 more.',
    );
    // Two were under way together, since the order before had been taken.
    expect(refusedOrders(rehearsal)).toHaveLength(2);
    expect(names(rehearsal)).toEqual(['demo-cp-1', 'demo-web-1', 'other']);
    rehearsal.world.cloud.setLimit('server_limit', 5);
    await create(rehearsal.run().ctx);
    expect(names(rehearsal)).toEqual(whole);
    expect(refusedOrders(rehearsal)).toHaveLength(2);
  });

  test('orders no worker when a control plane is refused', async () => {
    const rehearsal = await rehearse(clusterYaml(3, 3));
    rehearsal.world.cloud.setLimit('server_limit', 2);
    expect((await refusal(rehearsal)).message).toContain(
      'The project has 2 servers, this plan needs 4 more.',
    );
    expect(refusedOrders(rehearsal)).toHaveLength(1);
    expect(names(rehearsal)).toEqual(['demo-cp-1', 'demo-cp-2']);
  });

  test('tells the limit of addresses from the one of servers', async () => {
    const rehearsal = await rehearse(clusterYaml(1, 3));
    await otherServer(rehearsal);
    rehearsal.world.cloud.setLimit('primary_ip_limit', 4);
    expect((await refusal(rehearsal)).message).toBe(
      'creating server demo-web-1 (cx33 in nbg1): your Hetzner account may not have more primary IPs ' +
        '(resource_limit_exceeded: Primary IP limit exceeded; primary_ip_limit). ' +
        'The project has 4 primary IPs, this plan needs 6 more.',
    );
    expect(refusedOrders(rehearsal)).toHaveLength(1);
    rehearsal.world.cloud.setLimit('primary_ip_limit', undefined);
    await create(rehearsal.run().ctx);
    expect(names(rehearsal)).toEqual(whole);
  });

  test('counts networks when it is their limit', async () => {
    const rehearsal = await rehearse(clusterYaml(1, 0));
    await projectOf(rehearsal).make('networks', { name: 'other', ip_range: '10.9.0.0/16' });
    rehearsal.world.cloud.setLimit('network_limit', 1);
    expect((await refusal(rehearsal)).message).toBe(
      'creating network demo: your Hetzner account may not have more networks ' +
        '(resource_limit_exceeded: network limit exceeded; network_limit). ' +
        'The project has 1 network, this plan needs 1 more.',
    );
    expect(names(rehearsal)).toEqual([]);
    rehearsal.world.cloud.setLimit('network_limit', 2);
    await create(rehearsal.run().ctx);
    expect(names(rehearsal)).toEqual(['demo-cp-1']);
  });

  test('says what Hetzner says when it is a limit of another kind', async () => {
    const rehearsal = await rehearse(clusterYaml(1, 1));
    rehearsal.faults.add({
      ...{ method: 'POST', path: /^\/servers$/, count: Infinity },
      fault: {
        ...{ kind: 'status', status: 403, code: 'resource_limit_exceeded' },
        message: 'shared core limit exceeded',
        details: { limits: [{ name: 'core_limit' }] },
      },
    });
    expect((await refusal(rehearsal)).message).toBe(
      'creating server demo-cp-1 (cx23 in nbg1): your Hetzner account may not have more of what ' +
        'this needs (resource_limit_exceeded: shared core limit exceeded; core_limit)',
    );
    expect(refusedOrders(rehearsal)).toHaveLength(1);
  });
});
