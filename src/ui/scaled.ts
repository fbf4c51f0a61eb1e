import { enumerateNames } from '../lib/format.js';
import type { KeptEntry } from '../cluster/plan/plan.js';
import { keptLines } from './kept-resources.js';
import { createStyle, type Looks } from './style.js';
import { hanging } from './wrap.js';

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
export function renderScaled(scaled: ScaledView, looks: Looks): string {
  const { pool, count, added, removed, left, changed, configuration } = scaled;
  const { columns } = looks;
  const nodes = `${count} ${count === 1 ? 'node' : 'nodes'}`;
  const first = changed
    ? `The pool "${pool}" has ${nodes} now.`
    : `Nothing to do: the pool "${pool}" has ${nodes} already.`;
  const lines = [
    hanging('', first, columns),
    ...(added.length > 0 ? [hanging('  made     ', enumerateNames(added), columns)] : []),
    ...(removed.length > 0 ? [hanging('  removed  ', enumerateNames(removed), columns)] : []),
    ...(left.length > 0 ? ['Left behind:', ...keptLines(left, columns, createStyle(looks))] : []),
    ...(configuration === '' ? [] : [hanging('', configuration, columns)]),
  ];
  return `\n${lines.join('\n')}\n`;
}
