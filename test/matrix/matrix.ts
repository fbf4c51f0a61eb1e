import { afterAll, describe, expect, test } from 'vitest';
import { ExitCode, OxideError } from '../../src/lib/errors.js';
import { forgetFinished, recordingUnfinished } from '../../src/lib/unfinished.js';
import type { Invocation } from '../../src/tools/exec.js';
import { everythingOf } from '../helpers/secret-scan.js';
import { sample, testSeed } from '../helpers/seed.js';
import type { Rehearsal, Run, RunOptions } from '../helpers/rehearsal.js';
import {
  isAboutActions,
  isLookingCall,
  isWithoutEffect,
  lastingFaults,
  onceFaults,
  toolFaults,
  type RequestFault,
  type ToolFault,
} from './faults.js';
import type { Scenario } from './scenarios.js';
import { demandPromises, shapeOf, type Shape } from './shape.js';
import { outOfTurn, type Alike } from './turns.js';

/** The n-th request of its kind, or the n-th call of a tool of its kind. */
interface Place {
  readonly kind: string;
  readonly nth: number;
}

interface RequestPlace extends Place {
  readonly method: string;
  readonly path: RegExp;
  readonly beginsAction: boolean;
}

/** A run without faults: where faults can strike, and what has to come out. */
interface CleanRun {
  readonly requests: readonly RequestPlace[];
  readonly calls: readonly Place[];
  readonly shape: Shape;
}

interface Cell {
  readonly name: string;
  readonly isRepeated: boolean;
  readonly isWrite: boolean;
  /** The turn of its fault is at another place. */
  readonly isOut: boolean;
  run(): Promise<void>;
}

/** Exit codes that a run may stop with: everything that is documented and no bug or misuse. */
const documented: readonly number[] = [
  ExitCode.precondition,
  ExitCode.refused,
  ExitCode.partial,
  ExitCode.timeout,
];

interface MatrixOptions {
  /** Of all that is no write the seed chooses some, not only of the repetitions. */
  readonly light?: true;
  /** One half of a large matrix: several test files run side by side. */
  readonly only?: 'requests' | 'tools';
}

/** A look is repeated until something has happened: from this one on, each is like those before. */
const repeatedFrom = 4;

/** `OXIDE_TEST_MATRIX=full` runs every cell. */
const isFull = process.env['OXIDE_TEST_MATRIX'] === 'full';

/**
 * Defines the tests of a command's fault matrix: one a cell, each reproducible alone with `-t`.
 * Every write, and the first of every look and call, meets every fault that leaves a world of its
 * own behind. Faults that leave the same one (the request had no effect; a call that only looks
 * failed) strike in turns, some at each place; of the many repetitions the seed chooses some.
 */
export async function testMatrix(
  scenario: Scenario,
  { light, only }: MatrixOptions = {},
): Promise<void> {
  const { requests, calls, shape } = await runClean(scenario);
  const cells = [
    ...(only === 'tools' ? [] : requests).flatMap((place, i) => {
      const faults = faultsFor(place);
      const out = outOfTurn(alikeAt(place, faults), i);
      return faults.map((fault) =>
        requestCell(scenario, shape, { place, fault, isOut: out.has(fault) }),
      );
    }),
    ...(only === 'requests' ? [] : calls).flatMap((place, i) => {
      const alike = toolFaults.filter(({ onlyFails }) => onlyFails && isLookingCall(place.kind));
      const out = outOfTurn([{ faults: alike, atOnce: 1 }], i);
      return toolFaults.map((fault) =>
        toolCell(scenario, shape, { place, fault, isOut: out.has(fault) }),
      );
    }),
  ];
  const chosen = isFull ? cells : cellsToRun(cells, light);
  describe(scenario.name, () => {
    for (const cell of chosen) test(cell.name, () => cell.run());
  });
  const skipped = requests.filter(({ beginsAction }) => !beginsAction).length * 2;
  afterAll(() => {
    console.log(
      `fault matrix of ${scenario.name}: ${requests.length} requests and ${calls.length} tool calls; ` +
        `${chosen.length} cells of ${only ?? 'both'}, ${cells.length - chosen.length} left out by ` +
        `turn and seed ${testSeed}, ${skipped} not applicable (the request begins no action)`,
    );
  });
}

/** How many are chosen of the cells that are not all run. */
const sampled = 20;

function cellsToRun(all: readonly Cell[], light = false): readonly Cell[] {
  const cells = all.filter(({ isOut }) => !isOut);
  const optional = cells.filter(({ isRepeated, isWrite }) => isRepeated || (light && !isWrite));
  const left = new Set(optional);
  for (const n of sample(sampled, optional.length)) {
    const chosen = optional[n - 1];
    if (chosen) left.delete(chosen);
  }
  return cells.filter((cell) => !left.has(cell));
}

/** What leaves the same world behind at a place. */
function alikeAt(
  { method }: RequestPlace,
  faults: readonly RequestFault[],
): readonly Alike<RequestFault>[] {
  const alike = faults.filter((fault) => isWithoutEffect(fault, method === 'GET'));
  return [
    { faults: alike.filter(({ lasting }) => !lasting), atOnce: 2 },
    { faults: alike.filter(({ lasting }) => lasting), atOnce: 1 },
  ];
}

/** A fault of an action needs an action; a lasting one is for writes, whose effects last. */
function faultsFor({ method, beginsAction }: RequestPlace): readonly RequestFault[] {
  const once = onceFaults.filter((fault) => beginsAction || !isAboutActions(fault));
  return method === 'GET' ? once : [...once, ...lastingFaults];
}

async function runClean(scenario: Scenario): Promise<CleanRun> {
  const rehearsal = await scenario.begin();
  const run = rehearsal.run();
  await scenario.command(run);
  const requests = numbered(
    rehearsal.faults.requests.map(({ method, path, begun }) => ({
      kind: `${method} ${path.replaceAll(/\d+/g, '<id>')}`,
      method,
      path: new RegExp(`^${path.replaceAll(/\d+/g, '\\d+')}$`),
      beginsAction: begun > 0,
    })),
  );
  const calls = numbered(run.calls.map((call) => ({ kind: kindOf(call) })));
  const shape = await shapeOf(rehearsal, scenario.leavesCluster ? run : undefined);
  demandPromises(rehearsal, 0);
  await rehearsal.close();
  return { requests, calls, shape };
}

function numbered<T extends { readonly kind: string }>(all: readonly T[]): (T & Place)[] {
  const seen = new Map<string, number>();
  return all.map((one) => {
    const nth = (seen.get(one.kind) ?? 0) + 1;
    seen.set(one.kind, nth);
    return { ...one, nth };
  });
}

/** The words of a call, without what differs from run to run. */
function kindOf({ tool, args }: Invocation): string {
  const words = args.map((word) =>
    word.replace(/^.*[/\\]/, '').replaceAll(/\d+(\.\d+){3}/g, '<ip>'),
  );
  return [tool, ...words].join(' ').replaceAll(/--kubeconfig kubeconfig |\.scratch-\w+/g, '');
}

function requestCell(
  scenario: Scenario,
  wanted: Shape,
  { place, fault, isOut }: { place: RequestPlace; fault: RequestFault; isOut: boolean },
): Cell {
  const { method, path, nth, kind } = place;
  return {
    name: `${kind} #${nth} × ${fault.name}`,
    isRepeated: method === 'GET' && nth >= repeatedFrom,
    isWrite: method !== 'GET',
    isOut,
    run: () =>
      runCell(scenario, wanted, ({ faults }) => {
        const count = fault.lasting ? Infinity : 1;
        faults.add({ method, path, nth, count, fault: fault.fault });
        return {};
      }),
  };
}

function toolCell(
  scenario: Scenario,
  wanted: Shape,
  { place, fault, isOut }: { place: Place; fault: ToolFault; isOut: boolean },
): Cell {
  return {
    name: `${place.kind} #${place.nth} × ${fault.name}`,
    isRepeated: place.nth >= repeatedFrom,
    isWrite: false,
    isOut,
    run: () =>
      runCell(scenario, wanted, ({ clock }) => {
        let seen = 0;
        return {
          around: (invocation, happen) => {
            const isMeant = kindOf(invocation) === place.kind && ++seen === place.nth;
            return isMeant ? fault.strike(invocation, happen, clock) : happen();
          },
        };
      }),
  };
}

/** The command meets a fault, and is run again when it stops; the same world must come out. */
async function runCell(
  scenario: Scenario,
  wanted: Shape,
  plant: (rehearsal: Rehearsal) => RunOptions,
): Promise<void> {
  const rehearsal = await scenario.begin();
  try {
    let run = rehearsal.run(plant(rehearsal));
    const { folder } = rehearsal.files;
    const stop = await recordingUnfinished(folder, () => stopOf(scenario, run));
    rehearsal.faults.clear();
    if (stop !== undefined) {
      demandNextStep(stop);
      run = rehearsal.run();
      // What the error names stayed until now.
      await recordingUnfinished(folder, () => scenario.command(run));
    }
    await forgetFinished(folder);
    expect(await shapeOf(rehearsal, scenario.leavesCluster ? run : undefined)).toEqual(wanted);
    demandPromises(rehearsal, 0);
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
  if (!(stop instanceof OxideError)) throw new Error(`a bug: ${everythingOf(stop)}`);
  expect(documented, `${stop.message} (exit ${stop.exitCode})`).toContain(stop.exitCode);
  expect(stop.hint, `the next step after: ${stop.message}`).toBeTruthy();
}
