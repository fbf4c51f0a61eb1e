import { pad, padLeft, widthOf, wrapLine } from './wrap.js';

export interface ColumnOptions {
  /** Indexes of the columns whose cells stand on the right: numbers. */
  readonly right?: readonly number[];
  /** Index of the column whose cells may take several lines; all others stay whole. */
  readonly flow?: number;
  /** The most that a line may take; undefined: as much as the content needs. */
  readonly width: number | undefined;
}

type Row = readonly string[];

const gap = '  ';
/** How far lines stand below the one they belong to. */
const indent = '  ';
/** A text in a narrower column is hard to read. */
const narrowest = 24;

/**
 * Rows of cells in aligned columns, each row as its lines. No cell is ever cut: where the width does not
 * do, the flowing column is wrapped; else what does not fit beside the names stands below them.
 */
export function alignColumns(rows: readonly Row[], options: ColumnOptions): string[][] {
  const { flow, width } = options;
  const wanted = widthsOf(rows);
  if (width === undefined || totalOf(wanted) <= width) {
    return rows.map((row) => [lineOf(row, wanted, options)]);
  }
  if (flow !== undefined) {
    const room = width - totalOf(wanted) + (wanted[flow] ?? 0);
    const words = rows.flatMap((row) => (row[flow] ?? '').split(' '));
    if (room >= Math.max(narrowest, ...words.map(widthOf))) {
      const widths = wanted.with(flow, room);
      return rows.map((row) => flowing(row, widths, { ...options, flow }));
    }
  }
  return stacked(rows, options);
}

/**
 * As `alignColumns`; rows that do not fit are aligned only with those of their own group, so that a long
 * name takes room from these alone.
 */
export function alignGroups(
  rows: readonly Row[],
  options: ColumnOptions & { readonly groupOf: (row: Row) => unknown },
): string[][] {
  const { width, groupOf } = options;
  if (width === undefined || totalOf(widthsOf(rows)) <= width) return alignColumns(rows, options);
  const lines = new Map<Row, string[]>();
  for (const group of new Set(rows.map(groupOf))) {
    const alike = rows.filter((row) => groupOf(row) === group);
    const aligned = alignColumns(alike, options);
    for (const [index, row] of alike.entries()) lines.set(row, aligned[index] ?? []);
  }
  return rows.map((row) => lines.get(row) ?? []);
}

function widthsOf(rows: readonly Row[]): number[] {
  const count = Math.max(0, ...rows.map((row) => row.length));
  return Array.from({ length: count }, (_, index) =>
    Math.max(...rows.map((row) => widthOf(row[index] ?? ''))),
  );
}

function totalOf(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width + gap.length, -gap.length);
}

function lineOf(row: Row, widths: readonly number[], { right = [] }: ColumnOptions): string {
  const cells = widths.map((width, index) =>
    right.includes(index) ? padLeft(row[index] ?? '', width) : pad(row[index] ?? '', width),
  );
  return cells.join(gap).trimEnd();
}

function flowing(
  row: Row,
  widths: readonly number[],
  options: ColumnOptions & { readonly flow: number },
): string[] {
  const { flow } = options;
  const [first = '', ...more] = wrapLine(row[flow] ?? '', widths[flow]);
  const below = totalOf(widths.slice(0, flow)) + gap.length;
  return [
    lineOf(row.with(flow, first), widths, options),
    ...more.map((part) => ' '.repeat(below) + part),
  ];
}

/** What names a row above, aligned; what is said of it below. */
function stacked(rows: readonly Row[], { flow = 1, right, width = 0 }: ColumnOptions): string[][] {
  const heads = rows.map((row) => row.slice(0, flow));
  const bodies = rows.map((row) => row.slice(flow));
  const [headWidths, bodyWidths] = [widthsOf(heads), widthsOf(bodies)];
  const inner = width - indent.length;
  const shifted = { right: (right ?? []).map((index) => index - flow), width };
  return rows.map((_, index) => {
    const body = bodies[index] ?? [];
    const lines =
      totalOf(bodyWidths) <= inner
        ? [lineOf(body, bodyWidths, shifted)]
        : wrapLine(body.filter((cell) => cell !== '').join(gap), inner);
    return [
      lineOf(heads[index] ?? [], headWidths, { width }),
      ...lines.map((line) => `${indent}${line}`.trimEnd()).filter((line) => line !== ''),
    ];
  });
}
