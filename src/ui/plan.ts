import { formatMoney } from '../cluster/state/cost.js';
import type { ShownPlan } from '../cluster/plan/plan.js';
import { plural } from '../lib/format.js';
import { alignGroups } from './columns.js';
import { kindName } from './kind-names.js';
import { foldChanges, type PlanLine } from './plan-lines.js';
import { keptLines } from './kept-resources.js';
import { differenceLines } from './differences.js';
import { remarkLines } from './remarks.js';
import { createStyle, type Looks, type Style } from './style.js';
import { padLeft, widthOf } from './wrap.js';

/** What of a plan is shown. */
export type PlanView = Omit<ShownPlan, 'cluster'>;

/** The plan for the eyes: what will be made, changed and deleted, and what it costs. */
export function renderPlan(plan: PlanView, looks: Looks): string {
  const style = createStyle(looks);
  const { columns } = looks;
  const paragraphs = [
    plan.changes.length === 0 ? [nothing(plan)] : changeLines(plan, columns, style),
    leftLines(plan, columns, style),
    keptLines(plan.stays ?? [], columns, style),
    costLines(plan.cost).map(style.letters),
    remarkLines(plan, columns, style),
  ];
  return paragraphs
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map((line) => `${line}\n`).join(''))
    .join('\n');
}

/** Only where there is no difference at all, nothing is to be changed. */
function nothing({ left = [] }: PlanView): string {
  return left.length === 0 ? 'Nothing to change.' : 'Nothing that this command changes.';
}

function leftLines({ left = [] }: PlanView, columns: number | undefined, style: Style): string[] {
  if (left.length === 0) return [];
  return [
    'Differs from cluster.yaml, and this command leaves it:',
    ...differenceLines(left, columns, style),
  ];
}

const markWidth = 2;
const detailColumn = 2;
const priceColumn = 3;

function changeLines(
  { changes, cost }: PlanView,
  columns: number | undefined,
  style: Style,
): string[] {
  const lines = foldChanges(changes);
  const rows = lines.map((line) => [
    line.count === 1 ? kindName(line) : plural(line.count, kindName(line)),
    line.name,
    line.detail,
    style.letters(priceOf(line, cost.after.currency)),
  ]);
  const width = columns === undefined ? undefined : columns - markWidth;
  const aligned = alignGroups(rows, {
    ...{ right: [priceColumn], flow: detailColumn, width },
    groupOf: (row) => row[priceColumn] !== '',
  });
  return lines.flatMap(({ action }, index) => {
    const [first = '', ...more] = aligned[index] ?? [];
    return [`${style.marks[action]} ${first}`, ...more.map((line) => `  ${line}`)];
  });
}

function priceOf({ action, monthly }: PlanLine, currency: string): string {
  if (monthly === undefined) return '';
  return `${action === 'delete' ? '-' : ''}${formatMoney(Math.abs(monthly), currency)} net`;
}

function costLines({ now, after, covers = 'Servers and IPv4' }: PlanView['cost']): string[] {
  const both = (part: 'net' | 'gross'): string =>
    now[part] === after[part]
      ? formatMoney(after[part], after.currency)
      : `${formatMoney(now[part], now.currency)} now, ${formatMoney(after[part], after.currency)} after`;
  const lead = `${covers} per month, net: `;
  const taxed = now.net !== now.gross || after.net !== after.gross;
  return [
    `${lead}${both('net')}`,
    ...(taxed ? [`${padLeft('with VAT: ', widthOf(lead))}${both('gross')}`] : []),
  ];
}
