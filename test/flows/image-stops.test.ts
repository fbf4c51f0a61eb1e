import { describe, expect, test } from 'vitest';
import { buildImage } from '../../src/flows/build-image.js';
import { create } from '../../src/flows/create.js';
import { InterruptedError } from '../../src/lib/errors.js';
import {
  emptyProject,
  expectNothingLeft,
  expectNothingTemporary,
  failureOf,
  killedAt,
  snapshots,
  stopAt,
  usable,
  wish,
  type Moment,
} from '../helpers/image-project.js';

interface Stage extends Moment {
  readonly name: string;
  /** The snapshot is checked and whole by then, and stays. */
  readonly kept?: boolean;
}

const stages: readonly Stage[] = [
  { name: 'after the key', request: /^POST \/ssh_keys$/ },
  { name: 'after the firewall', request: /^POST \/firewalls$/ },
  { name: 'after the order of the server', request: /^POST \/servers$/ },
  { name: 'after the rescue system was enabled', request: /enable_rescue$/ },
  { name: 'after the power went on', request: /poweron$/ },
  { name: 'while the image is written', request: /poweron$/, later: 60 },
  { name: 'after the check', request: /poweroff$/ },
  { name: 'while the snapshot is made', request: /create_image$/ },
  { name: 'before the labels', request: /^GET \/images\/\d+$/ },
  { name: 'in the clean-up', request: /^DELETE \/servers/, kept: true },
];

describe('Ctrl-C removes all that a build has', () => {
  test.each(stages)('$name', async (stage) => {
    const rehearsal = await emptyProject();
    const interrupted = new AbortController();
    stopAt(rehearsal, stage, () => {
      interrupted.abort(new InterruptedError());
    });
    const build = buildImage(rehearsal.run({ signal: interrupted.signal }).ctx, wish);
    if (stage.kept) {
      // All is done then but the clean-up, which goes on.
      expect(await build).toMatchObject([{ made: true }]);
      expectNothingTemporary(rehearsal);
      return;
    }
    expect((await failureOf(build)).exitCode).toBe(130);
    expectNothingLeft(rehearsal);
  });
});

describe('what a killed build leaves is no image, and the next build removes it and makes one', () => {
  test.each(stages)('$name', async (stage) => {
    const rehearsal = await emptyProject();
    const { run, dead } = killedAt(rehearsal, stage);
    void buildImage(run.ctx, wish).catch(() => undefined);
    await dead;
    expect(usable(rehearsal)).toHaveLength(stage.kept ? 1 : 0);
    if (!stage.kept) {
      const preview = rehearsal.run({ dryRun: true });
      await create(preview.ctx);
      expect(preview.plans[0]?.changes[0]).toMatchObject({ kind: 'image' });
    }
    // As the lock of a killed run leaves it to the next from the same folder.
    const { holder } = run.ctx;
    const [image] = await buildImage(rehearsal.run({ holder }).ctx, wish);
    expect(image?.made).toBe(!stage.kept);
    expectNothingTemporary(rehearsal);
    expect(usable(rehearsal).map(({ id }) => id)).toEqual([image?.id]);
    expect(snapshots(rehearsal)).toHaveLength(1);
  });
});
