import { describe, expect, test } from 'vitest';
import { create } from '../../src/flows/create.js';
import { destroy } from '../../src/flows/destroy.js';
import { scale } from '../../src/flows/scale.js';
import { status } from '../../src/flows/status.js';
import { InterruptedError } from '../../src/lib/errors.js';
import { projectOf } from '../helpers/project.js';
import {
  clusterYaml,
  rehearse,
  rehearseCluster,
  type Rehearsal,
  type Run,
} from '../helpers/rehearsal.js';

/** The groups with the numbers of their servers: `demo-web-1 10`. */
const groupsOf = (rehearsal: Rehearsal): readonly string[] =>
  projectOf(rehearsal)
    .list('placement_groups')
    .map((group) => `${group.name} ${(group as unknown as { servers: unknown[] }).servers.length}`)
    .sort();

const serversOf = (rehearsal: Rehearsal, status?: string): readonly string[] =>
  projectOf(rehearsal)
    .list('servers')
    .filter(
      (server) =>
        status === undefined || (server as unknown as { status: string }).status === status,
    )
    .map(({ name }) => name);

const notes = ({ events }: Run): readonly string[] =>
  events.flatMap((event) =>
    event.type === 'note' && event.message.startsWith('Hetzner') ? [event.message] : [],
  );

async function scaleWorkers(rehearsal: Rehearsal, count: number, options = {}) {
  const run = rehearsal.run(options);
  await scale(run.ctx, {
    wish: { role: 'worker', pool: undefined, nodes: [], force: false, count },
    drainTimeoutMs: 60_000,
    confirm: (plan) => {
      (run.plans as (typeof plan)[]).push(plan);
      return Promise.resolve(true);
    },
  });
  return run;
}

const placed = (placement: string, workers = 1) =>
  clusterYaml(3, workers).replaceAll('count:', `placement: ${placement}, count:`);

describe('placement groups', () => {
  test('hold 3+25 servers, go with those of a scale down to 3+5, and with a destroy', async () => {
    const rehearsal = await rehearse(clusterYaml(3, 25));
    await create(rehearsal.run().ctx);
    expect(groupsOf(rehearsal)).toEqual([
      'demo 3',
      'demo-web-1 10',
      'demo-web-2 10',
      'demo-web-3 5',
    ]);
    const { plans } = await scaleWorkers(rehearsal, 5);
    expect(groupsOf(rehearsal)).toEqual(['demo 3', 'demo-web-1 5']);
    expect(plans[0]?.changes.filter(({ kind }) => kind === 'placement-group')).toMatchObject([
      { action: 'delete', name: 'demo-web-2' },
      { action: 'delete', name: 'demo-web-3' },
    ]);
    await destroy(rehearsal.run().ctx, {
      ...{ deleteVolumes: false, deleteLoadBalancers: false, dryRun: false },
      confirm: () => Promise.resolve(true),
    });
    expect(groupsOf(rehearsal)).toEqual([]);
  });

  test('that a stopped scale down left empty go with the next one', async () => {
    const rehearsal = await rehearseCluster(clusterYaml(1, 11));
    expect(groupsOf(rehearsal)).toEqual(['demo 1', 'demo-web-1 10', 'demo-web-2 1']);
    const stop = { method: 'DELETE', path: /^\/placement_groups/ };
    rehearsal.faults.add({ ...stop, fault: { kind: 'status', status: 403, code: 'forbidden' } });
    await expect(scaleWorkers(rehearsal, 10)).rejects.toThrow('forbidden');
    expect(groupsOf(rehearsal)).toEqual(['demo 1', 'demo-web-1 10', 'demo-web-2 0']);
    await scaleWorkers(rehearsal, 10);
    expect(groupsOf(rehearsal)).toEqual(['demo 1', 'demo-web-1 10']);
  });

  test('that a stopped create made are used by the next one', async () => {
    const rehearsal = await rehearse(clusterYaml(1, 1));
    const controller = new AbortController();
    const record = rehearsal.faults.record.bind(rehearsal.faults);
    rehearsal.faults.record = (request) => {
      record(request);
      if (request.method === 'POST' && request.path === '/placement_groups')
        controller.abort(new InterruptedError());
    };
    await expect(create(rehearsal.run({ signal: controller.signal }).ctx)).rejects.toThrow();
    await create(rehearsal.run().ctx);
    expect(groupsOf(rehearsal)).toEqual(['demo 1', 'demo-web-1 1']);
  });

  test('are missing from servers of earlier versions, which status says and a create leaves', async () => {
    const rehearsal = await rehearseCluster(placed('none'));
    expect(groupsOf(rehearsal)).toEqual([]);
    const run = rehearsal.run({ yaml: clusterYaml(3, 1) });
    const { differences } = (await status(run.ctx)).status;
    expect(differences).toMatchObject([
      { key: 'control_planes.cp.placement', found: 'none', wanted: 'spread', by: 'replace' },
      { key: 'workers.web.placement', servers: ['demo-web-1'], effect: 'replacement' },
    ]);
    await expect(create(run.ctx)).resolves.toMatchObject({ cluster: { changed: false } });
  });
});

describe('a host that dies', () => {
  test.each([
    ['spread', 1],
    ['none', 3],
  ])('with placement %s takes %i of three control planes', async (placement, count) => {
    const rehearsal = await rehearseCluster(placed(placement));
    const [first] = projectOf(rehearsal).list('servers');
    rehearsal.world.cloud.failHostOf(first?.id ?? 0);
    const lost = serversOf(rehearsal, 'off').filter((name) => name.includes('-cp-'));
    expect(lost).toHaveLength(count);
  });
});

describe('a location without enough hosts', () => {
  test('is left for the next one of the pool', async () => {
    const yaml = clusterYaml(3, 1).replace(
      'server_type: cx23',
      'server_type: cx23, locations: [nbg1, fsn1]',
    );
    const rehearsal = await rehearse(yaml);
    rehearsal.world.cloud.setHosts('nbg1', 2);
    const run = rehearsal.run();
    await create(run.ctx);
    expect(groupsOf(rehearsal)).toEqual(['demo 3', 'demo-web-1 1']);
    expect(notes(run)).toEqual([
      'Hetzner has no capacity for cx23 in nbg1 at present: the pool cp gets cx23 in fsn1, from demo-cp-3 on.',
    ]);
  });

  test('takes servers without a group where that is allowed, and says so', async () => {
    const rehearsal = await rehearse(placed('best-effort'));
    rehearsal.world.cloud.setHosts('nbg1', 2);
    const run = rehearsal.run();
    await create(run.ctx);
    expect(groupsOf(rehearsal)).toEqual(['demo 2', 'demo-web-1 1']);
    expect(serversOf(rehearsal)).toHaveLength(4);
    expect(notes(run)).toEqual([
      'Hetzner has no host apart from the others for cx23 in nbg1 at present: the pool cp gets cx23 in nbg1 without a placement group, from demo-cp-3 on.',
    ]);
  });

  test('ends a create that may not do so, with what would let it', async () => {
    const rehearsal = await rehearse(placed('spread'));
    rehearsal.world.cloud.setHosts('nbg1', 2);
    await expect(create(rehearsal.run().ctx)).rejects.toMatchObject({
      message: expect.stringContaining('placement_error') as string,
      hint: expect.stringContaining('placement: best-effort') as string,
      exitCode: 4,
    });
  });
});
