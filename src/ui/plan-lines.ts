import type { Change } from '../cluster/plan/plan.js';
import { enumerateNames, enumerateNumbers } from '../lib/format.js';

/** A line of the shown plan: one change, or several that are alike. */
export interface PlanLine {
  readonly action: Change['action'];
  readonly kind: Change['kind'];
  /** `demo-web-1`, or `demo-web-1 to -30`. */
  readonly name: string;
  readonly detail: string;
  /** How many changes the line stands for. */
  readonly count: number;
  /** Net price per month of all of them, where they have one. */
  readonly monthly: number | undefined;
}

/**
 * The lines of a plan: what is equal but for the number in its name and its id takes one line, among
 * neighbours that are changed in the same way.
 */
export function foldChanges(changes: readonly Change[]): PlanLine[] {
  return runsOf(changes).flatMap((run) => {
    const alike = new Map<string, Change[]>();
    for (const change of run) {
      const key = JSON.stringify([stemOf(change.name), splitId(change).what, change.monthly?.net]);
      alike.set(key, [...(alike.get(key) ?? []), change]);
    }
    return [...alike.values()].flatMap(lineOf);
  });
}

function lineOf(alike: readonly Change[]): PlanLine[] {
  const [first] = alike;
  if (!first) return [];
  const { action, kind, monthly } = first;
  return [
    {
      ...{ action, kind, count: alike.length },
      name: enumerateNames(alike.map(({ name }) => name)),
      detail: alike.length === 1 ? first.detail : jointDetail(alike),
      monthly: monthly && monthly.net * alike.length,
    },
  ];
}

/** Neighbours of one kind to which the same is done. */
function runsOf(changes: readonly Change[]): Change[][] {
  const runs: Change[][] = [];
  for (const change of changes) {
    const run = runs.at(-1);
    const last = run?.at(-1);
    if (run && last?.action === change.action && last.kind === change.kind) run.push(change);
    else runs.push([change]);
  }
  return runs;
}

/** The name without its number; a name without one is like no other. */
function stemOf(name: string): string {
  return name.replace(/-\d+$/, '');
}

/** `cx33 in nbg1, ids 7 to 9`. */
function jointDetail(alike: readonly Change[]): string {
  const ids = alike.flatMap((change) => splitId(change).id ?? []);
  const [first] = alike;
  const what = first ? splitId(first).what : '';
  return [
    ...(what === '' ? [] : [what]),
    ...(ids.length > 0 ? [`ids ${enumerateNumbers(ids)}`] : []),
  ].join(', ');
}

/** What is deleted is named with its id, which is no two things' own. */
function splitId({ detail }: Change): { readonly what: string; readonly id: number | undefined } {
  const [, what = detail, id] = /^(?:(.*), )?id (\d+)$/.exec(detail) ?? [];
  return {
    what: id !== undefined && what === detail ? '' : what,
    id: id === undefined ? undefined : Number(id),
  };
}
