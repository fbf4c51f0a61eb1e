import { cloudCoverage } from '../../src/sandbox/cloud/coverage.js';
import type { Coverage } from '../../src/sandbox/coverage.js';
import { kubernetesCoverage } from '../../src/sandbox/kubernetes/coverage.js';
import { talosCoverage } from '../../src/sandbox/talosctl/coverage.js';

const intro = `# What the sandbox simulates

Generated from the tables that stand beside the code. A rehearsal is worth as much as it is like
reality, so every place is named where the two differ:

- **simulated**: acts as the real one does.
- **simplified**: acts, but differs as its note says.
- **stored only**: is taken and kept, and has no effect. Kubernetes' answers say so with a warning.
- **refused**: is answered with an error, though the real one would take it.

What is not in the lists is not there, and is answered with an error. How the sandbox works is in
[architecture.md](architecture.md#the-sandbox).
`;

/** The areas of docs/sandbox.md, in the order of the page. */
export const coverageAreas: Readonly<Record<string, readonly Coverage[]>> = {
  Kubernetes: kubernetesCoverage,
  'Hetzner Cloud': cloudCoverage,
  'Talos and talosctl': talosCoverage,
};

/** docs/sandbox.md: how far the simulation goes, area by area. */
export function coveragePage(): string {
  const sections = Object.entries(coverageAreas).map(
    ([title, lines]) => `## ${title}\n\n${tableOf(lines)}`,
  );
  return [intro, ...sections].join('\n');
}

/** A table with padded columns, as prettier writes it. */
function tableOf(lines: readonly Coverage[]): string {
  const rows = [
    ['What', 'How', 'Note'],
    ...lines.map(({ subject, how, note }) => [subject, how, note]),
  ];
  const widths = [0, 1, 2].map((column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |\n`;
  const [head = [], ...body] = rows;
  return [head, widths.map((width) => '-'.repeat(width)), ...body].map(line).join('');
}
