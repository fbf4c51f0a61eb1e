import { describe, expect, test } from 'vitest';
import { status } from '../../src/flows/status.js';
import { ExitCode } from '../../src/lib/errors.js';
import { observeCluster } from '../../src/steps/observe/observe.js';
import { shortLooks } from '../../src/steps/observe/short-looks.js';
import { observeVitals } from '../../src/steps/observe/vitals.js';
import { controlPlanesOf } from '../../src/steps/run/node-server.js';
import type { Invocation } from '../../src/tools/exec.js';
import { clusterYaml, rehearseCluster, type RunOptions } from '../helpers/rehearsal.js';
import { done } from '../helpers/tool-doubles.js';

type Around = NonNullable<RunOptions['around']>;

/** What a call needs on a machine that has time for it; milliseconds. */
const usualMs = ({ args }: Invocation): number => (args.includes('--client') ? 100 : 400);

/** A machine on which every process takes so many times longer than usual, by its own clock. */
function machine(slowness: number) {
  let now = 0;
  const asked: Invocation[] = [];
  const around: Around = (invocation, happen) => {
    asked.push(invocation);
    const needs = usualMs(invocation) * slowness;
    now += Math.min(needs, invocation.timeoutMs);
    return needs > invocation.timeoutMs ? Promise.resolve('timeout') : happen();
  };
  return { around, asked, time: () => now };
}

describe('on a busy machine', () => {
  test.each([10, 20, 30])(
    'with calls %i times slower than usual a healthy cluster is healthy',
    async (slowness) => {
      const { around, time } = machine(slowness);
      const rehearsal = await rehearseCluster(clusterYaml(3, 1));
      const { status: found } = await status(rehearsal.run({ around }).ctx, time);
      expect(found).toMatchObject({ healthy: true, problems: [] });
    },
  );

  test('that is too slow for any answer, nothing is said of the cluster', async () => {
    const { around, time } = machine(1_000);
    const rehearsal = await rehearseCluster(clusterYaml(1, 0));
    await expect(status(rehearsal.run({ around }).ctx, time)).rejects.toMatchObject({
      exitCode: ExitCode.timeout,
      message: expect.stringMatching(/^Timed out after 120 s: this machine is too busy/) as string,
      hint: expect.stringContaining('Look again when the machine has time') as string,
    });
  });

  test('that is too slow for any answer, no node counts as dead', async () => {
    const { around, time } = machine(1_000);
    const rehearsal = await rehearseCluster(clusterYaml(1, 1));
    const { ctx } = rehearsal.run();
    const state = await observeCluster(ctx);
    const worker = state.servers.find(({ role }) => role === 'worker');
    rehearsal.world.cloud.hang(worker?.id ?? 0);
    await rehearsal.clock.sleep(10 * 60_000);
    const looked = { state, nodes: await ctx.observer.nodes(), through: controlPlanesOf(state) };
    const found = await observeVitals(ctx, looked);
    expect(found.map(({ talosAnswers }) => talosAnswers)).toEqual([undefined, false]);
    await expect(observeVitals(rehearsal.run({ around }).ctx, looked, time)).rejects.toMatchObject({
      exitCode: ExitCode.timeout,
      message: expect.stringMatching(/this machine is too busy to ask with talosctl/) as string,
    });
  });

  test('a cluster that is silent is still found silent', async () => {
    const { around, time } = machine(10);
    const rehearsal = await rehearseCluster(clusterYaml(1, 0));
    const { status: found } = await status(rehearsal.run({ around: silent(around) }).ctx, time);
    expect(found.healthy).toBe(false);
    expect(found.problems.map(({ code }) => code)).toContain('kubernetes-unknown');
  });

  const question = { tool: 'kubectl', args: ['get', 'nodes'], timeoutMs: 60_000 } as const;

  test('a tool is given as much longer as it needs for its own version, from then on at once', async () => {
    const { around, asked, time } = machine(30);
    const rehearsal = await rehearseCluster(clusterYaml(1, 0));
    const { ctx } = shortLooks(rehearsal.run({ around: answering(around) }).ctx, time);
    for (let i = 0; i < 2; i++) expect((await ctx.run(question)).stdout).toBe('answered');
    expect(asked.map(({ args, timeoutMs }) => [args.includes('--client'), timeoutMs])).toEqual([
      [false, 5_000],
      [true, 5_000],
      [false, 100_000],
      [false, 60_000],
    ]);
  });

  test('with time, what is silent twice is dead, and asked once after that', async () => {
    const { around, asked, time } = machine(1);
    const rehearsal = await rehearseCluster(clusterYaml(1, 0));
    const { ctx } = shortLooks(rehearsal.run({ around: silent(around) }).ctx, time);
    for (const asks of [2, 1]) {
      asked.length = 0;
      await expect(ctx.run(question)).rejects.toMatchObject({ failure: { timedOut: true } });
      expect(asked.filter(({ args }) => args.includes('get'))).toHaveLength(asks);
    }
  });
});

/** Nobody is asked in earnest. */
function answering(around: Around): Around {
  return (invocation) => around(invocation, () => Promise.resolve(done('answered')));
}

/** Tools tell of themselves only. */
function silent(around: Around): Around {
  return (invocation, happen) =>
    around(invocation, () =>
      invocation.args.includes('--client') ? happen() : Promise.resolve('timeout'),
    );
}
