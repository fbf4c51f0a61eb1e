import { describe, expect, test } from 'vitest';
import { replace, replacePool, type RollOptions } from '../../src/flows/replace.js';
import type { ShownPlan } from '../../src/cluster/plan/plan.js';
import { projectOf } from '../helpers/project.js';
import { clusterYaml, type Rehearsal, type RunOptions } from '../helpers/rehearsal.js';
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

type Wish = Partial<RollOptions['wish']> & RunOptions;

async function rolled(rehearsal: Rehearsal, wish: Wish) {
  const { pool = 'web', all = false, surge, maxUnavailable, ...options } = wish;
  const shown: ShownPlan[] = [];
  const outcome = await replacePool(rehearsal.run(options).ctx, {
    ...{ wish: { pool, all, surge, maxUnavailable }, dryRun: false, force: false },
    drainTimeoutMs: 10 * 60_000,
    confirm: (plan) => {
      shown.push(plan);
      return Promise.resolve(true);
    },
  });
  if (outcome.kind !== 'replaced') throw new Error('the run only showed its plan');
  return { ...outcome.replaced, plan: shown[0] };
}

const namesOf = (rehearsal: Rehearsal): readonly string[] =>
  serversOf(rehearsal)
    .map(({ name }) => name)
    .sort();

const typesOf = (rehearsal: Rehearsal): readonly string[] =>
  serversOf(rehearsal)
    .map(({ name, ...server }) => {
      const { server_type: type } = server as unknown as { server_type: { name: string } };
      return `${name} ${type.name}`;
    })
    .sort();

/** Workers of another type than those that the cluster was made with. */
const otherWorkers = (controlPlanes: number, workers: number): string =>
  clusterYaml(controlPlanes, workers).replace('cx33', 'cx43');

describe('a roll of a pool', () => {
  test('whose server type was changed has a new node before an old one goes', async () => {
    const rehearsal = await clusterOf(1, 3);
    const yaml = otherWorkers(1, 3);
    const counts = new Set<number>();
    const { replaced, plan } = await rolled(rehearsal, {
      yaml,
      intercept: () => {
        counts.add(namesOf(rehearsal).filter((name) => name.includes('web')).length);
        return undefined;
      },
    });
    expect(replaced).toEqual(['demo-web-4', 'demo-web-1', 'demo-web-2']);
    expect([...counts].sort()).toEqual([3, 4]);
    expect(plan?.changes.map(({ action, name }) => `${action} ${name}`)).toEqual([
      ...['create demo-web-4', 'delete demo-web-1'],
      ...['create demo-web-1', 'delete demo-web-2'],
      ...['create demo-web-2', 'delete demo-web-3'],
    ]);
    expect(plan?.notes).toContain(
      'workers.web.server_type cx33 → cx43: demo-web-1, demo-web-2 and demo-web-3',
    );
    expect(typesOf(rehearsal)).toEqual([
      ...['demo-cp-1 cx23', 'demo-web-1 cx43', 'demo-web-2 cx43', 'demo-web-4 cx43'],
    ]);
    await expectWhole(rehearsal, 1, yaml);
    const writes = rehearsal.faults.writes.length;
    expect(await rolled(rehearsal, { yaml })).toMatchObject({ replaced: [] });
    expect(rehearsal.faults.writes).toHaveLength(writes);
  });

  test('of control planes makes each in its place, one at a time', async () => {
    const rehearsal = await clusterOf(3, 0);
    const [before, ids] = [kept(rehearsal), idsOf(rehearsal)];
    const yaml = clusterYaml(3, 0).replace('cx23', 'cx33');
    const { replaced } = await rolled(rehearsal, { yaml, pool: 'cp' });
    expect(replaced).toEqual(['demo-cp-2', 'demo-cp-3', 'demo-cp-1']);
    expect(kept(rehearsal)).toEqual(before);
    for (const [name, id] of Object.entries(idsOf(rehearsal))) expect(id).not.toBe(ids[name]);
    await expectWhole(rehearsal, 3, yaml);
  });

  test('in their places keeps the names, several at a time', async () => {
    const rehearsal = await clusterOf(1, 3);
    const before = namesOf(rehearsal);
    const yaml = otherWorkers(1, 3);
    const { plan } = await rolled(rehearsal, { yaml, maxUnavailable: 2 });
    expect(plan?.changes.map(({ action }) => action).join(' ')).toBe(
      'delete delete create create delete create',
    );
    expect(namesOf(rehearsal)).toEqual(before);
    await expectWhole(rehearsal, 1, yaml);
  });

  test('goes on in place where the account allows no server more', async () => {
    const rehearsal = await clusterOf(1, 2);
    rehearsal.world.cloud.setLimit('server_limit', 3);
    const yaml = otherWorkers(1, 2);
    await rolled(rehearsal, { yaml });
    const notes = rehearsal.runs
      .at(-1)
      ?.events.flatMap((event) => (event.type === 'note' ? event.message : []));
    expect(notes?.join()).toContain('The account allows no server more');
    expect(typesOf(rehearsal).filter((one) => one.endsWith('cx43'))).toHaveLength(2);
    await expectWhole(rehearsal, 1, yaml);
  });

  test('brings servers into groups, and deletes groups that it left empty', async () => {
    const rehearsal = await clusterOf(1, 2);
    const groups = () =>
      projectOf(rehearsal)
        .list('placement_groups')
        .map(({ name }) => name);
    expect(groups()).toEqual(['demo', 'demo-web-1']);
    const none = clusterYaml(1, 2).replace('cx33', 'cx33, placement: none');
    await replace(rehearsal.run({ yaml: none }).ctx, {
      ...{ names: ['demo-web-1', 'demo-web-2'], force: false, drainTimeoutMs: 10 * 60_000 },
      confirm: () => Promise.resolve(true),
    });
    expect(groups()).toEqual(['demo']);
    const { replaced } = await rolled(rehearsal, {});
    expect(replaced).toHaveLength(2);
    expect(groups()).toEqual(['demo', 'demo-web-1']);
    await expectWhole(rehearsal, 1);
  });

  test('of all its nodes makes them anew although they are as they should be', async () => {
    const rehearsal = await clusterOf(1, 2);
    const [before, ids] = [namesOf(rehearsal), idsOf(rehearsal)];
    expect(await rolled(rehearsal, {})).toMatchObject({ replaced: [] });
    await rolled(rehearsal, { all: true });
    expect(namesOf(rehearsal)).toEqual(before);
    expect(idsOf(rehearsal)['demo-web-1']).not.toBe(ids['demo-web-1']);
    await expectWhole(rehearsal, 1);
  });

  test.each<[string, Wish, string]>([
    ['control planes with a surge', { pool: 'cp', surge: true }, 'are control planes'],
    ['several control planes', { pool: 'cp', maxUnavailable: 2 }, 'one at a time'],
    ['a surge and several', { surge: true, maxUnavailable: 2 }, 'goes with neither'],
    ['a pool that is not there', { pool: 'db' }, 'cluster.yaml has no pool "db"'],
  ])('is refused for %s', async (_, wish, message) => {
    const rehearsal = await clusterOf(1, 1);
    await expect(rolled(rehearsal, wish)).rejects.toThrow(message);
  });

  test('does not begin while another node of the pool is ill, nor makes what was never there', async () => {
    const rehearsal = await clusterOf(1, 2);
    const yaml = otherWorkers(1, 3);
    await rolled(rehearsal, { yaml, maxUnavailable: 1 });
    expect(namesOf(rehearsal)).toHaveLength(3);
    await dies(rehearsal, 'demo-web-1');
    const back = yaml.replace('cx43', 'cx43, labels: { tier: web }');
    await expect(rolled(rehearsal, { yaml: back })).rejects.toMatchObject({ exitCode: 3 });
  });
});

describe('a roll that was stopped', () => {
  const ways: readonly { readonly how: string; readonly wish: Wish }[] = [
    { how: 'with a surge', wish: { surge: true } },
    { how: 'in place', wish: { maxUnavailable: 2 } },
    { how: 'of all', wish: { all: true } },
  ];
  test.each(ways.flatMap((way, i) => turns.map((turn) => ({ ...way, turn: turn + i }))))(
    '$how at any write (turn $turn) is finished by the same command',
    async ({ wish, turn }) => {
      const yaml = wish.all ? clusterYaml(1, 2) : otherWorkers(1, 2);
      let already = 0;
      await stoppedAtWrites({
        begin: async () => {
          const rehearsal = await clusterOf(1, 2);
          already = rehearsal.faults.writes.length;
          return rehearsal;
        },
        command: (rehearsal, signal) => rolled(rehearsal, { ...wish, yaml, signal }),
        check: async (rehearsal, where) => {
          expect(ordersSince(rehearsal, already), `orders, ${where}`).toBe(2);
          expect(namesOf(rehearsal), where).toHaveLength(3);
          if (!wish.surge) expect(namesOf(rehearsal)[2], where).toBe('demo-web-2');
          await expectWhole(rehearsal, 1, yaml);
        },
        turn,
      });
    },
  );
});
