import { endpointAddress } from '../../network/api-endpoint.js';
import type { ServerState } from '../../state/cluster-state.js';
import {
  goneMembers,
  goneObjection,
  membersObjection,
  removalObjection,
  type EtcdMemberView,
} from '../../talos/etcd.js';
import { demandWayToMembers } from '../create/etcd-plan.js';
import type { Change } from '../plan.js';
import type { PlannedServer } from '../planned-servers.js';
import type { ReplaceInput, Replacement } from './replace-choice.js';
import { unsafe } from '../scale/scale-plan.js';

/** Nodes that go together before they are made again: one, some workers, or all dead control planes. */
export interface Batch {
  /** What is left of those that go. */
  readonly remove: readonly ServerState[];
  readonly make: readonly PlannedServer[];
  /** The new one is Ready before the old one goes. */
  readonly makesFirst: boolean;
}

/**
 * Dead control planes first and together, because etcd takes nobody in while a voter is ill; then
 * workers, then control planes, the one at the address that all nodes use last.
 */
export function inBatches(
  { config, view, together = 1 }: ReplaceInput,
  found: readonly Replacement[],
  servers: readonly PlannedServer[],
): readonly Batch[] {
  const endpointIp = endpointAddress(config);
  const both = servers.flatMap((make, i) => {
    const one = found[i];
    return one ? [{ make, old: one.old, isBeside: one.label !== undefined }] : [];
  });
  const isWorker = ({ make }: (typeof both)[number]): boolean => make.role === 'worker';
  const isDead = ({ make, old }: (typeof both)[number]): boolean =>
    !view.etcd.some(({ server, healthy }) => server === (old ?? make.existing)?.name && healthy);
  const controlPlanes = both.filter((one) => !isWorker(one));
  const dead = controlPlanes.filter(isDead);
  const living = controlPlanes.filter((one) => !isDead(one));
  const isLast = ({ make }: (typeof both)[number]): number =>
    make.privateIp === endpointIp ? 1 : 0;
  return [
    ...(dead.length > 0 ? [dead] : []),
    ...inGroups(both.filter(isWorker), together),
    ...[...living].sort((a, b) => isLast(a) - isLast(b)).map((one) => [one]),
  ].map((batch) => ({
    remove: batch.flatMap(({ old }) => old ?? []),
    make: batch.map(({ make }) => make),
    makesFirst: batch.some(({ isBeside }) => isBeside),
  }));
}

function inGroups<T>(all: readonly T[], size: number): readonly (readonly T[])[] {
  const groups: T[][] = [];
  for (let at = 0; at < all.length; at += size) groups.push(all.slice(at, at + size));
  return groups;
}

/**
 * etcd is asked again before each removal, and refuses here what cannot end well. No batch begins
 * before those that the one before it made are voters.
 */
export function checkEtcd({ config, view }: ReplaceInput, batches: readonly Batch[]): void {
  let members = view.etcd;
  for (const batch of batches) {
    const { remove, make } = batch;
    if (make.some(({ role }) => role === 'worker')) continue;
    demandWayToMembers(config, make);
    const before = goneObjection(members);
    members = withoutGone(members, batch);
    for (const [i, { name }] of remove.entries()) {
      const later = remove.slice(i + 1).map((server) => server.name);
      const objection = before ?? removalObjection(members, { server: name, later });
      if (objection !== undefined) throw unsafe(`${name} cannot be replaced: ${objection}`);
      members = members.filter(({ server }) => server !== name);
    }
    const objection = joinObjection(members, make);
    if (objection !== undefined) throw unsafe(`no control plane can join: ${objection}`);
    members = withVoters(members, make);
  }
}

/** Why none of these could become a voter. Members whose servers are gone make room for them. */
function joinObjection(
  members: readonly EtcdMemberView[],
  made: readonly PlannedServer[],
): string | undefined {
  if (made.every(({ existing }) => existing)) return undefined;
  const gone = goneMembers(members);
  const own = made.flatMap(({ existing }) => existing?.name ?? []);
  return membersObjection(
    members.filter(
      (member) =>
        !gone.includes(member) && !member.learner && !own.some((name) => name === member.server),
    ),
  );
}

/** Members whose servers are gone go before others of the batch, when all of these are made anew in it. */
function withoutGone(
  members: readonly EtcdMemberView[],
  { remove, make }: Batch,
): readonly EtcdMemberView[] {
  const gone = goneMembers(members);
  const missing = make.filter(({ existing }) => !existing).length - remove.length;
  if (gone.filter(({ learner }) => !learner).length > missing) return members;
  return members.filter((member) => !gone.includes(member));
}

/** The members when these servers are healthy voters. */
function withVoters(
  members: readonly EtcdMemberView[],
  made: readonly PlannedServer[],
): readonly EtcdMemberView[] {
  const names = made.map(({ name, existing }) => existing?.name ?? name);
  return [
    ...members.filter(({ server }) => server === undefined || !names.includes(server)),
    ...names.map((name): EtcdMemberView => ({
      ...{ id: '', server: name, hostname: name },
      ...{ learner: false, healthy: true },
    })),
  ];
}

/** What of a batch a plan shows. */
export function batchChanges({ remove, make, makesFirst }: Batch): readonly Change[] {
  const removals = remove.map(({ name, type, location }): Change => ({
    ...{ action: 'delete', kind: 'server', name, detail: `${type} in ${location}` },
  }));
  const additions = make.map(({ name, type, location, existing: made }): Change =>
    made
      ? { action: 'update', kind: 'server', name, detail: 'wait until it is a node' }
      : { action: 'create', kind: 'server', name, detail: `${type} in ${location}` },
  );
  return makesFirst ? [...additions, ...removals] : [...removals, ...additions];
}
