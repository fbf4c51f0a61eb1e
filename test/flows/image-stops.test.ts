import { describe, expect, test } from 'vitest';
import { buildImage } from '../../src/flows/build-image.js';
import { create } from '../../src/flows/create.js';
import type { HetznerApi } from '../../src/hetzner/api.js';
import { InterruptedError } from '../../src/lib/errors.js';
import {
  emptyProject,
  expectNothingLeft,
  expectNothingTemporary,
  failureOf,
  snapshots,
  usable,
  whenAsked,
  wish,
} from '../helpers/image-project.js';
import type { Rehearsal, Run } from '../helpers/rehearsal.js';

interface Stage {
  readonly name: string;
  /** The request after whose answer the run is stopped. */
  readonly request: RegExp;
  /** Simulated seconds after it. */
  readonly later?: number;
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

/** Does it when the run has come so far. */
function stopAt(rehearsal: Rehearsal, { request, later = 0 }: Stage, stop: () => void): void {
  whenAsked(rehearsal, request, () => {
    if (later === 0) stop();
    else void rehearsal.clock.sleep(later * 1_000, undefined, { background: true }).then(stop);
  });
}

/** The run ends where it is: nothing gets out of it any more, and nobody is told how it ended. */
function killedAt(rehearsal: Rehearsal, stage: Stage): { run: Run; dead: Promise<void> } {
  const killed = new AbortController();
  const dead = new Promise<void>((resolve) => {
    stopAt(rehearsal, stage, () => {
      killed.abort(new InterruptedError());
      resolve();
    });
  });
  const run = rehearsal.run({ signal: killed.signal });
  const lastly: Run['ctx']['lastly'] = (ms) => mute(run.ctx.lastly(ms), killed.signal);
  return { run: { ...run, ctx: { ...run.ctx, lastly } }, dead };
}

/** The same API, until the signal: from then on nothing is asked, and no answer arrives. */
function mute(api: HetznerApi, dead: AbortSignal): HetznerApi {
  const never = new Promise<never>(() => undefined);
  return new Proxy(api, {
    get: (target, name) => {
      const call = Reflect.get(target, name) as (...args: unknown[]) => Promise<unknown>;
      return async (...args: unknown[]) => {
        const answer = dead.aborted ? never : await call.apply(target, args);
        return dead.aborted ? never : answer;
      };
    },
  });
}

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
