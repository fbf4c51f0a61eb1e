/** Columns three spaces apart, as Go's tabwriter sets them in talosctl; the last is not padded. */
export function table(rows: readonly (readonly string[])[]): string {
  return aligned(rows.map((row) => `${row.join('\t')}\n`).join(''));
}

const padding = 3;

/**
 * Go's text/tabwriter as talosctl uses it: a tab ends a cell, and a column is as wide as its widest
 * cell in lines that follow each other. A line without the column ends it, so a message of several
 * lines within a table breaks the alignment, here as there.
 */
export function aligned(text: string): string {
  const lines = text
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => line.split('\t'));
  const out: string[] = lines.map(() => '');
  setColumn(lines, out, { column: 0, from: 0, to: lines.length });
  return out.map((line) => `${line}\n`).join('');
}

interface Block {
  readonly column: number;
  /** The lines from this one up to, and without, the other. */
  readonly from: number;
  readonly to: number;
}

function setColumn(lines: readonly string[][], out: string[], { column, from, to }: Block): void {
  const has = (line: number): boolean => column < (lines[line]?.length ?? 0) - 1;
  const put = (line: number, text: string): void => {
    out[line] = `${out[line] ?? ''}${text}`;
  };
  for (let line = from; line < to; line++) {
    if (!has(line)) {
      put(line, lines[line]?.[column] ?? '');
      continue;
    }
    const start = line;
    while (line + 1 < to && has(line + 1)) line++;
    const cells = lines.slice(start, line + 1).map((cut) => cut[column] ?? '');
    const width = Math.max(...cells.map(({ length }) => length)) + padding;
    for (const [offset, cell] of cells.entries()) put(start + offset, cell.padEnd(width));
    setColumn(lines, out, { column: column + 1, from: start, to: line + 1 });
  }
}
