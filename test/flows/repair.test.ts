import { describe, expect, test } from 'vitest';
import { repair, type RepairedCluster } from '../../src/flows/repair.js';
import { replace } from '../../src/flows/replace.js';
import { InterruptedError } from '../../src/lib/errors.js';
import { projectOf } from '../helpers/project.js';
import type { Rehearsal, RunOptions } from '../helpers/rehearsal.js';
import {
  clusterOf,
  dies,
  expectWhole,
  hour,
  idsOf,
  kept,
  ordersSince,
  serversOf,
  stoppedAtWrites,
  turns,
} from '../helpers/replacing.js';

const minute = 60_000;

interface Wish extends RunOptions {
  readonly afterMs?: number;
  /** What happens while the plan is shown. */
  readonly meanwhile?: () => Promise<void>;
}

interface Told extends RepairedCluster {
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
}

async function repaired(rehearsal: Rehearsal, wish: Wish = {}): Promise<Told> {
  const { afterMs = 5 * minute, meanwhile, ...options } = wish;
  const told = { notes: [] as readonly string[], warnings: [] as readonly string[] };
  const outcome = await repair(rehearsal.run(options).ctx, {
    ...{ afterMs, dryRun: false },
    confirm: async ({ notes, warnings }) => {
      Object.assign(told, { notes, warnings });
      await meanwhile?.();
      return true;
    },
  });
  if (outcome.kind !== 'repaired') throw new Error('the run only showed its plan');
  return { ...outcome.repaired, ...told };
}

/** Their operating systems stop; Hetzner says that they run. */
async function hang(rehearsal: Rehearsal, ...names: readonly string[]): Promise<void> {
  for (const { id, name } of serversOf(rehearsal)) {
    if (names.includes(name)) rehearsal.world.cloud.hang(id);
  }
  await rehearsal.clock.sleep(1_000);
}

async function deleted(rehearsal: Rehearsal, ...names: readonly string[]): Promise<void> {
  for (const { id, name } of serversOf(rehearsal)) {
    if (names.includes(name)) projectOf(rehearsal).call('DELETE', `/servers/${id}`);
  }
  await rehearsal.clock.sleep(10 * minute);
}

const writesOf = ({ faults }: Rehearsal): number => faults.writes.length;

describe('a repair', () => {
  test('of a cluster that is well says so, and changes nothing', async () => {
    const rehearsal = await clusterOf(3, 1);
    const writes = writesOf(rehearsal);
    expect(await repaired(rehearsal)).toMatchObject({ repaired: [], later: [], unclear: [] });
    expect(writesOf(rehearsal)).toBe(writes);
  });

  test('of a first control plane and a worker that are off says why, and of what else it may be', async () => {
    const rehearsal = await clusterOf(3, 3);
    const before = kept(rehearsal);
    await dies(rehearsal, 'demo-cp-1', 'demo-web-2');
    const done = await repaired(rehearsal);
    expect(done).toMatchObject({ repaired: ['demo-cp-1', 'demo-web-2'], later: [], unclear: [] });
    expect(done.notes).toContain('demo-cp-1: its server is off');
    expect(done.warnings.join()).toContain('oxide create');
    expect(kept(rehearsal)).toEqual(before);
    await expectWhole(rehearsal, 3);
    expect(await repaired(rehearsal)).toMatchObject({ repaired: [] });
  });

  test.each([
    [3, ['demo-cp-2']],
    [1, ['demo-web-1']],
  ])(
    'of servers that were deleted (%i control planes, %j) makes them again',
    async (count, names) => {
      const rehearsal = await clusterOf(count, 2);
      const before = kept(rehearsal);
      await deleted(rehearsal, ...names);
      expect(await repaired(rehearsal)).toMatchObject({ repaired: names });
      expect(kept(rehearsal)).toEqual(before);
      await expectWhole(rehearsal, count);
    },
  );

  test('of a server that runs and is silent waits for the time that it was given', async () => {
    const rehearsal = await clusterOf(3, 2);
    const ids = idsOf(rehearsal);
    await hang(rehearsal, 'demo-cp-3', 'demo-web-1');
    expect(await repaired(rehearsal)).toMatchObject({ repaired: [], unclear: [] });
    await rehearsal.clock.sleep(3 * minute);
    const early = await repaired(rehearsal);
    expect(early.repaired).toEqual([]);
    expect(early.unclear).toMatchObject([
      {
        name: 'demo-cp-3',
        why: expect.stringMatching(/^not Ready for 2m .*after 5m 00s$/) as string,
      },
      { name: 'demo-web-1' },
    ]);
    await rehearsal.clock.sleep(3 * minute);
    const done = await repaired(rehearsal, { clockAhead: -3 * hour });
    expect(done.repaired).toEqual(['demo-cp-3', 'demo-web-1']);
    expect(done.notes.join('\n')).toMatch(
      /demo-web-1: not Ready for 5m .*its Talos does not answer/,
    );
    expect(idsOf(rehearsal)).not.toMatchObject({ 'demo-web-1': ids['demo-web-1'] });
    await expectWhole(rehearsal, 3);
  });

  test('switches a silent server off before its pods may start elsewhere', async () => {
    const rehearsal = await clusterOf(1, 3);
    await hang(rehearsal, 'demo-web-1');
    await rehearsal.clock.sleep(hour);
    const id = idsOf(rehearsal)['demo-web-1'] ?? 0;
    const seen: string[] = [];
    await repaired(rehearsal, {
      intercept: ({ args }) => {
        if (!args.includes('delete')) return undefined;
        seen.push(serversOf(rehearsal).find((one) => one.id === id)?.status ?? 'gone');
        return undefined;
      },
    });
    expect(seen[0]).toBe('off');
  });

  test('takes a third of a pool at a time and tells of the rest', async () => {
    const rehearsal = await clusterOf(1, 3);
    await dies(rehearsal, 'demo-web-1', 'demo-web-3');
    const first = await repaired(rehearsal);
    expect(first.repaired).toEqual(['demo-web-1']);
    expect(first.later).toMatchObject([{ name: 'demo-web-3' }]);
    expect(await repaired(rehearsal)).toMatchObject({ repaired: ['demo-web-3'], later: [] });
    await expectWhole(rehearsal, 1);
  });

  test('of two dead control planes is refused with the command that takes both', async () => {
    const rehearsal = await clusterOf(5, 0);
    await deleted(rehearsal, 'demo-cp-1');
    await dies(rehearsal, 'demo-cp-4');
    const writes = writesOf(rehearsal);
    await expect(repaired(rehearsal)).rejects.toMatchObject({
      exitCode: 3,
      hint: expect.stringContaining('replace demo-cp-1 demo-cp-4 --force') as string,
    });
    expect(writesOf(rehearsal)).toBe(writes);
    await replace(rehearsal.run().ctx, {
      ...{ names: ['demo-cp-1', 'demo-cp-4'], force: true, drainTimeoutMs: minute },
      confirm: () => Promise.resolve(true),
    });
    await expectWhole(rehearsal, 5);
  });

  test('does nothing while it cannot see: Kubernetes is silent', async () => {
    const rehearsal = await clusterOf(3, 3);
    await dies(rehearsal, 'demo-web-1');
    const writes = writesOf(rehearsal);
    await expect(
      repaired(rehearsal, {
        intercept: ({ tool }) =>
          tool === 'kubectl'
            ? { exitCode: 1, stdout: '', stderr: 'dial tcp 203.0.113.1:6443: i/o timeout\n' }
            : undefined,
      }),
    ).rejects.toMatchObject({ exitCode: 3 });
    expect(writesOf(rehearsal)).toBe(writes);
  });

  test('takes more than half of the nodes that are silent at once for a broken network', async () => {
    const rehearsal = await clusterOf(1, 3);
    await hang(rehearsal, 'demo-web-1', 'demo-web-2', 'demo-web-3');
    await rehearsal.clock.sleep(hour);
    const { repaired: made, unclear } = await repaired(rehearsal);
    expect(made).toEqual([]);
    expect(unclear.map(({ why }) => why)).toContain(
      '3 of 4 nodes are silent at once while their servers run: rather the network than these machines',
    );
  });

  test('leaves a node that came back while the plan was shown', async () => {
    const rehearsal = await clusterOf(1, 2);
    await dies(rehearsal, 'demo-web-1');
    const back = async (): Promise<void> => {
      const id = idsOf(rehearsal)['demo-web-1'] ?? 0;
      projectOf(rehearsal).call('POST', `/servers/${id}/actions/poweron`);
      await rehearsal.clock.sleep(10 * minute);
    };
    await expect(repaired(rehearsal, { meanwhile: back })).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringContaining('demo-web-1 came back meanwhile') as string,
    });
    await expectWhole(rehearsal, 1);
  });

  test('shows only its plan when asked to', async () => {
    const rehearsal = await clusterOf(1, 1);
    const shown = () =>
      repair(rehearsal.run({ dryRun: true }).ctx, {
        ...{ afterMs: 5 * minute, dryRun: true },
        confirm: () => Promise.resolve(false),
      });
    expect(await shown()).toMatchObject({ kind: 'preview', plan: { changes: [] } });
    await dies(rehearsal, 'demo-web-1');
    expect(await shown()).toMatchObject({
      plan: { changes: [{ action: 'delete' }, { action: 'create' }] },
    });
  });

  test('goes on with what it was stopped at, and leaves what another command has begun', async () => {
    const rehearsal = await clusterOf(1, 3);
    await dies(rehearsal, 'demo-web-1');
    const stopAt = async (run: (signal: AbortSignal) => Promise<unknown>, path: RegExp) => {
      const controller = new AbortController();
      const record = rehearsal.faults.record.bind(rehearsal.faults);
      rehearsal.faults.record = (request) => {
        record(request);
        if (request.method === 'DELETE' && path.test(request.path))
          controller.abort(new InterruptedError());
      };
      await expect(run(controller.signal)).rejects.toThrow();
      rehearsal.faults.record = record;
    };
    const names = ['demo-web-2'];
    await stopAt(
      (signal) =>
        replace(rehearsal.run({ signal }).ctx, {
          ...{ names, force: false, drainTimeoutMs: 10 * minute },
          confirm: () => Promise.resolve(true),
        }),
      /^\/servers/,
    );
    await rehearsal.clock.sleep(hour);
    await repaired(rehearsal);
    await repaired(rehearsal);
    await expectWhole(rehearsal, 1);
  });
});

describe('a repair that was stopped', () => {
  test.each(turns)('at any write (turn %i) is finished by the same command', async (turn) => {
    const names = ['demo-cp-1', 'demo-web-1'];
    let [before, already]: [readonly string[], number] = [[], 0];
    await stoppedAtWrites({
      begin: async () => {
        const rehearsal = await clusterOf(3, 1);
        before = kept(rehearsal);
        await dies(rehearsal, ...names);
        already = writesOf(rehearsal);
        return rehearsal;
      },
      command: (rehearsal, signal) => repaired(rehearsal, { signal }),
      check: async (rehearsal, where) => {
        expect(kept(rehearsal), where).toEqual(before);
        expect(ordersSince(rehearsal, already), `orders, ${where}`).toBe(2);
        await expectWhole(rehearsal, 3);
      },
      turn,
    });
  });
});
