import type { Change } from '../cluster/plan/plan.js';

/** A line of the shown plan: one change, or several that are alike. */
export interface PlanLine {
  readonly action: Change['action'];
  readonly kind: Change['kind'];
  /** `demo-web-1`, or `demo-web-1 … demo-web-30`. */
  readonly name: string;
  readonly detail: string;
  /** How many changes the line stands for. */
  readonly count: number;
  /** Net price per month of all of them, where they have one. */
  readonly monthly: number | undefined;
}

/** More alike changes in a row than this become one line. */
const longest = 5;

/** The lines of a plan. Many servers of a pool take one line. */
export function foldChanges(changes: readonly Change[]): PlanLine[] {
  return alikeRuns(changes).flatMap((run) =>
    run.length > longest ? lineOf(run) : run.flatMap((change) => lineOf([change])),
  );
}

function lineOf(run: readonly Change[]): PlanLine[] {
  const [first] = run;
  const last = run.at(-1);
  if (!first || !last) return [];
  const { action, kind, detail, monthly } = first;
  return [
    {
      ...{ action, kind, detail, count: run.length },
      name: first === last ? first.name : `${first.name} … ${last.name}`,
      monthly: monthly && monthly.net * run.length,
    },
  ];
}

/** Neighbours that differ in nothing but the number at the end of their names, counted up by one. */
function alikeRuns(changes: readonly Change[]): Change[][] {
  const runs: Change[][] = [];
  for (const change of changes) {
    const run = runs.at(-1);
    const previous = run?.at(-1);
    if (run && previous && follows(change, previous)) run.push(change);
    else runs.push([change]);
  }
  return runs;
}

function follows(change: Change, previous: Change): boolean {
  return (
    change.action === previous.action &&
    change.kind === previous.kind &&
    change.detail === previous.detail &&
    change.monthly?.net === previous.monthly?.net &&
    change.name === successor(previous.name)
  );
}

function successor(name: string): string | undefined {
  const [, stem, index] = /^(.*?)(\d+)$/.exec(name) ?? [];
  return stem === undefined ? undefined : `${stem}${Number(index) + 1}`;
}
