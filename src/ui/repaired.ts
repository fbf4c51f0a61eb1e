import type { KeptEntry } from '../cluster/plan/plan.js';
import { enumerateNames } from '../lib/format.js';
import { keptLines } from './kept-resources.js';
import { createStyle, type Looks } from './style.js';
import { hanging } from './wrap.js';

interface Remark {
  readonly name: string;
  readonly why: string;
}

/** What of a finished repair is shown. */
export interface RepairedView {
  readonly repaired: readonly string[];
  readonly later: readonly Remark[];
  readonly unclear: readonly Remark[];
  /** What hung on the servers that went and is left. */
  readonly left: readonly KeptEntry[];
}

/** Which nodes are new, and which were left. */
export function renderRepaired(
  { repaired, later, unclear, left }: RepairedView,
  looks: Looks,
): string {
  const { columns } = looks;
  const remarks = (title: string, all: readonly Remark[]): readonly string[] =>
    all.length === 0
      ? []
      : [title, ...all.map(({ name, why }) => hanging('  ', `${name}: ${why}`, columns))];
  const first =
    repaired.length === 0
      ? 'Nothing to repair: no node is dead.'
      : `Made anew: ${enumerateNames(repaired)}.`;
  const lines = [
    hanging('', first, columns),
    ...remarks('Dead, too: the same command again.', later),
    ...remarks('Not well, and left alone:', unclear),
    ...(left.length > 0 ? ['Left behind:', ...keptLines(left, columns, createStyle(looks))] : []),
  ];
  return `\n${lines.join('\n')}\n`;
}
