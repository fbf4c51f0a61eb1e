import { cut, pad, widthOf } from './style.js';

export interface ColumnOptions {
  /** Indexes of the columns whose cells stand on the right: numbers. */
  readonly right: readonly number[];
  /** The most that a line may take; undefined: as much as the content needs. */
  readonly width: number | undefined;
}

const gap = 2;
const narrowest = 4;

/** Rows of cells as lines with aligned columns; the widest columns give way to the line's width. */
export function alignColumns(
  rows: readonly (readonly string[])[],
  { right, width }: ColumnOptions,
): string[] {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const wanted = Array.from({ length: count }, (_, index) =>
    Math.max(...rows.map((row) => widthOf(row[index] ?? ''))),
  );
  const widths = shrink(wanted, { right, width });
  return rows.map((row) =>
    widths
      .map((columnWidth, index) => {
        const cell = cut(row[index] ?? '', columnWidth);
        return right.includes(index) ? cell.padStart(columnWidth) : pad(cell, columnWidth);
      })
      .join(' '.repeat(gap))
      .trimEnd(),
  );
}

/** Takes from the widest column until all fit. Numbers keep theirs: a cut number is another one. */
function shrink(wanted: readonly number[], { right, width }: ColumnOptions): number[] {
  const widths = [...wanted];
  const total = (): number => widths.reduce((sum, width) => sum + width + gap, -gap);
  while (width !== undefined && total() > width) {
    const widest = Math.max(...widths.filter((_, index) => !right.includes(index)));
    if (widest <= narrowest) break;
    const index = widths.findIndex((width, index) => width === widest && !right.includes(index));
    widths[index] = widest - 1;
  }
  return widths;
}
