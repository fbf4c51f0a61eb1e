import { InterruptedError } from '../../src/lib/errors.js';
import type { Rehearsal, RunOptions } from '../helpers/rehearsal.js';
import { kindOf, type Place, type RequestPlace } from './places.js';

/** A place at which a run is stopped, and what does it. */
export interface Stop {
  readonly name: string;
  readonly plant: (rehearsal: Rehearsal) => RunOptions;
}

/** Every write and every call, when it has had its effect: by an interrupt, or as if by a kill. */
export function stopsAt(writes: readonly RequestPlace[], calls: readonly Place[]): readonly Stop[] {
  const named = (place: Place, how: string, plant: Stop['plant']): Stop => ({
    name: `${place.kind} #${place.nth} × ${how}`,
    plant,
  });
  return ['interrupted', 'killed'].flatMap((how) => [
    ...writes.map((place) => named(place, how, ({ faults }) => afterWrite(faults, place, how))),
    ...calls.map((place) => named(place, how, ({ faults }) => afterCall(faults, place, how))),
  ]);
}

type Faults = Rehearsal['faults'];

function afterWrite(faults: Faults, { method, path, nth }: RequestPlace, how: string): RunOptions {
  const { signal, stop } = stopper(faults, how);
  const record = faults.record.bind(faults);
  let seen = 0;
  faults.record = (request) => {
    record(request);
    if (request.method === method && path.test(request.path) && ++seen === nth) stop();
  };
  return { signal };
}

function afterCall(faults: Faults, { kind, nth }: Place, how: string): RunOptions {
  const { signal, stop } = stopper(faults, how);
  let seen = 0;
  return {
    signal,
    around: async (invocation, happen) => {
      const end = await happen();
      if (kindOf(invocation) === kind && ++seen === nth) stop();
      return end;
    },
  };
}

/** After a kill nothing gets through any more with which a run tidies up. */
function stopper(
  faults: Faults,
  how: string,
): { readonly signal: AbortSignal; readonly stop: () => void } {
  const controller = new AbortController();
  return {
    signal: controller.signal,
    stop: () => {
      controller.abort(new InterruptedError());
      if (how !== 'killed') return;
      faults.add({ count: Infinity, fault: { kind: 'reset', when: 'before' } });
    },
  };
}
