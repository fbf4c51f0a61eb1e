import { formatMoney } from '../cluster/state/cost.js';
import type { KeptEntry } from '../cluster/plan/plan.js';
import { alignColumns } from './columns.js';
import { kindName } from './kind-names.js';
import type { Style } from './style.js';

const symbolWidth = 2;
const priceColumn = 3;

/** What stays where it is, each with its price and, below it, the reason. */
export function keptLines(
  stays: readonly KeptEntry[],
  columns: number | undefined,
  style: Style,
): string[] {
  const rows = stays.map((stay) => [
    kindName(stay),
    stay.name,
    stay.detail,
    stay.monthly ? formatMoney(stay.monthly.net, stay.monthly.currency) : '',
  ]);
  const width = columns === undefined ? undefined : columns - symbolWidth;
  const aligned = alignColumns(rows, { right: [priceColumn], width });
  return stays.flatMap(({ why }, index) => [
    `${style.blue('=')} ${aligned[index] ?? ''}`,
    `    ${why}`,
  ]);
}
