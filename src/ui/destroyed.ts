import { addCosts, monthlyText } from '../cluster/state/cost.js';
import type { KeptEntry } from '../cluster/plan/plan.js';
import { plural } from '../lib/format.js';
import { keptLines } from './kept-resources.js';
import { remarkLines } from './remarks.js';
import { createStyle, type Looks } from './style.js';
import { hanging } from './wrap.js';

/** What of a finished destroy is shown. */
export interface DestroyedView {
  readonly cluster: string;
  readonly deleted: readonly unknown[];
  readonly left: readonly KeptEntry[];
  /** What may be left without being known. */
  readonly notes: readonly string[];
  /** False: the same command has to run again. */
  readonly complete: boolean;
  /** Where the secrets and access files stay. */
  readonly folder: string;
}

/** What is gone, and what is left that still costs money. */
export function renderDestroyed(view: DestroyedView, looks: Looks): string {
  const { cluster, deleted, left, notes, complete, folder } = view;
  const head = complete
    ? `The cluster "${cluster}" is gone: ${plural(deleted.length, 'resource')} deleted.`
    : `${plural(deleted.length, 'resource')} of the cluster "${cluster}" deleted, not all of it.`;
  const { columns } = looks;
  const style = createStyle(looks);
  const said = (text: string): string => hanging('', text, columns);
  return [
    said(head),
    ...(left.length > 0 ? ['', 'Still there:', ...keptLines(left, columns, style)] : []),
    '',
    ...remarkLines({ warnings: [], notes }, columns, style),
    said(style.letters(costOfRest(left))),
    said(`The secrets and access files stay in ${folder}.`),
    ...(complete ? [] : ['', said('Once what is in the way is gone, run the same command again.')]),
  ]
    .map((line) => `${line}\n`)
    .join('');
}

function costOfRest(left: readonly KeptEntry[]): string {
  const [first] = left.flatMap(({ monthly }) => monthly ?? []);
  if (!first) return 'Nothing of it is left that costs money.';
  return `What is left costs ${monthlyText(addCosts(left, first))}.`;
}
