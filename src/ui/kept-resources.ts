import { formatMoney } from '../cluster/state/cost.js';
import type { KeptEntry } from '../cluster/plan/plan.js';
import { alignColumns } from './columns.js';
import { kindName } from './kind-names.js';
import type { Style } from './style.js';
import { hanging } from './wrap.js';

const markWidth = 2;
const detailColumn = 2;
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
    stay.monthly
      ? style.letters(`${formatMoney(stay.monthly.net, stay.monthly.currency)} net`)
      : '',
  ]);
  const width = columns === undefined ? undefined : columns - markWidth;
  const aligned = alignColumns(rows, { right: [priceColumn], flow: detailColumn, width });
  return stays.flatMap(({ why }, index) => {
    const [first = '', ...more] = aligned[index] ?? [];
    return [
      `${style.marks.kept} ${first}`,
      ...more.map((line) => `  ${line}`),
      hanging('    ', why, columns),
    ];
  });
}
