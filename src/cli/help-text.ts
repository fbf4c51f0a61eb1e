/** A line of two columns. */
export type Entry = readonly [term: string, text: string];

/** How help is laid out. */
export interface Layout {
  readonly columns: number;
  /** The width of the first column, at least. */
  readonly terms?: number;
}

/** A title, and entries below it whose texts stand below each other and are wrapped between words. */
export function section(title: string, entries: readonly Entry[], layout: Layout): string {
  if (entries.length === 0) return '';
  const width = Math.max(layout.terms ?? 0, ...entries.map(([term]) => term.length));
  const room = layout.columns - width - 4;
  const lines = entries.flatMap(([term, text]) =>
    // Beside a long term there is no room: the text goes below it.
    room < 24
      ? [`  ${term}`, ...wrapped(text, layout.columns - 6).map((line) => `      ${line}`)]
      : wrapped(text, room).map((line, at) =>
          `  ${(at === 0 ? term : '').padEnd(width)}  ${line}`.trimEnd(),
        ),
  );
  return [`${title}:`, ...lines].join('\n');
}

/** A paragraph. */
export function paragraph(text: string, { columns }: Layout): string {
  return wrapped(text, columns).join('\n');
}

/** A sentence of a summary, which has neither a capital nor a full stop. */
export function sentence(summary: string): string {
  return `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`;
}

function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(word);
  }
  return lines;
}
