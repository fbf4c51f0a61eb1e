import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { replace } from '../../src/flows/replace.js';
import type { Change } from '../../src/cluster/plan/plan.js';
import { projectOf } from '../helpers/project.js';
import type { Rehearsal, RunOptions } from '../helpers/rehearsal.js';
import {
  clusterOf,
  dies,
  expectWhole,
  idsOf,
  kept,
  ordersSince,
  serversOf,
  stoppedAtWrites,
  turns,
} from '../helpers/replacing.js';

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

  test.each(
    turns.flatMap((turn) => [
      { how: 'alive', force: false, turn },
      { how: 'dead', force: true, turn: turn + 1 },
    ]),
  )(
    'at any write ($how, turn $turn) is finished by the same command, and does nothing twice',
    async ({ force, turn }) => {
      const names = ['demo-cp-1', 'demo-web-1'];
      let [before, already]: [readonly string[], number] = [[], 0];
      await stoppedAtWrites({
        begin: async () => {
          const rehearsal = await clusterOf(3, 1);
          before = kept(rehearsal);
          if (force) await dies(rehearsal, ...names);
          already = rehearsal.faults.writes.length;
          return rehearsal;
        },
        command: (rehearsal, signal) => replaced(rehearsal, { names, force, signal }),
        check: async (rehearsal, where) => {
          expect(kept(rehearsal), where).toEqual(before);
          expect(ordersSince(rehearsal, already), `orders, ${where}`).toBe(2);
          await expectWhole(rehearsal, 3);
        },
        turn,
      });
    },
  );

  const inTurn = [3, 5].flatMap((count) =>
    Array.from({ length: count }, (_, i) => ({ count, name: `demo-cp-${i + 1}` })),
  );
  // Each is stopped at another of its writes, of which there are a dozen.
  test.each(
    inTurn.flatMap((one, i) => [
      { ...one, how: 'alive', turn: 2 * i },
      { ...one, how: 'dead', turn: 2 * i + 1 },
    ]),
  )(
    'of $count control planes makes $name, $how, once and with its address',
    async ({ count, name, how, turn }) => {
      const force = how === 'dead';
      let [before, already]: [readonly string[], number] = [[], 0];
      await stoppedAtWrites({
        begin: async () => {
          const rehearsal = await clusterOf(count, 0);
          before = kept(rehearsal);
          if (force) await dies(rehearsal, name);
          already = rehearsal.faults.writes.length;
          return rehearsal;
        },
        command: (rehearsal, signal) => replaced(rehearsal, { names: [name], force, signal }),
        check: async (rehearsal, where) => {
          expect(kept(rehearsal), where).toEqual(before);
          expect(ordersSince(rehearsal, already), `orders, ${where}`).toBe(1);
          await expectWhole(rehearsal, count);
        },
        turn,
      });
    },
  );
});
