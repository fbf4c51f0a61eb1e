import { expect } from 'vitest';
import type { BuildImageWish } from '../../src/flows/build-image.js';
import { OxideError } from '../../src/lib/errors.js';
import type { RescueFault } from '../../src/sandbox/rescue/faults.js';
import { projectOf, type Item } from './project.js';
import { clusterYaml, rehearse, type Rehearsal } from './rehearsal.js';

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
  const {
    servers,
    firewalls,
    ssh_keys,
    primary_ips,
    images = [],
  } = projectOf(rehearsal).snapshot();
  const left = { servers, firewalls, ssh_keys, primary_ips };
  expect(left).toEqual({ servers: [], firewalls: [], ssh_keys: [], primary_ips: [] });
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
