import { oxide } from '../../../lib/commands.js';
import { PreconditionError } from '../../../lib/errors.js';
import { enumerate } from '../../../lib/format.js';
import { verdictOf, type Verdict, type Vitals } from './dead-nodes.js';

/** A node of which something is to be said. */
export interface RepairRemark {
  readonly name: string;
  readonly why: string;
  /** Its server is there and has no power. */
  readonly off: boolean;
}

/** What a repair does now, and what it leaves. */
export interface RepairChoice {
  /** Those that are made anew, or were and are to be finished. */
  readonly repair: readonly RepairRemark[];
  /** Dead, too, and not done this time. */
  readonly later: readonly RepairRemark[];
  /** Not well, and not known to be dead: they are left alone. */
  readonly unclear: readonly RepairRemark[];
}

/**
 * Which nodes are made anew: those that are dead by facts, at most one control plane and at most a
 * third of a pool. What cannot be told is left alone. Throws when etcd forbids to go one by one.
 */
export function chooseRepairs(all: readonly Vitals[], afterMs: number): RepairChoice {
  const verdicts = heedingTheNetwork(all.map((vitals) => verdictOf(vitals, afterMs)));
  const of = (is: Verdict['is']): readonly Verdict[] => verdicts.filter((one) => one.is === is);
  const dead = [...of('dead')].sort((a, b) => urgency(a) - urgency(b));
  const unfinished = of('unfinished');
  const atWork = unfinished.filter(({ vitals }) => vitals.node !== 'ready');
  refuseSeveralControlPlanes(dead, atWork);
  const chosen: Verdict[] = [];
  const later: RepairRemark[] = [];
  for (const one of dead) {
    const limit = limitOf(one.vitals, all);
    const begun = [...atWork, ...chosen].filter(({ vitals }) =>
      isSameCrowd(vitals, one.vitals),
    ).length;
    if (begun < limit) chosen.push(one);
    else later.push(postponed(one, limit));
  }
  return {
    repair: [...unfinished, ...chosen].map(toRemark),
    later,
    unclear: of('unclear').map(toRemark),
  };
}

/**
 * When more than half of the nodes are silent although their servers run, the way to them is broken
 * rather than all of these machines.
 */
function heedingTheNetwork(verdicts: readonly Verdict[]): readonly Verdict[] {
  const isSilent = ({ is, vitals }: Verdict): boolean =>
    is === 'dead' && vitals.status === 'running' && vitals.removal === undefined;
  const existing = verdicts.filter(({ vitals }) => vitals.status !== undefined).length;
  const silent = verdicts.filter(isSilent).length;
  if (silent * 2 <= existing) return verdicts;
  const why = `${silent} of ${existing} nodes are silent at once while their servers run: rather the network than these machines`;
  return verdicts.map((one) => (isSilent(one) ? { ...one, is: 'unclear', why } : one));
}

/** What was begun and what has no server comes first: nothing of it is left to lose. */
function urgency({ vitals: { status, removal } }: Verdict): number {
  if (removal !== undefined) return 0;
  return status === undefined ? 1 : status === 'off' ? 2 : 3;
}

/** At most one control plane, and a third of the nodes of a pool, but at least one. */
function limitOf(of: Vitals, all: readonly Vitals[]): number {
  if (of.role === 'control-plane') return 1;
  return Math.max(1, Math.floor(all.filter((one) => isSameCrowd(one, of)).length / 3));
}

/** Control planes are one crowd, whatever their pools. */
function isSameCrowd(one: Vitals, other: Vitals): boolean {
  if (one.role !== other.role) return false;
  return one.role === 'control-plane' || one.pool === other.pool;
}

function postponed({ vitals, is, why }: Verdict, limit: number): RepairRemark {
  const guard =
    vitals.role === 'control-plane'
      ? 'one control plane at a time'
      : `at most ${limit} of the pool ${vitals.pool} at a time`;
  return { ...toRemark({ vitals, is, why }), why: `${why}; ${guard}` };
}

function toRemark({ vitals, why }: Verdict): RepairRemark {
  return { name: vitals.name, why, off: vitals.status === 'off' };
}

/** While one is ill, etcd takes in no successor of the other: they go together or not at all. */
function refuseSeveralControlPlanes(dead: readonly Verdict[], atWork: readonly Verdict[]): void {
  const controlPlanes = (all: readonly Verdict[]): readonly string[] =>
    all.flatMap(({ vitals: { name, role } }) => (role === 'control-plane' ? [name] : []));
  const names = [...controlPlanes(dead), ...controlPlanes(atWork)];
  if (names.length < 2 || controlPlanes(dead).length === 0) return;
  throw new PreconditionError(
    `${enumerate(names)} are dead, or being made, and a repair replaces one control plane at a time: etcd takes in no new member while another one is ill\nNothing was changed.`,
    `Replace them together: ${oxide`replace ${names} --force`}`,
  );
}
