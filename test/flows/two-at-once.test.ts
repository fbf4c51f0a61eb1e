import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readLease } from '../../src/cluster/state/lease.js';
import { create } from '../../src/flows/create.js';
import { destroy } from '../../src/flows/destroy.js';
import { scale } from '../../src/flows/scale.js';
import { ExitCode, InterruptedError, OxideError } from '../../src/lib/errors.js';
import { ClusterFiles } from '../../src/steps/run/context.js';
import { projectOf, type Project } from '../helpers/project.js';
import {
  clusterYaml,
  rehearse,
  rehearseCluster,
  type Rehearsal,
  type Run,
} from '../helpers/rehearsal.js';

const yaml = clusterYaml(1, 1);
const laptop = { id: '1a1a1a1a1a1a', host: 'laptop' };
const ci = { id: 'c1c1c1c1c1c1', host: 'build-7' };

/** Another machine's output folder, empty. */
async function otherFolder({ files }: Rehearsal): Promise<ClusterFiles> {
  const folder = join(files.folder, '..', 'other');
  await mkdir(folder, { mode: 0o700 });
  return new ClusterFiles(folder);
}

const scaleTo = (run: Run, count: number, confirm = () => Promise.resolve(true)) =>
  scale(run.ctx, {
    wish: { role: 'worker', pool: undefined, count, nodes: [], force: false },
    drainTimeoutMs: 600_000,
    confirm,
  });

const names = (project: Project) =>
  project
    .list('servers')
    .map(({ name }) => name)
    .sort();
const leaseOf = (project: Project) => readLease(project.list('networks')[0]?.labels ?? {});

async function refusal(run: Promise<unknown>): Promise<OxideError> {
  const error = await run.then(
    () => new Error('the run went through'),
    (reason: unknown) => reason,
  );
  if (error instanceof OxideError) return error;
  throw error;
}

/** A cluster, and a run on a laptop that is under way with it until `end` is called. */
async function underWay(rehearsal: Rehearsal) {
  const interrupt = new AbortController();
  let began = (): void => undefined;
  const begun = new Promise<void>((resolve) => (began = resolve));
  rehearsal.faults.add({
    method: 'POST',
    path: /^\/servers$/,
    fault: { kind: 'slow-action', factor: 30 },
  });
  const record = rehearsal.faults.record.bind(rehearsal.faults);
  rehearsal.faults.record = (request) => {
    record(request);
    if (request.method === 'POST' && request.path === '/servers') began();
  };
  const run = rehearsal.run({ signal: interrupt.signal, holder: laptop });
  const ended = scaleTo(run, 2).catch((error: unknown) => error);
  await begun;
  return {
    ended,
    interrupt: () => {
      interrupt.abort(new InterruptedError());
      return ended;
    },
  };
}

describe('two machines', () => {
  test('that begin the same cluster at the same moment make one of it, and one is told', async () => {
    const rehearsal = await rehearse(yaml);
    const other = await otherFolder(rehearsal);
    const ends = await Promise.allSettled([
      create(rehearsal.run({ holder: laptop }).ctx),
      create(rehearsal.run({ holder: ci, files: other }).ctx),
    ]);
    expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const [refused] = ends.flatMap((end) =>
      end.status === 'rejected' ? [end.reason as unknown] : [],
    );
    expect(refused).toMatchObject({ exitCode: ExitCode.precondition });
    expect(String(refused)).toMatch(
      /another oxide is at work on the cluster "demo", on (laptop|build-7)/,
    );
    const project = projectOf(rehearsal);
    expect(names(project)).toEqual(['demo-cp-1', 'demo-web-1']);
    expect(rehearsal.world.talos.clusters()).toHaveLength(1);
    expect(leaseOf(project)).toBeUndefined();
  });

  test('never work on a cluster with different secrets, also when neither sees the other', async () => {
    const rehearsal = await rehearse(yaml);
    const other = await otherFolder(rehearsal);
    // The second looked before the first had made anything, and creates when the first is done.
    const late = rehearsal.run({ holder: ci, files: other });
    const confirm = late.ctx.confirm;
    const lateCtx = {
      ...late.ctx,
      confirm: async (plan: Parameters<typeof confirm>[0]) => {
        await create(rehearsal.run({ holder: laptop }).ctx);
        return confirm(plan);
      },
    };
    const error = await refusal(create(lateCtx));
    expect(error.message).toContain('not those that the plan was made from');
    expect(names(projectOf(rehearsal))).toEqual(['demo-cp-1', 'demo-web-1']);
    const again = await refusal(create(rehearsal.run({ holder: ci, files: other }).ctx));
    expect(again.message).toMatch(/the cluster "demo" exists, but .* does not/);
  });

  test('see each other: the second is told who works on it, and when it would be free', async () => {
    const rehearsal = await rehearse(yaml);
    const project = projectOf(rehearsal);
    await create(rehearsal.run().ctx);
    const first = await underWay(rehearsal);
    const error = await refusal(scaleTo(rehearsal.run({ holder: ci }), 3));
    expect(error.message).toBe('another oxide is at work on the cluster "demo", on laptop');
    expect(error.hint).toMatch(/the cluster is free at \d\d:\d\d:\d\d \(in (9m \d\ds|10m 00s)\)/);
    expect(error.hint).toContain('--break-lock');
    expect(error.exitCode).toBe(ExitCode.precondition);
    const gone = await refusal(
      destroy(rehearsal.run({ holder: ci }).ctx, {
        ...{ dryRun: false, deleteVolumes: false, deleteLoadBalancers: false },
        confirm: () => Promise.resolve(true),
      }),
    );
    expect(gone.message).toBe(error.message);
    await first.ended;
    expect(names(project)).toEqual(['demo-cp-1', 'demo-web-1', 'demo-web-2']);
    await scaleTo(rehearsal.run({ holder: ci }), 3);
    expect(names(project)).toHaveLength(4);
  });

  test.each([
    ['ahead', 3_600_000],
    ['behind', -3_600_000],
  ])('see each other when the clock of one is an hour %s', async (_, clockAhead) => {
    const rehearsal = await rehearseCluster(yaml);
    const first = await underWay(rehearsal);
    const skewed = rehearsal.run({ holder: ci, clockAhead });
    const error = await refusal(scaleTo(skewed, 3));
    expect(error.message).toContain('on laptop');
    expect(error.hint).toMatch(/the cluster is free at \d\d:\d\d:\d\d \(in (9m \d\ds|10m 00s)\)/);
    await first.ended;
    await scaleTo(rehearsal.run({ holder: ci, clockAhead }), 3);
    const leases = rehearsal.faults.requests.flatMap(({ body }) => {
      const { labels } = (body ?? {}) as { labels?: Record<string, string> };
      return readLease(labels ?? {}) ?? [];
    });
    const ofCi = leases.filter(({ host }) => host === ci.host);
    expect(ofCi).not.toEqual([]);
    for (const { until } of ofCi) {
      expect(Math.abs(until - rehearsal.clock.now())).toBeLessThan(1_800_000);
    }
    expect(names(projectOf(rehearsal))).toHaveLength(4);
  });

  test('still see each other when a run takes longer than its lease', async () => {
    const rehearsal = await rehearseCluster(`${yaml}timeouts: { hetzner: 1h }\n`);
    const first = await underWay(rehearsal);
    const before = leaseOf(projectOf(rehearsal))?.until ?? 0;
    await rehearsal.clock.sleep(before - rehearsal.clock.now() + 1_000);
    const error = await refusal(scaleTo(rehearsal.run({ holder: ci }), 3));
    expect(error.message).toContain('on laptop');
    expect(leaseOf(projectOf(rehearsal))?.until).toBeGreaterThan(before);
    await first.ended;
  });
});

describe('a run that ends', () => {
  test('leaves the cluster to others at once, also when it was interrupted', async () => {
    const rehearsal = await rehearseCluster(yaml);
    const first = await underWay(rehearsal);
    expect(leaseOf(projectOf(rehearsal))?.host).toBe('laptop');
    expect(await first.interrupt()).toBeInstanceOf(InterruptedError);
    expect(leaseOf(projectOf(rehearsal))).toBeUndefined();
    await scaleTo(rehearsal.run({ holder: ci }), 2);
    expect(names(projectOf(rehearsal))).toEqual(['demo-cp-1', 'demo-web-1', 'demo-web-2']);
  });

  test('without being able to say so leaves its lease to the next run from the same folder', async () => {
    const rehearsal = await rehearseCluster(yaml);
    rehearsal.faults.add({
      method: 'PUT',
      path: /^\/networks/,
      fault: { kind: 'extra-fields', fields: {} },
    });
    rehearsal.faults.add({
      method: 'PUT',
      path: /^\/networks/,
      count: Infinity,
      fault: { kind: 'status', status: 500, code: 'server_error' },
    });
    const run = rehearsal.run({ holder: laptop });
    await scaleTo(run, 2);
    expect(run.ctx.holder.hasLease).toBe(true);
    rehearsal.faults.clear();
    const others = await refusal(scaleTo(rehearsal.run({ holder: ci }), 3));
    expect(others.message).toContain('on laptop');
    await scaleTo(rehearsal.run({ holder: laptop }), 3);
    expect(names(projectOf(rehearsal))).toHaveLength(4);
  });

  test('by being killed keeps others out for ten minutes and no longer', async () => {
    const rehearsal = await rehearse(yaml);
    const project = projectOf(rehearsal);
    await create(rehearsal.run().ctx);
    const [network] = project.list('networks');
    const until = rehearsal.clock.now() + 600_000;
    project.call('PUT', `/networks/${network?.id ?? 0}`, {
      labels: { ...network?.labels, lease: `${Math.ceil(until / 1_000)}.${ci.id}.build-7` },
    });
    await refusal(scaleTo(rehearsal.run({ holder: laptop }), 2));
    await rehearsal.clock.sleep(601_000);
    await scaleTo(rehearsal.run({ holder: laptop }), 2);
    expect(names(project)).toHaveLength(3);
  });
});

describe('--break-lock', () => {
  test('takes the cluster from a run that still works: that one stops, and says why', async () => {
    const rehearsal = await rehearseCluster(`${yaml}timeouts: { hetzner: 1h }\n`);
    const first = await underWay(rehearsal);
    await scaleTo(rehearsal.run({ holder: { ...ci, takesOver: true } }), 1).catch(() => undefined);
    // The label of whoever took over and is still at work.
    const project = projectOf(rehearsal);
    const [network] = project.list('networks');
    const until = Math.ceil(rehearsal.clock.now() / 1_000) + 3_600;
    project.call('PUT', `/networks/${network?.id ?? 0}`, {
      labels: { ...network?.labels, lease: `${until}.${ci.id}.build-7` },
    });
    const ended = await first.ended;
    expect(String(ended)).toContain('another oxide, on build-7, has taken this cluster over');
    expect((ended as OxideError).exitCode).toBe(ExitCode.partial);
    expect(leaseOf(project)?.host).toBe('build-7');
  });
});

describe('a run whose cluster is deleted meanwhile', () => {
  const destroyAsCi = (rehearsal: Rehearsal) =>
    destroy(rehearsal.run({ holder: { ...ci, takesOver: true } }).ctx, {
      ...{ dryRun: false, deleteVolumes: false, deleteLoadBalancers: false },
      confirm: () => Promise.resolve(true),
    });

  test('stops, and says that the network is gone', async () => {
    const rehearsal = await rehearseCluster(`${yaml}timeouts: { hetzner: 1h }\n`);
    const first = await underWay(rehearsal);
    // By hand, in the console: nobody's name is left there.
    rehearsal.faults.add({
      method: 'GET',
      path: /^\/networks\/\d+$/,
      count: Infinity,
      fault: { kind: 'status', status: 404, code: 'not_found' },
    });
    const ended = await first.ended;
    expect(String(ended)).toContain(
      'the network of the cluster "demo" was deleted while this run worked on it',
    );
    expect((ended as OxideError).hint).toContain('oxide status');
  });

  test('says who makes it anew', async () => {
    const rehearsal = await rehearseCluster(`${yaml}timeouts: { hetzner: 1h }\n`);
    const first = await underWay(rehearsal);
    await destroyAsCi(rehearsal);
    const until = Math.ceil(rehearsal.clock.now() / 1_000) + 3_600;
    projectOf(rehearsal).call('POST', '/networks', {
      ...{ name: 'demo', ip_range: '10.0.0.0/16' },
      labels: { 'managed-by': 'oxide', cluster: 'demo', lease: `${until}.${ci.id}.build-7` },
    });
    expect(String(await first.ended)).toContain(
      'another oxide, on build-7, has taken this cluster over',
    );
  });
});

describe('a plan that was looked at for long', () => {
  test('is not carried out when the servers are others by then', async () => {
    const rehearsal = await rehearseCluster(yaml);
    const error = await refusal(
      scaleTo(rehearsal.run({ holder: laptop }), 2, async () => {
        await scaleTo(rehearsal.run({ holder: ci }), 3);
        return true;
      }),
    );
    expect(error.message).toBe(
      'the servers of the cluster are not those that the plan was made from',
    );
    expect(names(projectOf(rehearsal))).toHaveLength(4);
    expect(leaseOf(projectOf(rehearsal))).toBeUndefined();
  });
});
