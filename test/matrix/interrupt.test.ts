import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { create } from '../../src/flows/create.js';
import { InterruptedError, OxideError } from '../../src/lib/errors.js';
import type { Run } from '../helpers/compose-run.js';
import { beginFrom, type Prepared, type Rehearsal } from '../helpers/open-rehearsal.js';
import { isFullMatrix, sample, testSeed } from '../helpers/seed.js';
import { everythingOf } from '../helpers/secret-scan.js';
import { watchFiles, watchRequests, watchTools, type OnEvent } from './events.js';
import { projectWithBystander, small } from './scenarios.js';
import { demandPromises, shapeOf, type Shape } from './shape.js';

const instants = isFullMatrix ? 100 : 30;

let empty: Prepared;
let wanted: Shape;
let events = 0;

interface Watched {
  readonly run: Run;
  readonly failure: unknown;
}

/** Creates, and tells of each event of it. */
async function watchedCreate(
  rehearsal: Rehearsal,
  onEvent: OnEvent,
  signal = new AbortController().signal,
): Promise<Watched> {
  watchRequests(rehearsal.faults, onEvent);
  const stopWatching = watchFiles(onEvent, { reads: false });
  const run = rehearsal.run({ around: watchTools(onEvent), signal });
  try {
    await create(run.ctx);
    return { run, failure: undefined };
  } catch (failure) {
    (run.errors as unknown[]).push(failure);
    return { run, failure };
  } finally {
    stopWatching();
  }
}

beforeAll(async () => {
  empty = await projectWithBystander(small);
  const rehearsal = await beginFrom(empty);
  const { run, failure } = await watchedCreate(rehearsal, () => {
    events++;
  });
  if (failure !== undefined) throw failure as Error;
  wanted = await shapeOf(rehearsal, run);
  await rehearsal.close();
});

afterAll(() => {
  console.log(`interrupted at ${instants} of ${events} events, seed ${testSeed}`);
});

describe(`a create that is interrupted (OXIDE_TEST_SEED=${testSeed})`, () => {
  for (let i = 0; i < instants; i++) {
    test(`at random instant ${i + 1} is finished by the same command`, async () => {
      const rehearsal = await beginFrom(empty);
      try {
        const at = sample(instants, events)[i] ?? 0;
        const interrupt = new AbortController();
        let [seen, where] = [0, 'never'];
        const { failure } = await watchedCreate(
          rehearsal,
          (what) => {
            if (++seen !== at) return;
            where = what;
            interrupt.abort(new InterruptedError());
          },
          interrupt.signal,
        );
        expect(isInterrupt(failure), `${where}: ${everythingOf(failure)}`).toBe(true);
        demandPromises(rehearsal, 0);
        const again = rehearsal.run();
        await create(again.ctx);
        expect(await shapeOf(rehearsal, again), where).toEqual(wanted);
        demandPromises(rehearsal, 0);
      } finally {
        await rehearsal.close();
      }
    });
  }
});

/**
 * What the command line shows as an interrupt: an InterruptedError, or a failure that is nobody's
 * to mend. Nothing at all when the run had only its end left.
 */
function isInterrupt(failure: unknown): boolean {
  return failure instanceof InterruptedError || !(failure instanceof OxideError);
}
