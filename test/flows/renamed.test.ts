import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { ScaleWish } from '../../src/cluster/plan/scale/scale-pool.js';
import { create } from '../../src/flows/create.js';
import { scale } from '../../src/flows/scale.js';
import { status } from '../../src/flows/status.js';
import { tool } from '../../src/lib/commands.js';
import { administer } from '../helpers/administer.js';
import {
  beginFrom,
  openRehearsal,
  prepared,
  type Prepared,
  type Rehearsal,
} from '../helpers/open-rehearsal.js';
import { projectOf } from '../helpers/project.js';
import { clusterYaml, type Run } from '../helpers/rehearsal.js';

let begin: Prepared;

/** Three control planes and two workers, made once; every test has a copy. */
beforeAll(async () => {
  const yaml = clusterYaml(3, 2);
  const rehearsal = await openRehearsal(yaml);
  await create(rehearsal.run().ctx);
  begin = await prepared(yaml, rehearsal);
});

afterAll(() => {
  rmSync(begin.folder, { recursive: true, force: true });
});

async function cluster(): Promise<Rehearsal> {
  const rehearsal = await beginFrom(begin);
  onTestFinished(() => rehearsal.close());
  return rehearsal;
}

function idOf(rehearsal: Rehearsal, name: string): number {
  const found = projectOf(rehearsal)
    .list('servers')
    .find((server) => server.name === name);
  if (!found) throw new Error(`no server ${name}`);
  return found.id;
}

function rename(rehearsal: Rehearsal, from: string, to: string): number {
  const id = idOf(rehearsal, from);
  projectOf(rehearsal).call('PUT', `/servers/${id}`, { name: to });
  return id;
}

async function reboot(rehearsal: Rehearsal, id: number): Promise<void> {
  projectOf(rehearsal).call('POST', `/servers/${id}/actions/reset`);
  await rehearsal.clock.sleep(5 * 60_000);
  rehearsal.world.settle();
}

async function scaled(
  rehearsal: Rehearsal,
  wish: Pick<ScaleWish, 'role' | 'count'> & Partial<ScaleWish>,
  dryRun = false,
): Promise<{ run: Run; notes: readonly string[]; removed: readonly string[] }> {
  const run = rehearsal.run();
  const notes: string[] = [];
  const outcome = await scale(run.ctx, {
    wish: { pool: undefined, nodes: [], force: false, ...wish },
    drainTimeoutMs: 10 * 60_000,
    confirm: (plan) => {
      notes.push(...plan.notes);
      return Promise.resolve(!dryRun);
    },
  });
  return { run, notes, removed: outcome.kind === 'scaled' ? outcome.scaled.removed : [] };
}

async function nodesOf(rehearsal: Rehearsal): Promise<readonly string[]> {
  const { items } = await administer(rehearsal, { method: 'GET', path: '/api/v1/nodes' });
  return (items as { metadata: { name: string } }[]).map(({ metadata }) => metadata.name).sort();
}

const drained = ({ calls }: Run) =>
  calls.filter(({ args }) => args.includes('drain')).map(({ args }) => args[3]);

const all = ['demo-cp-1', 'demo-cp-2', 'demo-cp-3', 'demo-web-1', 'demo-web-2'];

/** A pod with local data that only runs on this node. */
async function database(rehearsal: Rehearsal, node: string): Promise<void> {
  const labels = { app: 'db' };
  await administer(rehearsal, {
    method: 'POST',
    path: '/apis/apps/v1/namespaces/default/statefulsets',
    body: {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'db', namespace: 'default' },
      spec: {
        replicas: 1,
        serviceName: 'db',
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            nodeSelector: { 'kubernetes.io/hostname': node },
            containers: [{ name: 'db', image: 'postgres:17' }],
            volumes: [{ name: 'data', emptyDir: {} }],
          },
        },
      },
    },
  });
  await rehearsal.clock.sleep(60_000);
}

async function podsOn(rehearsal: Rehearsal, node: string): Promise<readonly string[]> {
  const path = `/api/v1/namespaces/default/pods?fieldSelector=spec.nodeName%3D${node}`;
  const { items } = await administer(rehearsal, { method: 'GET', path });
  return (items as { metadata: { name: string } }[]).map(({ metadata }) => metadata.name);
}

describe('a worker that was renamed in the console', () => {
  test('is drained and deleted as the node that it is', async () => {
    const rehearsal = await cluster();
    await database(rehearsal, 'demo-web-2');
    const id = rename(rehearsal, 'demo-web-2', 'postgres-1');
    const wish = { role: 'worker', count: 1 } as const;
    expect((await scaled(rehearsal, wish, true)).notes).toEqual([
      expect.stringMatching(
        /^postgres-1 \(node demo-web-2\): \d pods? will move; lost: the local data of default\/db-0$/,
      ),
    ]);
    const { run, removed } = await scaled(rehearsal, wish);
    expect(removed).toEqual(['postgres-1']);
    expect(drained(run)).toEqual(['demo-web-2']);
    expect(await nodesOf(rehearsal)).toEqual(all.slice(0, 4));
    expect(await podsOn(rehearsal, 'demo-web-2')).toEqual([]);
    expect(
      projectOf(rehearsal)
        .list('servers')
        .map((one) => one.id),
    ).not.toContain(id);
  });

  test('is named by status and by the plan of a create, with the way back', async () => {
    const rehearsal = await cluster();
    const id = rename(rehearsal, 'demo-web-2', 'postgres-1');
    const text = `the server postgres-1 (id ${id}) is the node demo-web-2 in Kubernetes`;
    const hint = `${tool`hcloud server update ${id} --name demo-web-2`}, or its next boot makes a second node`;
    const { status: found } = await status(rehearsal.run().ctx);
    expect(found.problems).toEqual([{ code: 'name-differs', message: text, hint }]);
    expect(found.healthy).toBe(true);
    expect(found.servers.find((one) => one.id === id)?.kubernetes).toMatchObject({
      ...{ node: 'demo-web-2', ready: true },
    });
    const run = rehearsal.run({ dryRun: true });
    await create(run.ctx);
    expect(run.plans[0]?.changes).toEqual([]);
    expect(run.plans[0]?.notes).toEqual([`${text} (${hint})`]);
  });

  test('does not keep a create from ending', async () => {
    const rehearsal = await cluster();
    rename(rehearsal, 'demo-web-2', 'postgres-1');
    const outcome = await create(rehearsal.run().ctx);
    expect(outcome).toMatchObject({ kind: 'created', cluster: { changed: false } });
  });

  test('can be meant by either name', async () => {
    for (const name of ['postgres-1', 'demo-web-1']) {
      const rehearsal = await cluster();
      rename(rehearsal, 'demo-web-1', 'postgres-1');
      const { removed } = await scaled(rehearsal, { role: 'worker', count: 1, nodes: [name] });
      expect(removed).toEqual(['postgres-1']);
    }
  });

  test('and booted again has two nodes, which status names and a removal deletes', async () => {
    const rehearsal = await cluster();
    await database(rehearsal, 'demo-web-2');
    const id = rename(rehearsal, 'demo-web-2', 'postgres-1');
    await reboot(rehearsal, id);
    expect(await nodesOf(rehearsal)).toEqual([...all, 'postgres-1']);
    const { status: found } = await status(rehearsal.run().ctx);
    expect(found.problems).toEqual([
      {
        code: 'stale-node',
        message: `postgres-1 (id ${id}) has a second node in Kubernetes, demo-web-2, from before it was renamed and booted again`,
        hint: `${tool`kubectl delete node demo-web-2`}: what is bound to it is made again elsewhere`,
      },
    ]);
    const { run, notes } = await scaled(rehearsal, { role: 'worker', count: 1 });
    expect(notes).toContainEqual(
      expect.stringMatching(/^demo-web-2 is an earlier node of postgres-1/),
    );
    expect(drained(run)).toEqual(['postgres-1']);
    expect(await nodesOf(rehearsal)).toEqual(all.slice(0, 4));
    await rehearsal.clock.sleep(60_000);
    expect(await podsOn(rehearsal, 'demo-web-2')).toEqual([]);
  });

  test('whose node is in Kubernetes under no known address goes only with --force', async () => {
    const rehearsal = await cluster();
    rename(rehearsal, 'demo-web-2', 'postgres-1');
    await administer(rehearsal, { method: 'DELETE', path: '/api/v1/nodes/demo-web-2' });
    const writes = rehearsal.faults.writes.length;
    const wish = { role: 'worker', count: 1, nodes: ['postgres-1'] } as const;
    await expect(scaled(rehearsal, wish)).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(
        /^postgres-1 \(id \d+, 10\.0\.1\.\d+\) cannot be drained: no node in Kubernetes has its address$/,
      ) as string,
      hint: expect.stringContaining('the same command with --force') as string,
    });
    expect(rehearsal.faults.writes).toHaveLength(writes);
    const { removed } = await scaled(rehearsal, { ...wish, force: true });
    expect(removed).toEqual(['postgres-1']);
  });
});

describe('a control plane that was renamed in the console', () => {
  test.each([
    ['', false],
    [' and booted again', true],
  ])('%s leaves etcd and Kubernetes as what it is', async (_, boots) => {
    const rehearsal = await cluster();
    const id = rename(rehearsal, 'demo-cp-3', 'archive-1');
    if (boots) await reboot(rehearsal, id);
    const { run } = await scaled(rehearsal, {
      role: 'control-plane',
      count: 2,
      nodes: ['archive-1'],
    });
    expect(drained(run)).toEqual([boots ? 'archive-1' : 'demo-cp-3']);
    expect(await nodesOf(rehearsal)).toEqual(all.filter((name) => name !== 'demo-cp-3'));
    const members = rehearsal.world.talos.bootstrappedClusters()[0]?.etcd.members ?? [];
    expect(members.map(({ hostname }) => hostname).sort()).toEqual(['demo-cp-1', 'demo-cp-2']);
  });

  test('has its name in etcd and in Kubernetes after the next boot', async () => {
    const rehearsal = await cluster();
    const id = rename(rehearsal, 'demo-cp-3', 'archive-1');
    const hostnames = () =>
      (rehearsal.world.talos.bootstrappedClusters()[0]?.etcd.members ?? []).map(
        ({ hostname }) => hostname,
      );
    expect(hostnames()).toContain('demo-cp-3');
    await reboot(rehearsal, id);
    expect(hostnames()).toContain('archive-1');
    expect(hostnames()).not.toContain('demo-cp-3');
    const { status: found } = await status(rehearsal.run().ctx);
    expect(found.servers.every(({ kubernetes }) => kubernetes?.ready)).toBe(true);
    expect(found.problems.map(({ code }) => code)).toEqual(['stale-node']);
  });
});

describe('two servers whose names were exchanged', () => {
  test('are refused by name, and each is removed by its id as the node that it is', async () => {
    const rehearsal = await cluster();
    const [one, two] = [idOf(rehearsal, 'demo-web-1'), idOf(rehearsal, 'demo-web-2')];
    rename(rehearsal, 'demo-web-1', 'between');
    rename(rehearsal, 'demo-web-2', 'demo-web-1');
    rename(rehearsal, 'between', 'demo-web-2');
    const wish = { role: 'worker', count: 1 } as const;
    await expect(scaled(rehearsal, { ...wish, nodes: ['demo-web-2'] })).rejects.toMatchObject({
      exitCode: 2,
      message: `"demo-web-2" is the name of one server and of the node of another: demo-web-2 (node demo-web-1): id ${one} and demo-web-1 (node demo-web-2): id ${two}`,
    });
    const { run } = await scaled(rehearsal, { ...wish, nodes: [String(two)] });
    expect(drained(run)).toEqual(['demo-web-2']);
    expect(await nodesOf(rehearsal)).toEqual(all.slice(0, 4));
    expect(
      projectOf(rehearsal)
        .list('servers')
        .map(({ id }) => id),
    ).toContain(one);
  });

  test('are known for what they are by a removal of their highest index', async () => {
    const rehearsal = await cluster();
    const two = rename(rehearsal, 'demo-web-2', 'between');
    rename(rehearsal, 'demo-web-1', 'demo-web-2');
    rename(rehearsal, 'between', 'demo-web-1');
    const { run } = await scaled(rehearsal, { role: 'worker', count: 1 });
    expect(drained(run)).toEqual(['demo-web-2']);
    expect(
      projectOf(rehearsal)
        .list('servers')
        .map(({ id }) => id),
    ).not.toContain(two);
  });
});

describe('a server that has the name that a new one would get', () => {
  test('stops a scale before anything is ordered', async () => {
    const rehearsal = await cluster();
    const id = rename(rehearsal, 'demo-web-2', 'demo-web-3');
    const writes = rehearsal.faults.writes.length;
    await expect(scaled(rehearsal, { role: 'worker', count: 3 })).rejects.toMatchObject({
      exitCode: 3,
      message: `the name demo-web-3 is taken by a server of the cluster (id ${id}) that is another node by its labels: role=worker, pool=web, index=2`,
    });
    expect(rehearsal.faults.writes).toHaveLength(writes);
  });
});
