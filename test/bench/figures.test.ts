import { expect, test } from 'vitest';
import { limitConcurrency } from '../../src/lib/concurrency-limit.js';
import { clusterYaml } from '../helpers/cluster-yaml.js';
import { makeCluster } from './commands.js';
import { inWorld, measure, type Command } from './measure.js';
import { recorded } from './recorded.js';
import { smallFigures } from './small.js';

/** More than this share above what was recorded is a change that somebody has to mean. */
const tolerance = 0.05;

test('no figure is worse than the one that was recorded', { timeout: 120_000 }, async () => {
  const { small } = recorded();
  const now = await smallFigures();
  expect(Object.keys(now)).toEqual(Object.keys(small));
  const worse = Object.entries(now).flatMap(([name, value]) =>
    value > (small[name] ?? 0) * (1 + tolerance)
      ? [`${name}: ${value}, recorded ${small[name] ?? ''}`]
      : [],
  );
  expect(worse, 'npm run bench records them anew').toEqual([]);
});

test('work that is made to wait for other work shows', async () => {
  const took = (command: Command) =>
    inWorld(clusterYaml(3, 1), async (rehearsal) => (await measure(rehearsal, command)).seconds);
  const oneByOne: Command = (run) => {
    const turn = limitConcurrency(1);
    const { actions } = run.ctx;
    const serial = {
      wait: (...of: Parameters<typeof actions.wait>) => turn(() => actions.wait(...of)),
    };
    return makeCluster({ ...run, ctx: { ...run.ctx, actions: serial } });
  };
  expect(await took(oneByOne)).toBeGreaterThan((1 + tolerance) * (await took(makeCluster)));
});
