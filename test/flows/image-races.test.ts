import { describe, expect, test } from 'vitest';
import { buildImage } from '../../src/flows/build-image.js';
import {
  emptyProject,
  expectNothingTemporary,
  failureOf,
  killedAt,
  usable,
  wish,
} from '../helpers/image-project.js';
import { projectOf } from '../helpers/project.js';
import type { Rehearsal } from '../helpers/rehearsal.js';

const here = { holder: { id: 'aaaaaaaaaaaa', host: 'here' } };
const there = { holder: { id: 'bbbbbbbbbbbb', host: 'there' } };

/** One snapshot, of which both know, and nothing else. */
function expectOne(rehearsal: Rehearsal, ...built: Awaited<ReturnType<typeof buildImage>>[]): void {
  const [snapshot, ...others] = usable(rehearsal);
  expect(others).toEqual([]);
  expect(built.map(([image]) => image?.id)).toEqual(built.map(() => snapshot?.id));
  expectNothingTemporary(rehearsal);
}

const serversOrdered = ({ faults }: Rehearsal): number =>
  faults.writes.filter(({ path }) => path === '/servers').length;

describe('two builds of the same image', () => {
  test.each([0, 1, 15, 50])(
    'make one snapshot when the second begins %d s later',
    async (later) => {
      const rehearsal = await emptyProject();
      const first = buildImage(rehearsal.run(here).ctx, wish);
      if (later > 0) await rehearsal.clock.sleep(later * 1_000);
      const [one, other] = await Promise.all([first, buildImage(rehearsal.run(there).ctx, wish)]);
      expectOne(rehearsal, one, other);
      expect(serversOrdered(rehearsal)).toBeLessThanOrEqual(later > 0 ? 1 : 2);
    },
  );

  test('go on with the second when the first fails', async () => {
    const rehearsal = await emptyProject([{ kind: 'disk-changed' }]);
    const first = failureOf(buildImage(rehearsal.run(here).ctx, wish));
    await rehearsal.clock.sleep(30_000);
    const second = await buildImage(rehearsal.run(there).ctx, wish);
    expect((await first).message).toContain('the disk does not have what was written');
    expectOne(rehearsal, second);
  });

  test.each([
    ['both began at once', 0],
    ['the second waits already', 25],
  ])('go on with the second when the first is killed and %s', async (_when, later) => {
    const rehearsal = await emptyProject();
    const stage = { request: /poweron$/, later: 60 };
    const { run, dead } = killedAt(rehearsal, stage, here);
    void buildImage(run.ctx, wish).catch(() => undefined);
    if (later > 0) await rehearsal.clock.sleep(later * 1_000);
    const { ctx, events } = rehearsal.run(there);
    const second = buildImage(ctx, wish);
    await dead;
    expectOne(rehearsal, await second);
    expect(events).toContainEqual(
      expect.objectContaining({ text: expect.stringContaining('another oxide makes') as string }),
    );
  });

  test('remove what a third one left, both at the same moment', async () => {
    const rehearsal = await emptyProject();
    const { run, dead } = killedAt(rehearsal, { request: /create_image$/ });
    void buildImage(run.ctx, wish).catch(() => undefined);
    await dead;
    await rehearsal.clock.sleep(10 * 60_000);
    expect(projectOf(rehearsal).list('servers')).toHaveLength(1);
    const built = await Promise.all(
      [here, there].map((who) => buildImage(rehearsal.run(who).ctx, wish)),
    );
    expectOne(rehearsal, ...built);
  });
});
