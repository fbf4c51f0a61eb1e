import { expect } from 'vitest';
import { testSeed } from '../helpers/seed.js';
import type { Rehearsal, RunOptions } from '../helpers/rehearsal.js';
import { addRequestFault, type PlacedRequestFault } from './cells.js';
import { isRepeated, kindOfRequest } from './places.js';

/** A run that meets several faults at once, each of which alone would have been a cell. */
export interface Gathered {
  readonly name: string;
  readonly faults: readonly PlacedRequestFault[];
}

/** How many faults with a second try one run meets. */
const perRun = 8;

/**
 * Puts faults that no run may stop for into a few runs: what the API adds is to be overlooked in every
 * answer, and in every second one, where answers differ from those before; what passes is tried again.
 */
export function gather(faults: readonly PlacedRequestFault[]): readonly Gathered[] {
  const additions = faults.filter(({ fault }) => isAddition(fault));
  const passing = faults.filter(({ fault }) => !isAddition(fault));
  const runs = Math.ceil(passing.length / perRun);
  return [
    { name: 'unknown fields in every answer', faults: additions },
    {
      name: 'unknown fields in every second answer',
      faults: additions.filter((_, i) => (i + testSeed) % 2 === 0),
    },
    // Each run has faults of its whole length.
    ...Array.from({ length: runs }, (_, run) => {
      const own = passing.filter((_, i) => i % runs === run);
      return { name: own.map(nameOf).join(' + '), faults: own };
    }),
  ].filter((one) => one.faults.length > 0);
}

/** A cell's name. */
export function nameOf({ place, fault }: PlacedRequestFault): string {
  return `${place.kind} #${place.nth} × ${fault.name}`;
}

/** Plans all of them. A request that is tried again counts twice: later ones of its kind move on. */
export function plantGathered({ faults }: Rehearsal, all: Gathered['faults']): RunOptions {
  const before = new Map<string, number>();
  for (const { place, fault } of all) {
    const moved = before.get(place.kind) ?? 0;
    addRequestFault(faults, { place: { ...place, nth: place.nth + moved }, fault });
    if (!isAddition(fault)) before.set(place.kind, moved + 1);
  }
  return {};
}

/**
 * None of them stopped the run, and every one struck but those at the last of many looks: a run that
 * waited for a second try finds earlier what it looks for.
 */
export function demandPassed(
  { faults }: Rehearsal,
  planned: Gathered['faults'],
  stop: unknown,
): void {
  expect(stop).toBeUndefined();
  const struck = faults.requests.filter(({ fault }) => fault !== undefined).map(kindOfRequest);
  for (const kind of new Set(planned.map(({ place }) => place.kind))) {
    const certain = planned.filter(({ place }) => place.kind === kind && !isRepeated(place));
    const here = struck.filter((one) => one === kind);
    expect(here.length, `faults at ${kind}`).toBeGreaterThanOrEqual(certain.length);
  }
}

const isAddition = ({ fault }: PlacedRequestFault['fault']): boolean =>
  fault.kind === 'extra-fields';
