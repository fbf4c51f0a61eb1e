import { enumerate } from '../lib/format.js';
import type { KeptEntry } from '../cluster/plan/plan.js';
import { keptLines } from './kept-resources.js';
import { createStyle } from './style.js';
import type { TableOptions } from './table.js';

/** What of a finished scale is shown. */
export interface ScaledView {
  readonly pool: string;
  readonly count: number;
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** What hung on them and is left. */
  readonly left: readonly KeptEntry[];
  readonly changed: boolean;
  /** What became of the number in cluster.yaml. */
  readonly configuration: string;
}

/** How many nodes the pool has now, and what is left to do in cluster.yaml. */
export function renderScaled(scaled: ScaledView, { color, columns }: TableOptions): string {
  const { pool, count, added, removed, left, changed, configuration } = scaled;
  const nodes = `${count} ${count === 1 ? 'node' : 'nodes'}`;
  const first = changed
    ? `The pool "${pool}" has ${nodes} now.`
    : `Nothing to do: the pool "${pool}" has ${nodes} already.`;
  const lines = [
    first,
    ...(added.length > 0 ? [`  made     ${enumerate(added)}`] : []),
    ...(removed.length > 0 ? [`  removed  ${enumerate(removed)}`] : []),
    ...(left.length > 0 ? ['Left behind:', ...keptLines(left, columns, createStyle(color))] : []),
    ...(configuration === '' ? [] : [configuration]),
  ];
  return `\n${lines.join('\n')}\n`;
}
