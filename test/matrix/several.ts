import { describe, test } from 'vitest';
import { createRandom } from '../../src/sandbox/simulation.js';
import { testSeed } from '../helpers/seed.js';
import type { Rehearsal, RunOptions } from '../helpers/rehearsal.js';
import { addRequestFault, aroundCalls, runCell, type Around } from './cells.js';
import { faultsFor, isPassing, toolFaults, type RequestFault, type ToolFault } from './faults.js';
import { runClean, type Place, type RequestPlace } from './places.js';
import type { Scenario } from './scenarios.js';

/** How many faults strike one run. */
const atOnce = [2, 3, 3] as const;

const passes = (fault: RequestFault, { method }: RequestPlace): boolean =>
  isPassing(fault, method === 'GET');

/**
 * Defines tests in which two or three faults, chosen by the seed, strike the same run: at requests,
 * at calls, or at both. Those that no run stops for strike together in the fault matrix of the command.
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
    return { place, request: oneOf(faultsFor(place).filter((one) => !passes(one, place))) };
  };
  describe(`${scenario.name}, several faults (OXIDE_TEST_SEED=${testSeed})`, () => {
    for (let i = 1; i <= cases; i++) {
      const faults = Array.from({ length: oneOf(atOnce) }, anyFault);
      test(`${i}: ${faults.map(nameOf).join(' + ')}`, () =>
        runCell(scenario, shape, { plant: (rehearsal) => plantAll(rehearsal, faults) }));
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
