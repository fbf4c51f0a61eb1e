import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { create } from '../../src/flows/create.js';
import { destroy } from '../../src/flows/destroy.js';
import { replace } from '../../src/flows/replace.js';
import { scale } from '../../src/flows/scale.js';
import { status } from '../../src/flows/status.js';
import { messageOf, OxideError } from '../../src/lib/errors.js';
import { viewCluster } from '../../src/steps/observe/cluster-view.js';
import { observeCluster } from '../../src/steps/observe/observe.js';
import { controlPlanesOf } from '../../src/steps/run/node-server.js';
import { openRehearsal, type Rehearsal } from '../helpers/open-rehearsal.js';
import { projectOf, type Item } from '../helpers/project.js';
import { clusterYaml } from '../helpers/rehearsal.js';
import { spelled } from '../helpers/spelling.js';

let rehearsal: Rehearsal;

/** None of the commands changes anything here, so that one cluster is enough for all. */
beforeAll(async () => {
  rehearsal = await openRehearsal(clusterYaml(3, 2));
  await create(rehearsal.run().ctx);
});

afterAll(async () => {
  await rehearsal.close();
});

type Labels = Readonly<Record<string, string>>;
type Edit = (labels: Labels) => Labels;

const without =
  (key: string): Edit =>
  (labels) =>
    Object.fromEntries(Object.entries(labels).filter(([other]) => other !== key));
const put =
  (key: string, value: string): Edit =>
  (labels) => ({ ...labels, [key]: value });

/** Does something while a server has other labels, and gives it back its own. */
async function whileEdited(
  name: string,
  edit: Edit,
  work: (server: Item) => Promise<void>,
  called = name,
) {
  const project = projectOf(rehearsal);
  const server = project.list('servers').find((one) => one.name === name);
  if (!server) throw new Error(`no server ${name}`);
  const { id, labels } = server;
  project.call('PUT', `/servers/${id}`, { labels: edit(labels), name: called });
  const before = rehearsal.faults.writes.length;
  try {
    await work(server);
    expect(rehearsal.faults.writes).toHaveLength(before);
  } finally {
    project.call('PUT', `/servers/${id}`, { labels, name });
  }
}

/** What a command that must not go on says, and the code that it ends with. */
async function refusal(work: Promise<unknown>): Promise<{ code: number; text: string }> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof OxideError)) throw error;
    return { code: error.exitCode, text: `${messageOf(error)}\n${error.hint ?? ''}` };
  }
  return { code: 0, text: '' };
}

const created = () => refusal(create(rehearsal.run().ctx));

const scaled = (role: 'worker' | 'control-plane') =>
  refusal(
    scale(rehearsal.run().ctx, {
      wish: {
        ...{ role, pool: role === 'worker' ? 'web' : 'cp', nodes: [], force: false },
        count: role === 'worker' ? 2 : 3,
      },
      drainTimeoutMs: 60_000,
      confirm: () => Promise.resolve(true),
    }),
  );

async function problems(): Promise<readonly { code: string; message: string; hint: string }[]> {
  return (await status(rehearsal.run().ctx)).status.problems;
}

async function destroyPlan() {
  const { plan } = await destroy(rehearsal.run().ctx, {
    ...{ deleteVolumes: false, deleteLoadBalancers: false, dryRun: true },
    confirm: () => Promise.resolve(false),
  });
  return plan;
}

const roles = [
  ['worker', 'demo-web-2', 'pool=web index=2'],
  ['control-plane', 'demo-cp-3', 'pool=cp index=3'],
] as const;

describe.each(roles)('a %s (%s)', (role, name, place) => {
  test.each<[what: string, edit: Edit, why: RegExp]>([
    ['no role', without('role'), /it has no label role/],
    ['another role', put('role', 'master'), /role=master cannot be read/],
    ['an empty pool', put('pool', ''), /it has no label pool/],
    ['no pool', without('pool'), /it has no label pool/],
    ['no index', without('index'), /it has no label index/],
    ['a strange index', put('index', '02'), /index=02 cannot be read/],
    // As the Rust tool of the same name labels its servers (its src/hcloud/server.rs).
    [
      'neither pool nor index',
      (labels) => without('pool')(without('index')(labels)),
      /it has no label pool or index/,
    ],
  ])('with %s is named by every command', async (_, edit, why) => {
    await whileEdited(name, edit, async ({ id }) => {
      const remedy = `hcloud server add-label --overwrite ${id} role=${role} ${place}`;
      for (const { code, text } of [await created(), await scaled(role)]) {
        expect(code).toBe(3);
        expect(text).toContain(`  ${name} (id ${id}): `);
        expect(text).toMatch(why);
        expect(text).toContain(remedy);
      }
      const unclear = (await problems()).filter(({ code }) => code === 'server-unclear');
      expect(unclear).toHaveLength(1);
      expect(unclear[0]?.message).toMatch(why);
      expect(spelled(unclear[0]?.hint ?? '')).toBe(remedy);
      const plan = await destroyPlan();
      expect(plan.notes).toEqual([
        expect.stringMatching(new RegExp(`^${name} \\(id ${id}\\) counts as the cluster's`)),
      ]);
      expect(plan.changes.map((change) => change.name)).toContain(name);
    });
  });

  test.each<[what: string, edit: Edit]>([
    ['managed-by', without('managed-by')],
    ['managed-by of another', put('managed-by', 'terraform')],
    ['cluster', without('cluster')],
    ['cluster of another', put('cluster', 'other')],
  ])('without the label %s is told apart from one that is missing', async (_, edit) => {
    await whileEdited(name, edit, async ({ id }) => {
      for (const { code, text } of [await created(), await scaled(role)]) {
        expect(code).toBe(3);
        expect(text).toContain(name);
        expect(text).toContain(`id ${id}`);
      }
      const found = await problems();
      expect(found.map(({ code }) => code)).toEqual(
        expect.arrayContaining(['missing-server', 'name-taken', 'node-without-server']),
      );
      expect(found.find(({ code }) => code === 'name-taken')?.hint).toContain(
        `hcloud server add-label --overwrite ${id} managed-by=oxide cluster=demo`,
      );
      const plan = await destroyPlan();
      expect(plan.notes).toEqual([
        `${name} (id ${id}) is in the cluster's network and has not its labels: it stays, and with it the network`,
      ]);
      expect(plan.changes.map((change) => change.name)).not.toContain(name);
    });
  });

  test.each<[what: string, edit: Edit, why: RegExp]>([
    [
      'the role of the others',
      put('role', role === 'worker' ? 'control-plane' : 'worker'),
      /and its node in Kubernetes is a|and cluster.yaml has the pool/,
    ],
    ['the place of another', put('index', '1'), /index=1, as demo-(web|cp)-1/],
  ])('with %s is not believed', async (_, edit, why) => {
    await whileEdited(name, edit, async ({ id }) => {
      for (const { code, text } of [await created(), await scaled(role)]) {
        expect(code).toBe(3);
        expect(text).toMatch(why);
        expect(text).toContain(`hcloud server add-label --overwrite ${id} role=${role} ${place}`);
      }
      const found = (await problems()).filter(({ code }) => code === 'server-unclear');
      expect(found.map(({ message }) => message).join('\n')).toMatch(why);
      expect((await destroyPlan()).changes.map((change) => change.name)).toContain(name);
    });
  });

  test.each<[what: string, edit: Edit]>([
    ['a pool that is not there', put('pool', 'postgres')],
    ['an index that is free', put('index', '7')],
  ])('with %s is not ordered again under its name', async (what, edit) => {
    await whileEdited(name, edit, async ({ id }) => {
      const isFree = what.includes('free');
      const answers = [await created(), await scaled(role)];
      // A pool is complete with any indices: nothing is missing then, and nothing is wrong.
      if (isFree) {
        expect(answers.map(({ code }) => code)).toEqual([0, 0]);
        return;
      }
      for (const { code, text } of answers) {
        expect(code).toBe(3);
        expect(text).toContain(`the name ${name} is taken by a server of the cluster (id ${id})`);
      }
      expect((await problems()).map(({ code }) => code)).toContain('name-taken');
      return undefined;
    });
  });

  test('without its Talos version is what it was', async () => {
    await whileEdited(name, without('talos-version'), async () => {
      expect([(await created()).code, (await scaled(role)).code]).toEqual([0, 0]);
      expect(await problems()).toEqual([]);
      expect((await destroyPlan()).notes).toEqual([]);
    });
  });

  test('with a mark of a removal that never was is not taken for an empty one', async () => {
    await whileEdited(name, put('removal', 'reset'), async () => {
      const { code, text } = await created();
      expect(code).toBe(3);
      expect(text).toContain(`the removal of ${name} was begun and not finished`);
      const plans: string[] = [];
      const outcome = await scale(rehearsal.run().ctx, {
        wish: {
          ...{ role, pool: role === 'worker' ? 'web' : 'cp', nodes: [], force: false },
          count: role === 'worker' ? 1 : 2,
        },
        drainTimeoutMs: 60_000,
        confirm: (plan) => {
          plans.push(...plan.notes);
          return Promise.resolve(false);
        },
      });
      const { plan } = outcome as Extract<typeof outcome, { kind: 'preview' }>;
      expect(plan.changes.map((change) => change.name)).toEqual([name]);
      expect(plans).toContainEqual(expect.stringContaining(`${name}: `));
      expect((await problems()).map((one) => one.code)).toEqual(['removal-unfinished']);
    });
  });
});

describe('a cluster whose servers were all labelled by another tool', () => {
  test('is named by every command, and nothing of it is made or deleted', async () => {
    const project = projectOf(rehearsal);
    const before = project.list('servers');
    for (const { id, labels } of before) {
      const bare = without('pool')(without('index')(labels));
      project.call('PUT', `/servers/${id}`, { labels: bare });
    }
    try {
      const writes = rehearsal.faults.writes.length;
      for (const { code, text } of [await created(), await scaled('worker')]) {
        expect(code).toBe(3);
        for (const { name, id } of before) expect(text).toContain(`${name} (id ${id})`);
      }
      const found = await problems();
      const unclear = found.filter(({ code }) => code === 'server-unclear');
      expect(unclear).toHaveLength(before.length);
      expect((await destroyPlan()).notes).toHaveLength(before.length);
      expect(rehearsal.faults.writes).toHaveLength(writes);
    } finally {
      for (const { id, labels } of before) project.call('PUT', `/servers/${id}`, { labels });
    }
  });
});

test.each(['demo-cp-2', 'demo-web-1'])(
  'a living server that lost its labels and its name is not replaced: %s',
  async (node) => {
    await whileEdited(
      node,
      without('cluster'),
      async () => {
        const { code, text } = await refusal(
          replace(rehearsal.run().ctx, {
            ...{ names: [node], force: true, drainTimeoutMs: 60_000 },
            confirm: () => Promise.resolve(true),
          }),
        );
        expect(code).toBe(3);
        expect(text).toContain(`Kubernetes has ${node} as Ready`);
      },
      'somebodys',
    );
  },
);

test('a member of etcd whose server lost its labels and its name is not taken for gone', async () => {
  await whileEdited(
    'demo-cp-2',
    without('cluster'),
    async () => {
      const { ctx } = rehearsal.run();
      const controlPlanes = controlPlanesOf(await observeCluster(ctx));
      const { etcd } = await viewCluster(ctx, { talos: 'v1.13.9', controlPlanes });
      expect(etcd.map(({ server }) => server).sort()).toEqual([
        ...['demo-cp-1', 'demo-cp-3', 'somebodys'],
      ]);
    },
    'somebodys',
  );
});
