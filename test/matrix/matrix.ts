import { afterAll, describe, expect, test } from 'vitest';
import { ExitCode, OxideError } from '../../src/lib/errors.js';
import { forgetFinished, recordingUnfinished } from '../../src/lib/unfinished.js';
import { createRandom } from '../../src/sandbox/simulation.js';
import type { Invocation } from '../../src/tools/exec.js';
import { everythingOf } from '../helpers/secret-scan.js';
import { isFullMatrix, sample, testSeed } from '../helpers/seed.js';
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
import { demandPromises, shapeOf, withoutAddresses, type Shape } from './shape.js';
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
  /** Only requests with such a path: the others are those of another matrix. */
  readonly about?: RegExp;
}

/** A look is repeated until something has happened: from this one on, each is like those before. */
const repeatedFrom = 4;

/**
 * Defines the tests of a command's fault matrix: one a cell, each reproducible alone with `-t`.
 * Every write, and the first of every look and call, meets every fault that leaves a world of its
 * own behind. Faults that leave the same one (the request had no effect; a call that only looks
 * failed) strike in turns, some at each place; of the many repetitions the seed chooses some.
 */
export async function testMatrix(
  scenario: Scenario,
  { light, only, about }: MatrixOptions = {},
): Promise<void> {
  const { requests: all, calls, shape } = await runClean(scenario);
  const requests = all.filter(({ kind }) => about?.test(kind) ?? true);
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
  const chosen = isFullMatrix ? cells : cellsToRun(cells, light);
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

/** How many faults strike one run. */
const atOnce = [2, 3, 3] as const;

/**
 * Defines tests in which two or three faults, chosen by the seed, strike the same run: at requests,
 * at calls, or at both.
 */
export async function testSeveralFaults(scenario: Scenario, cases: number): Promise<void> {
  const { requests, calls, shape } = await runClean(scenario);
  const random = createRandom(testSeed);
  const oneOf = <T>(all: readonly T[]): T => {
    const one = all[random.integer(0, all.length - 1)];
    if (one === undefined) throw new Error('there is nothing to choose from');
    return one;
  };
  const anyFault = (): PlacedFault => {
    if (calls.length > 0 && random.next() < 0.4)
      return { place: oneOf(calls), tool: oneOf(toolFaults) };
    const place = oneOf(requests);
    return { place, request: oneOf(faultsFor(place)) };
  };
  describe(`${scenario.name}, several faults (OXIDE_TEST_SEED=${testSeed})`, () => {
    for (let i = 1; i <= cases; i++) {
      const faults = Array.from({ length: oneOf(atOnce) }, anyFault);
      test(`${i}: ${faults.map(nameOf).join(' + ')}`, () =>
        runCell(scenario, shape, (rehearsal) => plantAll(rehearsal, faults)));
    }
  });
}

type PlacedFault =
  | { readonly place: RequestPlace; readonly request: RequestFault }
  | { readonly place: Place; readonly tool: ToolFault };

function nameOf(one: PlacedFault): string {
  const { kind, nth } = one.place;
  return `${kind} #${nth} × ${'tool' in one ? one.tool.name : one.request.name}`;
}

function plantAll({ faults, clock }: Rehearsal, all: readonly PlacedFault[]): RunOptions {
  const arounds = all.flatMap((one): Around[] => {
    if ('tool' in one) return [aroundCalls(clock, { place: one.place, fault: one.tool })];
    addRequestFault(faults, { place: one.place, fault: one.request });
    return [];
  });
  return {
    around: (invocation, happen) =>
      arounds.reduceRight<() => ReturnType<Around>>(
        (inner, around) => () => around(invocation, inner),
        happen,
      )(),
  };
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
  const shape = await shapeFor(scenario, rehearsal, run);
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
  const { method, nth, kind } = place;
  return {
    name: `${kind} #${nth} × ${fault.name}`,
    isRepeated: method === 'GET' && nth >= repeatedFrom,
    isWrite: method !== 'GET',
    isOut,
    run: () =>
      runCell(scenario, wanted, ({ faults }) => {
        addRequestFault(faults, { place, fault });
        return {};
      }),
  };
}

function addRequestFault(
  faults: Rehearsal['faults'],
  { place: { method, path, nth }, fault }: { place: RequestPlace; fault: RequestFault },
): void {
  faults.add({ method, path, nth, count: fault.lasting ? Infinity : 1, fault: fault.fault });
}

type Around = NonNullable<RunOptions['around']>;

/** Strikes once, at its place. */
function aroundCalls(
  clock: Rehearsal['clock'],
  { place, fault }: { place: Place; fault: ToolFault },
): Around {
  let seen = 0;
  return (invocation, happen) => {
    const isMeant = kindOf(invocation) === place.kind && ++seen === place.nth;
    return isMeant ? fault.strike(invocation, happen, clock) : happen();
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
      runCell(scenario, wanted, ({ clock }) => ({ around: aroundCalls(clock, { place, fault }) })),
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
    expect(await shapeFor(scenario, rehearsal, run)).toEqual(wanted);
    demandPromises(rehearsal, 0);
  } finally {
    await rehearsal.close();
  }
}

/** The world afterwards, without what a command may leave one way or the other. */
async function shapeFor(scenario: Scenario, rehearsal: Rehearsal, run: Run): Promise<Shape> {
  const shape = await shapeOf(rehearsal, scenario.leavesCluster ? run : undefined);
  return scenario.workersTakeAnyAddress ? withoutAddresses(shape) : shape;
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
