import type { Figures, Span } from './measure.js';
import { pathSeconds, type Numbers } from './rows.js';
import { wanted } from './wanted.js';

/** A figure as people read it. */
function shown(value: number): string {
  if (Number.isInteger(value)) return String(value);
  return value.toFixed(value < 20 ? 2 : 0);
}

/** The table of all figures, in Markdown. */
export function tableOf(before: Numbers, now: Numbers): string {
  const rows = Object.entries(now).map(([name, value]) => {
    const [was, most] = [before[name], wanted[name]];
    const cells = [was, value].map((one) => (one === undefined ? '' : shown(one)));
    return [name, ...cells, most === undefined ? '' : `≤ ${shown(most)}`];
  });
  return markdownTable([['figure', 'before', 'now', 'wanted'], ...rows]);
}

/** The steps of a create that others wait for, and what of their time is not the world's. */
export function spansTable({ steps, seconds }: Figures): string {
  const rows = [...steps]
    .sort((a, b) => a.from - b.from || a.to - b.to)
    .filter(({ from, to }) => to - from >= 0.05)
    .map(({ title, from, to }: Span) => [title, shown(from), shown(to), shown(to - from)]);
  const above = `All of it took ${shown(seconds)} s, ${shown(seconds - pathSeconds)} s more than the path.`;
  return `${markdownTable([['step', 'from (s)', 'to (s)', 'took (s)'], ...rows])}\n${above}\n`;
}

/** As prettier writes it: columns of one width. */
function markdownTable([head = [], ...rows]: readonly (readonly string[])[]): string {
  const widths = head.map((_, i) =>
    Math.max(3, ...[head, ...rows].map((row) => Array.from(row[i] ?? '').length)),
  );
  const line = (row: readonly string[]): string =>
    `| ${widths.map((width, i) => pad(row[i] ?? '', width)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [line(head), rule, ...rows.map(line), ''].join('\n');
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - Array.from(text).length));
}

/** The page with what stands between the marks of this name replaced. */
export function replaceSection(page: string, name: string, text: string): string {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`the page has no section "${name}"`);
  return `${page.slice(0, from + begin.length)}\n\n${text}\n${page.slice(to)}`;
}
