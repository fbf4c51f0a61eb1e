import { describe, expect, test } from 'vitest';
import { create } from '../../src/flows/create.js';
import { scale } from '../../src/flows/scale.js';
import { ExitCode, InterruptedError, OxideError } from '../../src/lib/errors.js';
import type { RecordedRequest } from '../../src/sandbox/faults.js';
import { plain } from '../helpers/cluster-yaml.js';
import { projectOf } from '../helpers/project.js';
import { clusterYaml, rehearse, type Rehearsal, type Run } from '../helpers/rehearsal.js';

const unannounced = { announced: false };

/** One control plane and workers that may be anything of this. */
const withWorkers = (choice: string, count = 2) => `cluster_name: demo
hcloud: { location: nbg1 }
control_planes: [{ name: cp, server_type: cx23, count: 1 }]
workers: [{ name: web, ${choice}, count: ${count} }]
${plain()}`;

interface Order {
  readonly name: string;
  readonly server_type: string;
  readonly location: string;
}

const isOrder = ({ method, path }: RecordedRequest) => method === 'POST' && path === '/servers';

/** Every order of a server, with its outcome: `demo-web-1 cx33 nbg1 201`. */
function orders({ faults }: Rehearsal): readonly string[] {
  return faults.requests.filter(isOrder).map(({ body, outcome }) => {
    const { name, server_type: type, location } = body as Order;
    return `${name} ${type} ${location} ${outcome}`;
  });
}

/** Calls `then` with the number of the order, from 1, when one was answered. */
function afterOrders(rehearsal: Rehearsal, then: (answered: number) => void): void {
  const { faults } = rehearsal;
  const record = faults.record.bind(faults);
  faults.record = (request) => {
    record(request);
    if (isOrder(request)) then(faults.requests.filter(isOrder).length);
  };
}

async function failure(work: Promise<unknown>): Promise<OxideError> {
  const error = await work.then(
    () => new Error('the run went through'),
    (reason: unknown) => reason,
  );
  if (error instanceof OxideError) return error;
  throw error;
}

const servers = (rehearsal: Rehearsal) =>
  projectOf(rehearsal)
    .list('servers')
    .map((server) => {
      const { server_type: type, location } = server as unknown as {
        server_type: { name: string };
        location: { name: string };
      };
      return `${server.name} ${type.name} ${location.name}`;
    })
    .sort();

const notes = ({ events }: Run) =>
  events.flatMap((event) =>
    event.type === 'note' && event.message.includes('capacity') ? [event.message] : [],
  );
const details = ({ events }: Run) =>
  events.flatMap((event) =>
    event.type === 'step-detail' && event.text.includes('capacity') ? [event.text] : [],
  );

describe('a create whose first choice is not there', () => {
  test('takes the fallback at once when the catalogue says so, and its plan tells it', async () => {
    const rehearsal = await rehearse(withWorkers('server_types: [cx33, cpx32]'));
    rehearsal.world.cloud.setAvailability('cx33', 'nbg1', false);
    const run = rehearsal.run();
    await create(run.ctx);
    expect(run.plans[0]?.notes).toContain(
      'The pool web gets cpx32 in nbg1: cx33 in nbg1 cannot be ordered now.',
    );
    expect(orders(rehearsal).slice(1)).toEqual([
      'demo-web-1 cpx32 nbg1 201',
      'demo-web-2 cpx32 nbg1 201',
    ]);
  });

  test('takes it while ordering when the catalogue is wrong, and asks only once', async () => {
    const yaml = withWorkers('server_types: [cx33, cpx32], locations: [nbg1, fsn1]');
    const rehearsal = await rehearse(yaml);
    rehearsal.world.cloud.setAvailability('cx33', 'nbg1', false, unannounced);
    const run = rehearsal.run();
    await create(run.ctx);
    expect(orders(rehearsal)).toEqual([
      'demo-cp-1 cx23 nbg1 201',
      'demo-web-1 cx33 nbg1 412',
      'demo-web-1 cx33 fsn1 201',
      'demo-web-2 cx33 fsn1 201',
    ]);
    expect(notes(run)).toEqual([
      'Hetzner has no capacity for cx33 in nbg1 at present: the pool web gets cx33 in fsn1, from demo-web-1 on.',
    ]);
    const again = rehearsal.run();
    await create(again.ctx);
    expect(again.plans[0]).toMatchObject({ changes: [], notes: [] });
  });

  test('moves on to the next candidate as well when placing it fails', async () => {
    const rehearsal = await rehearse(withWorkers('server_types: [cx33, cpx32]', 1));
    const rule = { method: 'POST', path: /^\/servers$/ };
    const fault = { kind: 'status', status: 422, code: 'placement_error' } as const;
    afterOrders(rehearsal, (answered) => {
      if (answered === 1) rehearsal.faults.add({ ...rule, fault });
    });
    await create(rehearsal.run().ctx);
    expect(servers(rehearsal)).toEqual(['demo-cp-1 cx23 nbg1', 'demo-web-1 cpx32 nbg1']);
  });

  test('adopts the fallback whose answer got lost, and does not order it again', async () => {
    const rehearsal = await rehearse(withWorkers('server_types: [cx33, cpx32]'));
    rehearsal.world.cloud.setAvailability('cx33', 'nbg1', false, unannounced);
    const rule = { method: 'POST', path: /^\/servers$/ };
    afterOrders(rehearsal, (answered) => {
      if (answered !== 2) return;
      rehearsal.faults.add({ ...rule, fault: { kind: 'reset', when: 'after' } });
    });
    await create(rehearsal.run().ctx);
    expect(orders(rehearsal).slice(1)).toEqual([
      'demo-web-1 cx33 nbg1 412',
      'demo-web-1 cpx32 nbg1 reset',
      'demo-web-2 cpx32 nbg1 201',
    ]);
    expect(servers(rehearsal)).toHaveLength(3);
  });

  test('changes in the middle of a pool when a type sells out there', async () => {
    const rehearsal = await rehearse(withWorkers('server_types: [cx33, cpx32]', 3));
    afterOrders(rehearsal, (answered) => {
      if (answered !== 2) return;
      rehearsal.world.cloud.setAvailability('cx33', 'nbg1', false, unannounced);
    });
    const run = rehearsal.run();
    await create(run.ctx);
    expect(servers(rehearsal).slice(1)).toEqual([
      'demo-web-1 cx33 nbg1',
      'demo-web-2 cpx32 nbg1',
      'demo-web-3 cpx32 nbg1',
    ]);
    expect(notes(run)).toEqual([expect.stringContaining('from demo-web-2 on.')]);
  });
});

describe('a create for which there is no capacity', () => {
  const yaml = withWorkers('server_types: [cx33, cpx32]');

  function sellOut({ world }: Rehearsal): void {
    for (const type of ['cx33', 'cpx32']) {
      world.cloud.setAvailability(type, 'nbg1', false, unannounced);
    }
  }

  test('tries again after a while, says so, and goes on when it is back', async () => {
    const rehearsal = await rehearse(yaml);
    sellOut(rehearsal);
    afterOrders(rehearsal, (answered) => {
      // The control plane, and two rounds over both types.
      if (answered === 5) rehearsal.world.cloud.setAvailability('cx33', 'nbg1', true);
    });
    const run = rehearsal.run();
    await create(run.ctx);
    expect(details(run)).toEqual([
      'no capacity for cx33 in nbg1 and cpx32 in nbg1; next try in 15s',
      'no capacity for cx33 in nbg1 and cpx32 in nbg1; next try in 30s',
    ]);
    expect(orders(rehearsal).slice(-2)).toEqual([
      'demo-web-1 cx33 nbg1 201',
      'demo-web-2 cx33 nbg1 201',
    ]);
    expect(notes(run)).toEqual([]);
  });

  test('stops after the third, with what was tried and what there is, and goes on later', async () => {
    const rehearsal = await rehearse(yaml);
    sellOut(rehearsal);
    const run = rehearsal.run();
    const error = await failure(create(run.ctx));
    expect(error.message).toMatch(
      /^Hetzner has no capacity for cx33 \(resource_unavailable: error during placement\)\. Tried: cx33 in nbg1, cpx32 in nbg1\. Available now in eu-central: cx33 in (fsn1|hel1) \(4 vCPU, 8 GB, €\d+\.\d\d net a month\), /,
    );
    expect(error.message).not.toContain('cx33 in nbg1 (4 vCPU');
    expect(error.hint).toContain('Give the pool web in cluster.yaml more to choose from');
    expect(error.hint).toContain('the same command goes on');
    expect(error.exitCode).toBe(ExitCode.refused);
    expect(details(run).map((text) => text.split('; ')[1])).toEqual([
      'next try in 15s',
      'next try in 30s',
      'next try in 1m 00s',
    ]);
    // Four rounds for the first worker; the second one is not asked for at all.
    expect(orders(rehearsal).filter((order) => order.startsWith('demo-web-1'))).toHaveLength(8);
    expect(orders(rehearsal).filter((order) => order.startsWith('demo-web-2'))).toEqual([]);
    expect(servers(rehearsal)).toEqual(['demo-cp-1 cx23 nbg1']);
    rehearsal.world.cloud.setAvailability('cpx32', 'nbg1', true);
    await create(rehearsal.run().ctx);
    expect(servers(rehearsal)).toHaveLength(3);
  });

  test('does not try again where the location is closed', async () => {
    const rehearsal = await rehearse(yaml);
    afterOrders(rehearsal, (answered) => {
      if (answered === 1) rehearsal.world.cloud.setLocation('nbg1', false, unannounced);
    });
    const run = rehearsal.run();
    const error = await failure(create(run.ctx));
    expect(error.message).toContain('(resource_unavailable: server location disabled)');
    expect(error.exitCode).toBe(ExitCode.refused);
    expect(details(run)).toEqual([]);
    expect(orders(rehearsal)).toHaveLength(3);
  });

  test('says before it begins when the catalogue knows it', async () => {
    const rehearsal = await rehearse(yaml);
    for (const type of ['cx33', 'cpx32']) {
      rehearsal.world.cloud.setAvailability(type, 'nbg1', false);
    }
    const error = await failure(create(rehearsal.run().ctx));
    expect(error.message).toContain(
      'workers.0: none of its types can be ordered now: cx33 in nbg1 (sold out), cpx32 in nbg1 ' +
        '(sold out). Available now in eu-central: ',
    );
    expect(error.exitCode).toBe(ExitCode.refused);
    expect(rehearsal.faults.writes).toEqual([]);
  });

  test('ends the waiting when it is interrupted', async () => {
    const rehearsal = await rehearse(yaml);
    sellOut(rehearsal);
    const interrupt = new AbortController();
    afterOrders(rehearsal, (answered) => {
      // At the second answer of the first round: the pause is next.
      if (answered === 3)
        setImmediate(() => {
          interrupt.abort(new InterruptedError());
        });
    });
    const run = rehearsal.run({ signal: interrupt.signal });
    await expect(create(run.ctx)).rejects.toBeInstanceOf(InterruptedError);
    expect(orders(rehearsal)).toHaveLength(3);
  });
});

describe('the order of orders', () => {
  test('has all control planes placed before the first worker is bought', async () => {
    const rehearsal = await rehearse(clusterYaml(3, 2));
    let placed: readonly string[] = [];
    afterOrders(rehearsal, (answered) => {
      if (answered !== 4) return;
      placed = projectOf(rehearsal)
        .list('servers')
        .filter(({ name }) => name.startsWith('demo-cp-'))
        .map((server) => (server as unknown as { status: string }).status);
    });
    await create(rehearsal.run().ctx);
    expect(orders(rehearsal).map((order) => order.split(' ')[0])).toEqual([
      'demo-cp-1',
      'demo-cp-2',
      'demo-cp-3',
      'demo-web-1',
      'demo-web-2',
    ]);
    expect(placed).toHaveLength(3);
    expect(placed).not.toContain('initializing');
  });

  test('buys no worker when there is no capacity for control planes', async () => {
    const rehearsal = await rehearse(clusterYaml(3, 2));
    rehearsal.world.cloud.setAvailability('cx23', 'nbg1', false, unannounced);
    expect((await failure(create(rehearsal.run().ctx))).exitCode).toBe(ExitCode.refused);
    expect(servers(rehearsal)).toEqual([]);
    rehearsal.world.cloud.setAvailability('cx23', 'nbg1', true);
    await create(rehearsal.run().ctx);
    expect(servers(rehearsal)).toHaveLength(5);
  });
});

describe('a scale up', () => {
  test('takes a fallback like a create', async () => {
    const rehearsal = await rehearse(withWorkers('server_types: [cx33, cpx32]', 1));
    await create(rehearsal.run().ctx);
    rehearsal.world.cloud.setAvailability('cx33', 'nbg1', false, unannounced);
    const run = rehearsal.run();
    const wish = { role: 'worker', pool: undefined, count: 3, nodes: [], force: false } as const;
    const confirm = () => Promise.resolve(true);
    await scale(run.ctx, { wish, drainTimeoutMs: 60_000, confirm });
    expect(servers(rehearsal).slice(1)).toEqual([
      'demo-web-1 cx33 nbg1',
      'demo-web-2 cpx32 nbg1',
      'demo-web-3 cpx32 nbg1',
    ]);
    expect(notes(run)).toEqual([expect.stringContaining('gets cpx32 in nbg1')]);
  });
});

test('a name that a deleted server still holds is waited for, and then ordered once', async () => {
  const rehearsal = await rehearse(clusterYaml(1, 2));
  await create(rehearsal.run().ctx);
  const project = projectOf(rehearsal);
  const lost = project.list('servers').find(({ name }) => name === 'demo-web-2');
  const before = orders(rehearsal).length;
  project.call('DELETE', `/servers/${lost?.id ?? 0}`);
  await create(rehearsal.run().ctx);
  expect(servers(rehearsal)).toHaveLength(3);
  expect(orders(rehearsal).slice(before)).toEqual([
    'demo-web-2 cx33 nbg1 409',
    'demo-web-2 cx33 nbg1 201',
  ]);
});
