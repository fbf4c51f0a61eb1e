import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { create } from '../../src/flows/create.js';
import { replace } from '../../src/flows/replace.js';
import { status } from '../../src/flows/status.js';
import { InterruptedError } from '../../src/lib/errors.js';
import type { Change } from '../../src/cluster/plan/plan.js';
import { projectOf, type Item } from '../helpers/project.js';
import {
  clusterYaml,
  rehearseCluster,
  type Rehearsal,
  type RunOptions,
} from '../helpers/rehearsal.js';

const hour = 60 * 60_000;

interface Server extends Item {
  readonly status: string;
  readonly private_net: readonly { readonly ip: string }[];
  readonly public_net: { readonly ipv4: { readonly ip: string } };
}

const serversOf = (rehearsal: Rehearsal): readonly Server[] =>
  projectOf(rehearsal).list('servers') as readonly Server[];

/** What a replacement keeps: `demo-cp-1 10.0.1.254`; workers take any address. */
const kept = (rehearsal: Rehearsal): readonly string[] =>
  serversOf(rehearsal)
    .map(
      ({ name, private_net: [net] }) => `${name} ${name.includes('-cp-') ? (net?.ip ?? '') : ''}`,
    )
    .sort();

const idsOf = (rehearsal: Rehearsal): Readonly<Record<string, number>> =>
  Object.fromEntries(serversOf(rehearsal).map(({ name, id }) => [name, id]));

const membersOf = ({ world }: Rehearsal): readonly string[] =>
  (world.talos.bootstrappedClusters()[0]?.etcd.members ?? [])
    .map(({ hostname, learner }) => (learner ? `${hostname} (learner)` : hostname))
    .sort();

async function clusterOf(controlPlanes: number, workers: number): Promise<Rehearsal> {
  const rehearsal = await rehearseCluster(clusterYaml(controlPlanes, workers));
  await rehearsal.clock.sleep(hour);
  return rehearsal;
}

async function dies(rehearsal: Rehearsal, ...names: readonly string[]): Promise<void> {
  for (const { id, name } of serversOf(rehearsal)) {
    if (names.includes(name)) projectOf(rehearsal).call('POST', `/servers/${id}/actions/poweroff`);
  }
  await rehearsal.clock.sleep(10 * 60_000);
}

interface Wish extends RunOptions {
  readonly names: readonly string[];
  readonly force?: boolean;
}

async function replaced(rehearsal: Rehearsal, { names, force = false, ...options }: Wish) {
  const run = rehearsal.run(options);
  const changes: Change[] = [];
  const outcome = await replace(run.ctx, {
    ...{ names, force, drainTimeoutMs: 10 * 60_000 },
    confirm: (plan) => {
      changes.push(...plan.changes);
      return Promise.resolve(true);
    },
  });
  if (outcome.kind !== 'replaced') throw new Error('the run only showed its plan');
  return { changes, replaced: outcome.replaced.replaced };
}

/** The cluster is whole, a create has nothing to do, and nothing of the replacement is left. */
async function expectWhole(rehearsal: Rehearsal, controlPlanes: number): Promise<void> {
  expect(membersOf(rehearsal)).toEqual(
    Array.from({ length: controlPlanes }, (_, i) => `demo-cp-${i + 1}`),
  );
  expect((await status(rehearsal.run().ctx)).status.problems).toEqual([]);
  await expect(create(rehearsal.run().ctx)).resolves.toMatchObject({ cluster: { changed: false } });
  for (const { labels } of serversOf(rehearsal)) {
    expect(Object.keys(labels)).not.toContain('replacement');
    expect(Object.keys(labels)).not.toContain('removal');
  }
}

describe('a replacement', () => {
  test.each(['demo-web-2', 'demo-cp-1', 'demo-cp-2', 'demo-cp-3'])(
    'of %s makes a new server with its name and address',
    async (name) => {
      const rehearsal = await clusterOf(3, 2);
      const [before, ids] = [kept(rehearsal), idsOf(rehearsal)];
      await replaced(rehearsal, { names: [name] });
      expect(kept(rehearsal)).toEqual(before);
      const now = idsOf(rehearsal);
      expect(Object.keys(now).filter((one) => now[one] !== ids[one])).toEqual([name]);
      await expectWhole(rehearsal, 3);
    },
  );

  test.each(['demo-web-1', 'demo-cp-1', 'demo-cp-3'])(
    'of %s, which is dead, needs --force',
    async (name) => {
      const rehearsal = await clusterOf(3, 2);
      const before = kept(rehearsal);
      await dies(rehearsal, name);
      await expect(replaced(rehearsal, { names: [name] })).rejects.toThrow('not Ready');
      await replaced(rehearsal, { names: [name], force: true });
      expect(kept(rehearsal)).toEqual(before);
      await expectWhole(rehearsal, 3);
      const first = serversOf(rehearsal).find((one) => one.name === 'demo-cp-1');
      const kubeconfig = readFileSync(rehearsal.files.kubeconfig, 'utf8');
      expect(kubeconfig).toContain(first?.public_net.ipv4.ip);
    },
  );

  test('of two dead control planes of five takes both out before it makes the first', async () => {
    const rehearsal = await clusterOf(5, 1);
    await dies(rehearsal, 'demo-cp-1', 'demo-cp-4');
    const { changes } = await replaced(rehearsal, {
      names: ['demo-cp-4', 'demo-cp-1'],
      force: true,
    });
    expect(changes.map(({ action, name }) => `${action} ${name}`)).toEqual([
      'delete demo-cp-4',
      'delete demo-cp-1',
      'create demo-cp-4',
      'create demo-cp-1',
    ]);
    await expectWhole(rehearsal, 5);
  });

  test('takes workers first and the control plane with the address of the cluster last', async () => {
    const rehearsal = await clusterOf(3, 1);
    const names = ['demo-cp-1', 'demo-cp-2', 'demo-web-1'];
    const { replaced: made } = await replaced(rehearsal, { names });
    expect(made).toEqual(['demo-web-1', 'demo-cp-2', 'demo-cp-1']);
    await expectWhole(rehearsal, 3);
  });

  test.each([
    [1, 'demo-cp-1', 'demo-cp-1 cannot be replaced'],
    [1, 'demo-web-7', 'the cluster has no node demo-web-7'],
  ])('is refused before anything is done: %i control plane, %s', async (count, name, message) => {
    const rehearsal = await clusterOf(count, 1);
    const writes = rehearsal.faults.writes.length;
    await expect(replaced(rehearsal, { names: [name] })).rejects.toThrow(message);
    expect(rehearsal.faults.writes).toHaveLength(writes);
  });
});

describe('a replacement that was stopped', () => {
  test('while it took its marks off finishes that, and makes nothing anew', async () => {
    const rehearsal = await clusterOf(3, 2);
    const names = ['demo-web-1', 'demo-web-2'];
    const before = rehearsal.faults.requests.length;
    await replaced(rehearsal, { names });
    const made = idsOf(rehearsal);
    const orders = rehearsal.faults.requests
      .slice(before)
      .filter(({ method, path }) => method === 'POST' && path === '/servers');
    const labels = (orders[1]?.body as { labels: object }).labels;
    const path = `/servers/${made['demo-web-2'] ?? 0}`;
    projectOf(rehearsal).call('PUT', path, { labels });
    const { replaced: again } = await replaced(rehearsal, { names });
    expect(again).toEqual(['demo-web-2']);
    expect(idsOf(rehearsal)).toEqual(made);
    await expectWhole(rehearsal, 3);
  });

  test.each([
    ['alive', false],
    ['dead', true],
  ])(
    'at any write (%s) is finished by the same command, and does nothing twice',
    async (_, force) => {
      const names = ['demo-cp-1', 'demo-web-1'];
      for (let nth = 1; ; nth++) {
        const rehearsal = await clusterOf(3, 1);
        const [before, ids] = [kept(rehearsal), idsOf(rehearsal)];
        if (force) await dies(rehearsal, ...names);
        const controller = new AbortController();
        const already = rehearsal.faults.writes.length;
        const record = rehearsal.faults.record.bind(rehearsal.faults);
        rehearsal.faults.record = (request) => {
          record(request);
          if (rehearsal.faults.writes.length - already === nth)
            controller.abort(new InterruptedError());
        };
        const signal = controller.signal;
        const ended = await replaced(rehearsal, { names, force, signal }).then(
          () => true,
          () => false,
        );
        if (ended && !signal.aborted) break;
        await rehearsal.clock.sleep(hour);
        if (!ended) await replaced(rehearsal, { names, force });
        expect(kept(rehearsal), `stopped at write ${nth}`).toEqual(before);
        const orders = rehearsal.faults.writes
          .slice(already)
          .filter(({ method, path }) => method === 'POST' && path === '/servers');
        expect(orders.length, `orders, stopped at write ${nth}`).toBe(2);
        expect(idsOf(rehearsal)['demo-web-1']).not.toBe(ids['demo-web-1']);
        await expectWhole(rehearsal, 3);
      }
    },
  );
});
