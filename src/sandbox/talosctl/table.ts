/** Columns three spaces apart, as Go's tabwriter sets them in talosctl; the last is not padded. */
export function table(rows: readonly (readonly string[])[]): string {
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows
    .map((row) =>
      row.map((cell, i) => (i < columns - 1 ? cell.padEnd((widths[i] ?? 0) + 3) : cell)).join(''),
    )
    .map((line) => `${line}\n`)
    .join('');
}
