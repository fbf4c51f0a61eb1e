import { formatMoney } from '../cluster/state/cost.js';
import type { ShownPlan } from '../cluster/plan/plan.js';
import { plural } from '../lib/format.js';
import { alignColumns } from './columns.js';
import { kindName } from './kind-names.js';
import { foldChanges, type PlanLine } from './plan-lines.js';
import { keptLines } from './kept-resources.js';
import { differenceLines } from './differences.js';
import { createStyle, type Style } from './style.js';

/** What of a plan is shown. */
export type PlanView = Omit<ShownPlan, 'cluster'>;

export interface PlanOptions {
  readonly color: boolean;
  /** Width of the terminal; undefined: as wide as the content. */
  readonly columns: number | undefined;
}

/** The plan for the eyes: what will be made, changed and deleted, and what it costs. */
export function renderPlan(plan: PlanView, { color, columns }: PlanOptions): string {
  const style = createStyle(color);
  const paragraphs = [
    plan.changes.length === 0 ? [nothing(plan)] : changeLines(plan, columns, style),
    leftLines(plan, style),
    keptLines(plan.stays ?? [], columns, style),
    [costLine(plan.cost)],
    [
      ...plan.warnings.map((warning) => `${style.yellow('⚠')} ${warning}`),
      ...plan.notes.map((note) => `${style.blue('ℹ')} ${note}`),
    ],
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

function leftLines({ left = [] }: PlanView, style: Style): string[] {
  if (left.length === 0) return [];
  return [
    'Differs from cluster.yaml, and this command leaves it:',
    ...differenceLines(left, style),
  ];
}

const symbolWidth = 2;
const priceColumn = 3;

function changeLines(
  { changes, cost }: PlanView,
  columns: number | undefined,
  style: Style,
): string[] {
  const symbols = { create: style.green('+'), update: style.yellow('~'), delete: style.red('-') };
  const lines = foldChanges(changes);
  const rows = lines.map((line) => [
    line.count === 1 ? kindName(line) : plural(line.count, kindName(line)),
    line.name,
    line.detail,
    priceOf(line, cost.after.currency),
  ]);
  const width = columns === undefined ? undefined : columns - symbolWidth;
  const aligned = alignColumns(rows, { right: [priceColumn], width });
  return lines.map(({ action }, index) => `${symbols[action]} ${aligned[index] ?? ''}`);
}

function priceOf({ action, monthly }: PlanLine, currency: string): string {
  if (monthly === undefined) return '';
  return `${action === 'delete' ? '-' : ''}${formatMoney(Math.abs(monthly), currency)}`;
}

function costLine({ now, after, covers = 'Servers and IPv4' }: PlanView['cost']): string {
  const both = (part: 'net' | 'gross'): string =>
    now[part] === after[part]
      ? formatMoney(after[part], after.currency)
      : `${formatMoney(now[part], now.currency)} now, ${formatMoney(after[part], after.currency)} after`;
  const taxed = now.net !== now.gross || after.net !== after.gross;
  return `${covers} per month: ${both('net')}${taxed ? ` (with VAT ${both('gross')})` : ''}`;
}
