import { enumerate } from '../lib/format.js';

/** What of a finished scale is shown. */
export interface ScaledView {
  readonly pool: string;
  readonly count: number;
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: boolean;
  /** What became of the number in cluster.yaml. */
  readonly configuration: string;
}

/** How many nodes the pool has now, and what is left to do in cluster.yaml. */
export function renderScaled(scaled: ScaledView): string {
  const { pool, count, added, removed, changed, configuration } = scaled;
  const nodes = `${count} ${count === 1 ? 'node' : 'nodes'}`;
  const first = changed
    ? `The pool "${pool}" has ${nodes} now.`
    : `Nothing to do: the pool "${pool}" has ${nodes} already.`;
  const lines = [
    first,
    ...(added.length > 0 ? [`  made     ${enumerate(added)}`] : []),
    ...(removed.length > 0 ? [`  removed  ${enumerate(removed)}`] : []),
    ...(configuration === '' ? [] : [configuration]),
  ];
  return `\n${lines.join('\n')}\n`;
}
