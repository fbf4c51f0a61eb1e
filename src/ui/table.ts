import { alignColumns } from './columns.js';
import { createStyle } from './style.js';

export interface TableColumn {
  readonly title: string;
  /** Numbers stand on the right. */
  readonly align?: 'right';
}

export interface TableOptions {
  readonly color: boolean;
  /** Width of the terminal; undefined: as wide as the content. */
  readonly columns: number | undefined;
}

/** Rows in aligned columns under a head, cut to the terminal's width. */
export function renderTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  options: TableOptions,
): string {
  const style = createStyle(options.color);
  const [head = '', ...lines] = alignColumns([columns.map(({ title }) => title), ...rows], {
    right: columns.flatMap(({ align }, index) => (align === 'right' ? [index] : [])),
    width: options.columns,
  });
  return [style.bold(head), ...lines].map((line) => `${line}\n`).join('');
}
