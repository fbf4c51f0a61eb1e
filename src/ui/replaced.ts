import type { KeptEntry } from '../cluster/plan/plan.js';
import { enumerateNames } from '../lib/format.js';
import { keptLines } from './kept-resources.js';
import { createStyle, type Looks } from './style.js';
import { hanging } from './wrap.js';

/** What of finished replacements is shown. */
export interface ReplacedView {
  readonly replaced: readonly string[];
  /** What hung on the servers that went and is left. */
  readonly left: readonly KeptEntry[];
}

/** Which nodes are new. */
export function renderReplaced({ replaced, left }: ReplacedView, looks: Looks): string {
  const { columns } = looks;
  const first =
    replaced.length === 0
      ? 'Nothing to do: the nodes of the pool are as cluster.yaml has them.'
      : `Made anew: ${enumerateNames(replaced)}.`;
  const lines = [
    hanging('', first, columns),
    ...(left.length > 0 ? ['Left behind:', ...keptLines(left, columns, createStyle(looks))] : []),
  ];
  return `\n${lines.join('\n')}\n`;
}
