import { expect } from 'vitest';
import { ExitCode, InterruptedError, OxideError } from '../../src/lib/errors.js';
import { forgetFinished, recordingUnfinished } from '../../src/lib/unfinished.js';
import type { Rehearsal, Run, RunOptions } from '../helpers/rehearsal.js';
import { everythingOf } from '../helpers/secret-scan.js';
import type { RequestFault, ToolFault } from './faults.js';
import { kindOf, shapeFor, type Place, type RequestPlace } from './places.js';
import type { Scenario } from './scenarios.js';
import { demandPromises, type Shape } from './shape.js';

/** Exit codes that a run may stop with: everything that is documented and no bug or misuse. */
const documented: readonly number[] = [
  ExitCode.precondition,
  ExitCode.refused,
  ExitCode.partial,
  ExitCode.timeout,
];

/** A fault at the request that it strikes. */
export interface PlacedRequestFault {
  readonly place: RequestPlace;
  readonly fault: RequestFault;
}

/** Strikes at its place, and from there on when it lasts. */
export function addRequestFault(
  faults: Rehearsal['faults'],
  { place: { method, path, nth }, fault }: PlacedRequestFault,
): void {
  faults.add({ method, path, nth, count: fault.lasting ? Infinity : 1, fault: fault.fault });
}

export type Around = NonNullable<RunOptions['around']>;

/** Strikes once, at its place. */
export function aroundCalls(
  clock: Rehearsal['clock'],
  { place, fault }: { place: Place; fault: ToolFault },
): Around {
  let seen = 0;
  return (invocation, happen) => {
    const isMeant = kindOf(invocation) === place.kind && ++seen === place.nth;
    return isMeant ? fault.strike(invocation, happen, clock) : happen();
  };
}

export interface CellRun {
  /** Plans the faults of the first run. */
  readonly plant: (rehearsal: Rehearsal) => RunOptions;
  /** What else has to hold, of a first run that stopped with this. */
  readonly demand?: (rehearsal: Rehearsal, stop: unknown) => void;
}

/** The command meets a fault, and is run again when it stops; the same world must come out. */
export async function runCell(
  scenario: Scenario,
  wanted: Shape,
  { plant, demand }: CellRun,
): Promise<void> {
  const rehearsal = await scenario.begin();
  try {
    const problems = scenario.watch?.(rehearsal);
    const options = plant(rehearsal);
    let run = rehearsal.run(options);
    const { folder } = rehearsal.files;
    const stop = await recordingUnfinished(folder, () => stopOf(scenario, run));
    rehearsal.faults.clear();
    if (stop !== undefined) {
      demandNextStep(stop);
      // A person takes a moment to say it again.
      if (stop instanceof InterruptedError) await rehearsal.clock.sleep(60_000);
      run = rehearsal.run();
      // What the error names stayed until now.
      await recordingUnfinished(folder, () => scenario.command(run));
    }
    await forgetFinished(folder);
    // It was stopped when all was done: it cannot be asked any more.
    if (stop === undefined && options.signal?.aborted) run = rehearsal.run();
    expect(await shapeFor(scenario, rehearsal, run)).toEqual(wanted);
    expect(await problems?.(), 'on the way').toEqual(problems && []);
    demandPromises(rehearsal, 0);
    demand?.(rehearsal, stop);
  } finally {
    await rehearsal.close();
  }
}

/** What the command stopped with; undefined when it succeeded. */
async function stopOf(scenario: Scenario, run: Run): Promise<unknown> {
  try {
    await scenario.command(run);
    return undefined;
  } catch (error) {
    (run.errors as unknown[]).push(error);
    return error;
  }
}

function demandNextStep(stop: unknown): void {
  if (stop instanceof InterruptedError) return;
  if (!(stop instanceof OxideError)) throw new Error(`a bug: ${everythingOf(stop)}`);
  expect(documented, `${stop.message} (exit ${stop.exitCode})`).toContain(stop.exitCode);
  expect(stop.hint, `the next step after: ${stop.message}`).toBeTruthy();
}
