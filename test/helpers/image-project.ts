import { expect } from 'vitest';
import type { BuildImageWish } from '../../src/flows/build-image.js';
import type { HetznerApi } from '../../src/hetzner/api.js';
import { InterruptedError, OxideError } from '../../src/lib/errors.js';
import type { RescueFault } from '../../src/sandbox/rescue/faults.js';
import { projectOf, type Item } from './project.js';
import { clusterYaml, rehearse, type Rehearsal, type Run, type RunOptions } from './rehearsal.js';

/** What the pools of cluster.yaml use. */
export const wish: BuildImageWish = {
  ...{ architecture: undefined, type: undefined, location: undefined },
  ...{ force: false, verify: false },
};

/** A project without any snapshot, in which these faults will happen to whoever makes one. */
export async function emptyProject(
  faults: readonly RescueFault[] = [],
  yaml = clusterYaml(1, 0),
): Promise<Rehearsal> {
  const rehearsal = await rehearse(yaml, { empty: true });
  for (const fault of faults) rehearsal.world.rescueFaults.add(fault);
  return rehearsal;
}

export function snapshots(rehearsal: Rehearsal): readonly Item[] {
  return projectOf(rehearsal)
    .list('images')
    .filter((image) => (image as { type?: string }).type === 'snapshot');
}

/** Snapshots that a create would make nodes of. */
export function usable(rehearsal: Rehearsal): readonly Item[] {
  return snapshots(rehearsal).filter(({ labels }) => labels['os'] === 'talos');
}

/** Nothing is left that costs, but snapshots that were finished. */
export function expectNothingTemporary(rehearsal: Rehearsal): void {
  const { images = [], ...others } = projectOf(rehearsal).snapshot();
  const left = Object.values(others).flatMap((items) => items.map(({ name }) => name));
  expect(left).toEqual([]);
  expect(images.filter(({ labels }) => 'purpose' in labels)).toEqual([]);
}

/** Nothing that costs, and nothing that a create would take. */
export function expectNothingLeft(rehearsal: Rehearsal): void {
  expectNothingTemporary(rehearsal);
  expect(snapshots(rehearsal)).toEqual([]);
}

export async function failureOf(work: Promise<unknown>): Promise<OxideError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof OxideError) return error;
  throw new Error('it did not fail', { cause: error });
}

/** Does something when a request like this (`POST /servers`) was answered, once. */
export function whenAsked({ faults }: Rehearsal, request: RegExp, act: () => void): void {
  const record = faults.record.bind(faults);
  let done = false;
  faults.record = (one) => {
    record(one);
    if (done || !request.test(`${one.method} ${one.path}`)) return;
    done = true;
    act();
  };
}

export interface Moment {
  /** The request after whose answer it is. */
  readonly request: RegExp;
  /** Simulated seconds after it. */
  readonly later?: number;
}

/** Does it when the run has come so far. */
export function stopAt(
  rehearsal: Rehearsal,
  { request, later = 0 }: Moment,
  stop: () => void,
): void {
  whenAsked(rehearsal, request, () => {
    if (later === 0) stop();
    else void rehearsal.clock.sleep(later * 1_000, undefined, { background: true }).then(stop);
  });
}

/** The run ends where it is: nothing gets out of it any more, and nobody is told how it ended. */
export function killedAt(
  rehearsal: Rehearsal,
  moment: Moment,
  options: RunOptions = {},
): { run: Run; dead: Promise<void> } {
  const killed = new AbortController();
  const dead = new Promise<void>((resolve) => {
    stopAt(rehearsal, moment, () => {
      killed.abort(new InterruptedError());
      resolve();
    });
  });
  const run = rehearsal.run({ ...options, signal: killed.signal });
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
