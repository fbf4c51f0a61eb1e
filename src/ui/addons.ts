import { oxide } from '../lib/commands.js';
import { enumerate } from '../lib/format.js';
import type { AddonState } from '../cluster/status/addon-states.js';
import type { KeptEntry } from '../cluster/plan/plan.js';
import { keptLines } from './kept-resources.js';
import { remarkLines } from './remarks.js';
import { createStyle, type Looks } from './style.js';
import { renderTable } from './table.js';
import { asText, hanging } from './wrap.js';

const none = '-';

/** What of the addons is shown. */
export interface AddonsView {
  readonly addons: readonly AddonState[];
  /** Names of those that could be switched on. */
  readonly off: readonly string[];
}

const columns = [
  { title: 'NAME' },
  { title: 'INSTALLED' },
  { title: 'WANTED' },
  { title: 'STATE' },
] as const;

/** One row for each, why those do not work that do not, and what to do. */
export function renderAddons({ addons, off }: AddonsView, looks: Looks): string {
  const { marks } = createStyle(looks);
  const rows = addons.map((one) => [
    one.name,
    one.installed ?? none,
    one.wanted ?? none,
    standing(one),
  ]);
  const whys = addons.flatMap(({ name, why }) =>
    why === null ? [] : [hanging(`${marks.warning} `, `${name}: ${why}`, looks.columns)],
  );
  const surplus = addons.filter(({ state }) => state === 'surplus').map(({ name }) => name);
  const differs = addons.some(
    ({ state, asWanted }) => state !== 'surplus' && state !== 'impossible' && !asWanted,
  );
  const broken = addons.some(({ state }) => state === 'not-working');
  const advice = [
    ...(differs || broken
      ? [`${oxide`addons apply`} brings them to what cluster.yaml wants.`]
      : []),
    ...surplus.map((name) => `${oxide`addons remove ${name}`} takes out what it does not ask for.`),
    ...(off.length > 0 ? [`Switched off: ${off.join(', ')}.`] : []),
  ];
  return [
    renderTable(columns, rows, looks),
    whys.map((line) => `${line}\n`).join(''),
    asText(advice, looks.columns),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

function standing({ kind, state, asWanted, installed, wanted }: AddonState): string {
  if (state === 'surplus') return 'not in cluster.yaml';
  const what = state.replace('-', ' ');
  if (asWanted || installed === null || state === 'half-installed') return what;
  if (kind === 'manifest') return `${what}, changed since`;
  const differs = installed === wanted ? 'other values' : 'other version';
  return `${what}, ${differs}`;
}

/** What came of an application. */
export interface AppliedAddonsView extends AddonsView {
  /** Names of those that were installed or changed. */
  readonly applied: readonly string[];
}

/** What was done, and how all are now. */
export function renderAppliedAddons(view: AppliedAddonsView, looks: Looks): string {
  const { applied } = view;
  const head =
    applied.length === 0
      ? 'Nothing to do: all addons are as cluster.yaml wants them.'
      : `Applied: ${enumerate(applied)}.`;
  return `\n${asText([head], looks.columns)}\n${renderAddons(view, looks)}`;
}

/** What came of a removal. */
export interface RemovedAddonView {
  readonly name: string;
  readonly removed: boolean;
  readonly left: readonly KeptEntry[];
  readonly notes: readonly string[];
}

/** What is gone, and what is left of it. */
export function renderRemovedAddon(view: RemovedAddonView, looks: Looks): string {
  const { name, removed, left, notes } = view;
  const style = createStyle(looks);
  const head = removed ? `${name} is gone.` : `Nothing to do: ${name} is not installed.`;
  return [
    hanging('', head, looks.columns),
    ...(left.length > 0 ? ['', 'Still there:', ...keptLines(left, looks.columns, style)] : []),
    ...remarkLines({ warnings: [], notes }, looks.columns, style),
  ]
    .map((line) => `${line}\n`)
    .join('');
}
