import { expect } from 'vitest';
import { create } from '../../src/flows/create.js';
import { status } from '../../src/flows/status.js';
import { InterruptedError } from '../../src/lib/errors.js';
import { projectOf, type Item } from './project.js';
import { clusterYaml, rehearseCluster, type Rehearsal } from './rehearsal.js';
import { isFullMatrix, testSeed } from './seed.js';

export const hour = 60 * 60_000;

export interface Server extends Item {
  readonly status: string;
  readonly private_net: readonly { readonly ip: string }[];
  readonly public_net: { readonly ipv4: { readonly ip: string } };
}

export const serversOf = (rehearsal: Rehearsal): readonly Server[] =>
  projectOf(rehearsal).list('servers') as readonly Server[];

/** What a replacement keeps: `demo-cp-1 10.0.1.254`; workers take any address. */
export const kept = (rehearsal: Rehearsal): readonly string[] =>
  serversOf(rehearsal)
    .map(
      ({ name, private_net: [net] }) => `${name} ${name.includes('-cp-') ? (net?.ip ?? '') : ''}`,
    )
    .sort();

export const idsOf = (rehearsal: Rehearsal): Readonly<Record<string, number>> =>
  Object.fromEntries(serversOf(rehearsal).map(({ name, id }) => [name, id]));

const membersOf = ({ world }: Rehearsal): readonly string[] =>
  (world.talos.bootstrappedClusters()[0]?.etcd.members ?? [])
    .map(({ hostname, learner }) => (learner ? `${hostname} (learner)` : hostname))
    .sort();

export async function clusterOf(controlPlanes: number, workers: number): Promise<Rehearsal> {
  const rehearsal = await rehearseCluster(clusterYaml(controlPlanes, workers));
  await rehearsal.clock.sleep(hour);
  return rehearsal;
}

export async function dies(rehearsal: Rehearsal, ...names: readonly string[]): Promise<void> {
  for (const { id, name } of serversOf(rehearsal)) {
    if (names.includes(name)) projectOf(rehearsal).call('POST', `/servers/${id}/actions/poweroff`);
  }
  await rehearsal.clock.sleep(10 * 60_000);
}

/** The cluster is whole, a create has nothing to do, and nothing of the replacement is left. */
export async function expectWhole(
  rehearsal: Rehearsal,
  controlPlanes: number,
  yaml?: string,
): Promise<void> {
  const options = yaml === undefined ? {} : { yaml };
  expect(rehearsal.world.talos.bootstrappedClusters()).toHaveLength(1);
  expect(membersOf(rehearsal)).toEqual(
    Array.from({ length: controlPlanes }, (_, i) => `demo-cp-${i + 1}`),
  );
  expect((await status(rehearsal.run(options).ctx)).status.problems).toEqual([]);
  await expect(create(rehearsal.run(options).ctx)).resolves.toMatchObject({
    cluster: { changed: false },
  });
  for (const { labels } of serversOf(rehearsal)) {
    expect(Object.keys(labels)).not.toContain('replacement');
    expect(Object.keys(labels)).not.toContain('removal');
  }
}

/** One in so many writes is a place where a run is stopped; which ones follows from the seed. */
const stopsApart = 12;

/** Turns with which a scenario is stopped at one in four of its writes, in tests of their own. */
export const turns = [0, 4, 8];

interface Stopped {
  /** The world that it begins in. */
  readonly begin: () => Promise<Rehearsal>;
  readonly command: (rehearsal: Rehearsal, signal: AbortSignal) => Promise<unknown>;
  /** What has to be there when the same command has finished what was stopped at a write. */
  readonly check: (rehearsal: Rehearsal, where: string) => Promise<void>;
  /** Of several scenarios: each is stopped at other writes. */
  readonly turn: number;
}

/**
 * Stops a command right after some of its writes have had their effect and runs it again; all of them
 * in the full matrix.
 */
export async function stoppedAtWrites({ begin, command, check, turn }: Stopped): Promise<void> {
  const apart = isFullMatrix ? 1 : stopsApart;
  for (let nth = 1 + ((testSeed + turn) % apart); ; nth += apart) {
    const rehearsal = await begin();
    const { faults, clock } = rehearsal;
    const already = faults.writes.length;
    const controller = new AbortController();
    const record = faults.record.bind(faults);
    faults.record = (request) => {
      record(request);
      if (faults.writes.length - already === nth) controller.abort(new InterruptedError());
    };
    const ended = await command(rehearsal, controller.signal).then(
      () => true,
      () => false,
    );
    if (ended && !controller.signal.aborted) return;
    await clock.sleep(hour);
    if (!ended) await command(rehearsal, new AbortController().signal);
    await check(rehearsal, `stopped at write ${nth}`);
  }
}

/** How many servers were ordered since so many writes. */
export function ordersSince({ faults }: Rehearsal, writes: number): number {
  const isOrder = ({ method, path }: { readonly method: string; readonly path: string }): boolean =>
    method === 'POST' && path === '/servers';
  return faults.writes.slice(writes).filter(isOrder).length;
}
