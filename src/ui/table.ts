import { alignColumns } from './columns.js';
import { createStyle, type Looks } from './style.js';

export interface TableColumn {
  readonly title: string;
  /** Numbers stand on the right. */
  readonly align?: 'right';
}

/** Rows in aligned columns under a head. What does not fit beside the first column stands below it. */
export function renderTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  looks: Looks,
): string {
  const style = createStyle(looks);
  const [head = [], ...lines] = alignColumns([columns.map(({ title }) => title), ...rows], {
    right: columns.flatMap(({ align }, index) => (align === 'right' ? [index] : [])),
    width: looks.columns,
  });
  return [...head.map(style.bold), ...lines.flat()].map((line) => `${line}\n`).join('');
}
