import { afterAll, describe, test } from 'vitest';
import { isFullMatrix, sample, testSeed } from '../helpers/seed.js';
import { addRequestFault, aroundCalls, runCell, type PlacedRequestFault } from './cells.js';
import {
  faultsFor,
  isLookingCall,
  isPassing,
  isWithoutEffect,
  toolFaults,
  type RequestFault,
  type ToolFault,
} from './faults.js';
import { demandPassed, gather, nameOf, plantGathered } from './gathered.js';
import { isRepeated, runClean, type CleanRun, type Place, type RequestPlace } from './places.js';
import type { Scenario } from './scenarios.js';
import type { Shape } from './shape.js';
import { stopsAt } from './stops.js';
import { outOfTurn, type Alike } from './turns.js';

interface Cell {
  readonly name: string;
  readonly isRepeated: boolean;
  readonly isWrite: boolean;
  /** The turn of its fault is at another place. */
  readonly isOut: boolean;
  /** The fault that no run stops for: several of them strike one run. */
  readonly passing?: PlacedRequestFault | undefined;
  run(): Promise<void>;
}

interface MatrixOptions {
  /** Of all that is no write the seed chooses some, not only of the repetitions. */
  readonly light?: true;
  /** One half of a large matrix: several test files run side by side. */
  readonly only?: 'requests' | 'tools';
  /** Only requests with such a path: the others are those of another matrix. */
  readonly about?: RegExp;
  /** Only such calls, for the same reason. */
  readonly aboutCalls?: RegExp;
  /** So few of each kind are chosen by the seed: for a matrix whose cells are like those of others. */
  readonly cells?: number;
  /** Also stops the command at each of its writes and calls. */
  readonly stops?: true;
}

/**
 * Defines the tests of a command's fault matrix: one a cell, each reproducible alone with `-t`.
 * Every write, and the first of every look and call, meets every fault that leaves a world of its
 * own behind. Faults that leave the same one (the request had no effect; a call that only looks
 * failed) strike in turns, some at each place; of the many repetitions the seed chooses some. Faults
 * that no run may stop for strike several to a run.
 */
export async function testMatrix(
  scenario: Scenario,
  { light, only, about, aboutCalls, cells: few, stops }: MatrixOptions = {},
): Promise<void> {
  const clean = await runClean(scenario);
  const requests = clean.requests.filter(({ kind }) => about?.test(kind) ?? true);
  const calls = clean.calls.filter(({ kind }) => aboutCalls?.test(kind) ?? true);
  const kinds = cellsOf(scenario, { ...clean, requests, calls }, only);
  if (stops) kinds.push(stopCells(scenario, clean));
  const cells = kinds.flat();
  const inTurn = few === undefined ? cells.filter(({ isOut }) => !isOut) : [];
  const chosen =
    few === undefined
      ? cellsToRun(inTurn, light)
      : kinds.flatMap((some) => sample(few, some.length).flatMap((n) => some[n - 1] ?? []));
  const alone = isFullMatrix ? cells : chosen;
  const gathered = isFullMatrix ? [] : gather(inTurn.flatMap(({ passing }) => passing ?? []));
  describe(scenario.name, () => {
    for (const cell of alone) test(cell.name, () => cell.run());
    for (const { name, faults } of gathered) {
      test(name, () =>
        runCell(scenario, clean.shape, {
          plant: (rehearsal) => plantGathered(rehearsal, faults),
          demand: (rehearsal, stop) => {
            demandPassed(rehearsal, faults, stop);
          },
        }),
      );
    }
  });
  const skipped = requests.filter(({ beginsAction }) => !beginsAction).length * 2;
  const together = isFullMatrix ? 0 : inTurn.filter(({ passing }) => passing).length;
  afterAll(() => {
    console.log(
      `fault matrix of ${scenario.name}: ${requests.length} requests and ${calls.length} tool calls; ` +
        `${alone.length} cells of ${only ?? 'both'} alone, ${together} in ${gathered.length} runs, ` +
        `${cells.length - alone.length - together} left out by turn and seed ${testSeed}, ` +
        `${skipped} not applicable (the request begins no action)`,
    );
  });
}

/** Those in which a request goes wrong, and those in which a call does. */
function cellsOf(
  scenario: Scenario,
  { requests, calls, shape }: CleanRun,
  only: MatrixOptions['only'],
): (readonly Cell[])[] {
  const ofRequests = (only === 'tools' ? [] : requests).flatMap((place, i) => {
    const faults = faultsFor(place);
    const out = outOfTurn(alikeAt(place, faults), i);
    return faults.map((fault) =>
      requestCell(scenario, shape, { place, fault, isOut: out.has(fault) }),
    );
  });
  const ofCalls = (only === 'requests' ? [] : calls).flatMap((place, i) => {
    const alike = toolFaults.filter(({ onlyFails }) => onlyFails && isLookingCall(place.kind));
    const out = outOfTurn([{ faults: alike, atOnce: 1 }], i);
    return toolFaults.map((fault) =>
      toolCell(scenario, shape, { place, fault, isOut: out.has(fault) }),
    );
  });
  return [ofRequests, ofCalls];
}

/** Those in which the command is stopped. */
function stopCells(scenario: Scenario, { requests, calls, shape }: CleanRun): readonly Cell[] {
  const writes = requests.filter(({ method }) => method !== 'GET');
  return stopsAt(writes, calls).map(({ name, plant }) => ({
    ...{ name, isOut: false, isRepeated: false, isWrite: true },
    run: () => runCell(scenario, shape, { plant }),
  }));
}

/** How many are chosen of the cells that are not all run. */
const sampled = 20;

/** The cells that have a run of their own. */
function cellsToRun(all: readonly Cell[], light = false): readonly Cell[] {
  const cells = all.filter(({ passing }) => !passing);
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

function requestCell(
  scenario: Scenario,
  wanted: Shape,
  { place, fault, isOut }: PlacedRequestFault & { readonly isOut: boolean },
): Cell {
  const isLook = place.method === 'GET';
  return {
    name: nameOf({ place, fault }),
    isRepeated: isRepeated(place),
    isWrite: !isLook,
    isOut,
    passing: isPassing(fault, isLook) ? { place, fault } : undefined,
    run: () =>
      runCell(scenario, wanted, {
        plant: ({ faults }) => {
          addRequestFault(faults, { place, fault });
          return {};
        },
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
    isRepeated: isRepeated(place),
    isWrite: false,
    isOut,
    run: () =>
      runCell(scenario, wanted, {
        plant: ({ clock }) => ({ around: aroundCalls(clock, { place, fault }) }),
      }),
  };
}
