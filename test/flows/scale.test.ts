import { readFileSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { InterruptedError } from '../../src/lib/errors.js';
import { scale, type ScaledCluster } from '../../src/flows/scale.js';
import type { ScaleWish } from '../../src/cluster/plan/scale/scale-pool.js';
import type { Invocation } from '../../src/tools/exec.js';
import { parseNodes } from '../../src/tools/kubectl.js';
import { administer } from '../helpers/administer.js';
import {
  clusterYaml,
  rehearseCluster,
  type Rehearsal,
  type Run,
  type RunOptions,
} from '../helpers/rehearsal.js';
import { recorded } from '../tools/recordings.js';

type Wish = Pick<ScaleWish, 'role' | 'count'> & Partial<ScaleWish>;

/** Makes the cluster that the test begins with. */
function clusterOf(controlPlanes: number, workers: number): Promise<Rehearsal> {
  return rehearseCluster(clusterYaml(controlPlanes, workers));
}

async function outcome(run: Run, wish: Wish) {
  return scale(run.ctx, {
    wish: { pool: undefined, nodes: [], force: false, ...wish },
    drainTimeoutMs: 10 * 60_000,
    confirm: (plan) => {
      (run.plans as (typeof plan)[]).push(plan);
      return Promise.resolve(true);
    },
  });
}

interface Scaled {
  readonly run: Run;
  readonly scaled: ScaledCluster;
}

async function scaled(rehearsal: Rehearsal, wish: Wish, options?: RunOptions): Promise<Scaled> {
  const run = rehearsal.run(options);
  const result = await outcome(run, wish);
  if (result.kind !== 'scaled') throw new Error('the run only showed its plan');
  return { run, scaled: result.scaled };
}

async function nodesOf({ ctx }: Run) {
  const args = ['--kubeconfig', ctx.files.kubeconfig, 'get', 'nodes'];
  return parseNodes((await ctx.run({ tool: 'kubectl', args, timeoutMs: 1_000 })).stdout);
}

function etcdOf({ world }: Rehearsal) {
  return (world.talos.bootstrappedClusters()[0]?.etcd.members ?? []).map(({ hostname, learner }) =>
    learner ? `${hostname} (learner)` : hostname,
  );
}

/** One pod on each worker, which their budget never lets go. */
async function guardedPods(rehearsal: Rehearsal, replicas: number): Promise<void> {
  const labels = { app: 'db' };
  const apply = (path: string, body: object) =>
    administer(rehearsal, { method: 'POST', path, body });
  await apply('/apis/apps/v1/namespaces/default/deployments', {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'db', namespace: 'default' },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          containers: [{ name: 'db', image: 'postgres:17' }],
          affinity: {
            podAntiAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: [
                { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: labels } },
              ],
            },
          },
        },
      },
    },
  });
  await apply('/apis/policy/v1/namespaces/default/poddisruptionbudgets', {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'db', namespace: 'default' },
    spec: { minAvailable: replicas, selector: { matchLabels: labels } },
  });
  await rehearsal.clock.sleep(60_000);
}

/** Takes the budget away again. */
async function loosen(rehearsal: Rehearsal): Promise<void> {
  const path = '/apis/policy/v1/namespaces/default/poddisruptionbudgets/db';
  await administer(rehearsal, { method: 'DELETE', path });
}

/** What was done to a node by tools, and to servers at Hetzner, in the order in which it happened. */
function deedsOn(rehearsal: Rehearsal, log: string[]): RunOptions {
  const { faults } = rehearsal;
  let seen = faults.writes.length;
  const catchUp = (): void => {
    for (const { method, path } of faults.writes.slice(seen)) {
      if (method === 'DELETE') log.push(`server ${path.replace('/servers/', '')}`);
    }
    seen = faults.writes.length;
  };
  return {
    intercept: ({ args }) => {
      catchUp();
      const nodes = args.join(' ').match(/\bdemo-[a-z]+-\d+/g) ?? [];
      if (args.includes('drain')) log.push(...nodes.map((node) => `drain ${node}`));
      if (args.includes('delete')) log.push(...nodes.map((node) => `delete node ${node}`));
      if (args[0] === 'reset')
        log.push(...(args.at(-1) ?? '').split(',').map((ip) => `reset ${ip}`));
      return undefined;
    },
  };
}

/** Server id and private address by name. */
async function idsOf({ ctx }: Run): Promise<ReadonlyMap<string, { id: number; ip: string }>> {
  const servers = await ctx.hetzner.servers();
  return new Map(
    servers.map(({ id, name, private_net: [net] }) => [name, { id, ip: net?.ip ?? '' }]),
  );
}

describe('a scale', () => {
  test('takes control planes from one to three to five and back, etcd whole all the way', async () => {
    const rehearsal = await clusterOf(1, 1);
    for (const count of [3, 5, 3, 1]) {
      const { run } = await scaled(rehearsal, { role: 'control-plane', count });
      const wanted = Array.from({ length: count }, (_, i) => `demo-cp-${i + 1}`);
      expect(etcdOf(rehearsal).sort()).toEqual(wanted);
      const nodes = (await nodesOf(run)).filter(({ role }) => role === 'control-plane');
      expect(nodes.map(({ name }) => name).sort()).toEqual(wanted);
      expect(nodes.every(({ ready }) => ready)).toBe(true);
    }
  });

  test('takes workers from three to ten and down to two', async () => {
    const rehearsal = await clusterOf(1, 3);
    const { scaled: up } = await scaled(rehearsal, { role: 'worker', count: 10 });
    expect(up.added).toHaveLength(7);
    const { run, scaled: down } = await scaled(rehearsal, { role: 'worker', count: 2 });
    expect(down.removed).toEqual([10, 9, 8, 7, 6, 5, 4, 3].map((i) => `demo-web-${i}`));
    const nodes = (await nodesOf(run)).filter(({ role }) => role === 'worker');
    expect(nodes.map(({ name }) => name).sort()).toEqual(['demo-web-1', 'demo-web-2']);
  });
});

describe('a removal', () => {
  test.each([
    ['worker', 1, 3, 1, ['demo-web-3', 'demo-web-2']],
    ['control-plane', 3, 0, 1, ['demo-cp-3', 'demo-cp-2']],
  ] as const)(
    'of a %s drains, resets, deletes the node, then the server',
    async (role, cps, workers, count, gone) => {
      const rehearsal = await clusterOf(cps, workers);
      const ids = await idsOf(rehearsal.run());
      const log: string[] = [];
      await scaled(rehearsal, { role, count }, deedsOn(rehearsal, log));
      for (const name of gone) {
        const { id, ip } = ids.get(name) ?? { id: 0, ip: '' };
        const order = [`drain ${name}`, `reset ${ip}`, `delete node ${name}`, `server ${id}`];
        expect(log.filter((deed) => order.includes(deed))).toEqual(order);
      }
      if (role === 'control-plane') {
        const last = `server ${ids.get('demo-cp-3')?.id ?? 0}`;
        expect(log.indexOf(last)).toBeLessThan(log.indexOf('drain demo-cp-2'));
        expect(etcdOf(rehearsal)).toEqual(['demo-cp-1']);
      }
    },
  );

  test('of control planes backs etcd up first, for the owner only', async () => {
    const rehearsal = await clusterOf(3, 0);
    await scaled(rehearsal, { role: 'control-plane', count: 1 });
    const { backups, talosconfig } = rehearsal.files;
    const [snapshot = '', ...more] = await readdir(backups);
    expect(more).toEqual([]);
    expect(snapshot).toMatch(/^etcd-.*\.snapshot$/);
    expect((statSync(join(backups, snapshot)).mode & 0o777).toString(8)).toBe('600');
    expect((statSync(backups).mode & 0o777).toString(8)).toBe('700');
    expect(readFileSync(talosconfig, 'utf8').match(/endpoints:\n\s+- /g)).toHaveLength(1);
    expect(readFileSync(talosconfig, 'utf8').match(/- "\d+\.\d+\.\d+\.\d+"/g)).toHaveLength(2);
  });

  test('that a budget never lets happen is taken back, and names pods and budget', async () => {
    const rehearsal = await clusterOf(1, 2);
    await guardedPods(rehearsal, 2);
    const run = rehearsal.run();
    const failure = outcome(run, { role: 'worker', count: 1 });
    await expect(failure).rejects.toMatchObject({
      exitCode: 6,
      message: expect.stringMatching(
        /^demo-web-2 was not drained .*default\/db-\S+ \(budget db\)$/,
      ) as string,
    });
    const nodes = await nodesOf(run);
    expect(nodes.map(({ unschedulable }) => unschedulable)).toEqual([false, false, false]);
    expect(rehearsal.faults.writes.filter(({ method }) => method === 'DELETE')).toEqual([]);
    const { labels } =
      (await run.ctx.hetzner.servers()).find(({ name }) => name === 'demo-web-2') ?? {};
    expect(labels).not.toHaveProperty('removal');
  });

  /** How many nodes each drain of the run was told to empty. */
  const drainedTogether = ({ calls }: Run): number[] =>
    calls
      .filter(({ args }) => args.includes('drain'))
      .map(({ args }) => args.filter((arg) => arg.startsWith('demo-web-')).length);

  test('of several nodes without pods to move drains them in one call, with one mark each', async () => {
    const rehearsal = await clusterOf(1, 5);
    const from = rehearsal.faults.writes.length;
    const { run } = await scaled(rehearsal, { role: 'worker', count: 1 });
    const drains = drainedTogether(run);
    const together = Math.max(...drains);
    expect(together).toBeGreaterThan(1);
    expect(drains.filter((nodes) => nodes > 1)).toHaveLength(1);
    const marks = rehearsal.faults.writes
      .slice(from)
      .filter(({ method, path }) => method === 'PUT' && path.startsWith('/servers/'));
    expect(marks).toHaveLength(together + 2 * (4 - together));
  });

  test('drains each node by itself when they cannot be drained in one call', async () => {
    const rehearsal = await clusterOf(1, 5);
    const { stderr } = recorded('kubectl', 'refused');
    const isJoint = ({ args }: Invocation): boolean =>
      args.includes('drain') && args.filter((arg) => arg.startsWith('demo-web-')).length > 1;
    const intercept: RunOptions['intercept'] = (call) =>
      isJoint(call) ? { exitCode: 1, stdout: '', stderr } : undefined;
    const { run } = await scaled(rehearsal, { role: 'worker', count: 1 }, { intercept });
    expect(drainedTogether(run).filter((nodes) => nodes === 1)).toHaveLength(4);
    expect(await nodesOf(run)).toHaveLength(2);
  });

  test('whose node could not be cordoned wipes nothing, although kubectl drain ends with 0', async () => {
    const rehearsal = await clusterOf(1, 2);
    const { stderr } = recorded('kubectl', 'drain-cannot-cordon');
    const run = rehearsal.run({
      intercept: ({ args }) =>
        args.includes('drain')
          ? { exitCode: 0, stdout: 'node/demo-web-2 drained\n', stderr }
          : undefined,
    });
    await expect(outcome(run, { role: 'worker', count: 1 })).rejects.toMatchObject({
      exitCode: 5,
      message: expect.stringMatching(
        /^demo-web-2 still takes pods: Internal error occurred: failed calling webhook/,
      ) as string,
      hint: expect.stringContaining('It takes pods again. Nothing of it was reset.') as string,
    });
    expect(run.calls.some(({ args }) => args.includes('reset'))).toBe(false);
    expect(rehearsal.faults.writes.filter(({ method }) => method === 'DELETE')).toEqual([]);
    await scaled(rehearsal, { role: 'worker', count: 1 });
  });

  test('wipes nothing on which pods are again, and names them', async () => {
    const rehearsal = await clusterOf(1, 2);
    await guardedPods(rehearsal, 2);
    const path = '/api/v1/nodes/demo-web-2';
    const run = rehearsal.run({
      around: async ({ args }, happen) => {
        if (!args.includes('drain')) return happen();
        await administer(rehearsal, {
          ...{ method: 'PATCH', path, contentType: 'application/merge-patch+json' },
          body: { spec: { unschedulable: true } },
        });
        return { exitCode: 0, stdout: 'node/demo-web-2 drained\n', stderr: '' };
      },
    });
    await expect(outcome(run, { role: 'worker', count: 1 })).rejects.toThrow(
      /^demo-web-2 was drained, and pods are on it again: default\/db-\S+/,
    );
    expect(run.calls.some(({ args }) => args.includes('reset'))).toBe(false);
  });

  test('that cannot give a node back says so, and keeps the first error', async () => {
    const rehearsal = await clusterOf(1, 2);
    await guardedPods(rehearsal, 2);
    const { stderr } = recorded('kubectl', 'uncordon-denied');
    const run = rehearsal.run({
      intercept: ({ args }) =>
        args.includes('uncordon') ? { exitCode: 0, stdout: '', stderr } : undefined,
    });
    await expect(outcome(run, { role: 'worker', count: 1 })).rejects.toMatchObject({
      exitCode: 6,
      message: expect.stringMatching(/^demo-web-2 was not drained within/) as string,
      hint: expect.stringMatching(
        /^It is still cordoned: demo-web-2 takes no pods: .*nodes are frozen/,
      ) as string,
    });
    const servers = await run.ctx.hetzner.servers();
    const labels = servers.find(({ name }) => name === 'demo-web-2')?.labels;
    expect(labels).toMatchObject({ removal: 'drain' });
  });

  test('on whose deadline pods still end names them, and what is gone for good', async () => {
    const rehearsal = await clusterOf(1, 2);
    for (const [name, seconds] of [
      ['quick', 1],
      ['slow', 3_000],
    ] as const) {
      await administer(rehearsal, {
        ...{ method: 'POST', path: '/api/v1/namespaces/default/pods' },
        body: {
          ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default' } },
          spec: {
            ...{ nodeName: 'demo-web-2', terminationGracePeriodSeconds: seconds },
            containers: [{ name: 'c', image: 'example.test/c:1' }],
          },
        },
      });
    }
    await rehearsal.clock.sleep(60_000);
    const { stderr } = recorded('kubectl', 'drain-ending');
    const run = rehearsal.run({
      around: async ({ args }, happen) => {
        if (!args.includes('drain')) return happen();
        const path = '/api/v1/namespaces/default/pods/quick';
        await administer(rehearsal, { method: 'DELETE', path });
        await rehearsal.clock.sleep(60_000);
        return { exitCode: 1, stdout: '', stderr };
      },
    });
    await expect(outcome(run, { role: 'worker', count: 1 })).rejects.toMatchObject({
      exitCode: 6,
      message: expect.stringMatching(
        /^demo-web-2 was not drained within .+: .*default\/slow/,
      ) as string,
      hint: expect.stringContaining(
        'It takes pods again. Gone for good: default/quick, which nobody makes again.',
      ) as string,
    });
  });

  test('goes on when the Kubernetes API is away for a moment while a node stops', async () => {
    const rehearsal = await clusterOf(1, 2);
    let reset = false;
    let away = 5;
    const { stderr } = recorded('kubectl', 'refused');
    await scaled(
      rehearsal,
      { role: 'worker', count: 1 },
      {
        intercept: ({ args }) => {
          reset ||= args.includes('reset');
          const fails = reset && args.includes('nodes') && away-- > 0;
          return fails ? { exitCode: 1, stdout: '', stderr } : undefined;
        },
      },
    );
    expect(away).toBeLessThan(0);
  });

  test('goes by facts when the reset hangs', async () => {
    const rehearsal = await clusterOf(3, 2);
    rehearsal.world.talos.setFault({ kind: 'reset-hangs' });
    await scaled(rehearsal, { role: 'worker', count: 1 });
    rehearsal.world.talos.setFault({ kind: 'reset-hangs' });
    const { run } = await scaled(rehearsal, { role: 'control-plane', count: 2 });
    expect((await nodesOf(run)).map(({ name }) => name).sort()).toEqual([
      'demo-cp-1',
      'demo-cp-2',
      'demo-web-1',
    ]);
    expect(etcdOf(rehearsal).sort()).toEqual(['demo-cp-1', 'demo-cp-2']);
  });

  test('takes a control plane out of etcd that does not leave by itself', async () => {
    const rehearsal = await clusterOf(3, 0);
    rehearsal.world.talos.setFault({ kind: 'unavailable', method: 'Reset' });
    const { run } = await scaled(rehearsal, { role: 'control-plane', count: 2 });
    expect(etcdOf(rehearsal).sort()).toEqual(['demo-cp-1', 'demo-cp-2']);
    expect(run.events).toContainEqual({
      type: 'note',
      message: expect.stringMatching(/^demo-cp-3 did not leave etcd by itself/) as string,
    });
  });

  test.each([
    ['worker', 'demo-web-1', 1],
    ['control-plane', 'demo-cp-2', 2],
  ] as const)('of a dead %s needs --force, and then takes that one', async (role, name, count) => {
    const rehearsal = await clusterOf(3, 2);
    const before = rehearsal.run();
    const { id } = (await idsOf(before)).get(name) ?? { id: 0 };
    await before.ctx.actions.wait(await before.ctx.hetzner.powerOff(id), name);
    await rehearsal.clock.sleep(120_000);
    await expect(outcome(rehearsal.run(), { role, count })).rejects.toThrow(
      `${name} cannot be drained`,
    );
    const { scaled: result } = await scaled(rehearsal, { role, count, force: true });
    expect(result.removed).toEqual([name]);
    expect(etcdOf(rehearsal)).toHaveLength(role === 'worker' ? 3 : 2);
  });
});

describe('an interrupted removal', () => {
  test.each([
    ['is finished by the same command', 1],
    ['is taken back when the node is to stay', 2],
  ])('%s', async (_, count) => {
    const rehearsal = await clusterOf(1, 2);
    await guardedPods(rehearsal, 2);
    const stop = new AbortController();
    const intercept = ({ args }: Invocation): undefined => {
      if (!args.includes('drain')) return;
      void rehearsal.clock.sleep(60_000).then(() => {
        stop.abort(new InterruptedError());
      });
    };
    const first = rehearsal.run({ signal: stop.signal, intercept });
    await expect(outcome(first, { role: 'worker', count: 1 })).rejects.toBeInstanceOf(
      InterruptedError,
    );
    const between = await nodesOf(rehearsal.run());
    expect(between.find(({ name }) => name === 'demo-web-2')?.unschedulable).toBe(true);
    if (count === 1) await loosen(rehearsal);
    const { run } = await scaled(rehearsal, { role: 'worker', count });
    const workers = (await nodesOf(run)).filter(({ role }) => role === 'worker');
    expect(workers.map(({ name, unschedulable }) => [name, unschedulable])).toEqual(
      Array.from({ length: count }, (__, i) => [`demo-web-${i + 1}`, false]),
    );
  });
});

describe('thirty workers', () => {
  test('are made and removed in hardly more time than one', async () => {
    const rehearsal = await clusterOf(1, 1);
    const timed = async (count: number): Promise<number> => {
      const start = rehearsal.clock.now();
      await scaled(rehearsal, { role: 'worker', count });
      return rehearsal.clock.now() - start;
    };
    const [addOne, removeOne] = [await timed(2), await timed(1)];
    const [addMany, removeMany] = [await timed(31), await timed(1)];
    expect(addMany / addOne).toBeLessThan(1.3);
    expect(removeMany / removeOne).toBeLessThan(1.3);
  });
});

describe('a scale that fails at a write', () => {
  test.each([
    ['worker', 1, 1, 2],
    ['worker', 1, 3, 2],
    ['control-plane', 1, 0, 3],
    ['control-plane', 3, 0, 1],
  ] as const)(
    'of %s (%i and %i to %i) ends in the asked state when run again',
    async (role, cps, workers, count) => {
      const names = async (run: Run) =>
        (await nodesOf(run)).filter((node) => node.role === role).map(({ name }) => name);
      for (let n = 1; ; n++) {
        const rehearsal = await clusterOf(cps, workers);
        const before = rehearsal.faults.writes.length;
        rehearsal.faults.add({
          write: before + n,
          fault: { kind: 'status', status: 422, code: 'service_error', message: 'planted' },
        });
        const failed = await outcome(rehearsal.run(), { role, count }).then(
          () => false,
          (error: unknown) => String(error).includes('planted'),
        );
        const { run } = await scaled(rehearsal, { role, count });
        expect(await names(run), `after write ${n}`).toHaveLength(count);
        expect(
          (await nodesOf(run)).every(({ ready, unschedulable }) => ready && !unschedulable),
        ).toBe(true);
        expect(etcdOf(rehearsal)).toHaveLength(role === 'worker' ? 1 : count);
        expect(await run.ctx.hetzner.servers()).toHaveLength(role === 'worker' ? 1 + count : count);
        if (!failed) break;
      }
    },
  );
});
