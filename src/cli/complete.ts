import { addonTable } from '../addons/table.js';
import { poolsOf } from '../cluster/state/node-pools.js';
import { nodeName } from '../cluster/state/names.js';
import { loadConfig } from '../config/load.js';
import type { ClusterConfig } from '../config/schema.js';
import { flagsOf, locate, takesValue, type Asked } from './locate.js';
import { globalOptions, helpFlags } from './tree/global-options.js';
import type { ArgumentSpec, Completes, OptionSpec } from './tree/spec.js';
import { commands, families } from './tree/tree.js';

/** A word that may stand there, and what it means. */
type Candidate = readonly [word: string, meaning?: string];

/** Asks the shell for its own names of files or folders. */
const places: Readonly<Record<'file' | 'folder', Candidate>> = {
  file: [':files'],
  folder: [':folders'],
};

/**
 * What may stand in the place of the last of these words, each on a line with its meaning behind a tab.
 * What cannot be known is left out: a shell that completes shows no errors.
 */
export async function candidatesFor(words: readonly string[]): Promise<string> {
  const before = words.slice(0, -1);
  const last = words.at(-1) ?? '';
  const found = await candidates(before, last);
  return found
    .filter(([word]) => word.startsWith(last) || word.startsWith(':'))
    .map((parts) => `${parts.join('\t')}\n`)
    .join('');
}

async function candidates(before: readonly string[], last: string): Promise<readonly Candidate[]> {
  if (before.includes('--')) return [places.file];
  const asked = locate(before);
  const options = [...(asked.command?.options ?? []), ...globalOptions];
  const previous = before.at(-1) ?? '';
  const open = options.find((option) => takesValue(option) && flagsOf(option).includes(previous));
  if (open) return valuesOf(open, before);
  if (last.startsWith('-'))
    return [...options.flatMap(flagCandidates), [helpFlags[1], 'print help']];
  if (!asked.command) return nextWords(asked);
  const argument = asked.command.arguments?.[argumentsIn(before, asked)];
  return argument ? valuesOf(argument, before) : [];
}

function nextWords({ words: [family] }: Asked): readonly Candidate[] {
  if (family !== undefined) {
    return commands
      .filter(({ name }) => name.startsWith(`${family} `))
      .map(({ name, summary }) => [name.slice(family.length + 1), summary]);
  }
  const single = commands.filter(({ name }) => !name.includes(' '));
  return [
    ...single.map(({ name, summary }): Candidate => [name, summary]),
    ...Object.entries(families),
  ];
}

/** How many arguments of the command are there already. */
function argumentsIn(before: readonly string[], { words, command }: Asked): number {
  const options = [...(command?.options ?? []), ...globalOptions];
  const isValue = (at: number): boolean =>
    options.some((option) => takesValue(option) && flagsOf(option).includes(before[at - 1] ?? ''));
  const bare = before.filter((word, at) => !word.startsWith('-') && !isValue(at));
  return bare.length - words.length;
}

function flagCandidates(option: OptionSpec): readonly Candidate[] {
  return flagsOf(option)
    .filter((flag) => flag.startsWith('--'))
    .map((flag) => [flag, option.summary]);
}

async function valuesOf(
  { choices, completes }: Pick<ArgumentSpec | OptionSpec, 'choices' | 'completes'>,
  before: readonly string[],
): Promise<readonly Candidate[]> {
  if (choices) return choices.map((choice) => [choice]);
  if (completes === undefined) return [];
  if (completes === 'file' || completes === 'folder') return [places[completes]];
  const config = await loadConfig(fileIn(before)).catch(() => undefined);
  return config ? namesOf(config, completes, before) : [];
}

/** Addons, or pools and nodes of cluster.yaml; of one role when that was named before. */
function namesOf(
  config: ClusterConfig,
  completes: Exclude<Completes, 'file' | 'folder'>,
  before: readonly string[],
): readonly Candidate[] {
  if (completes === 'addon') return addonTable.map(({ name, title }) => [name, title]);
  const named = poolsOf(config).filter(({ role }) => before.includes(role));
  const pools = named.length > 0 ? named : poolsOf(config);
  if (completes === 'pool') return pools.map(({ pool, role }) => [pool.name, role]);
  return pools.flatMap(({ pool, role }) =>
    Array.from({ length: pool.count }, (_, at): Candidate => [
      nodeName(config.cluster_name, pool.name, at + 1),
      role,
    ]),
  );
}

/** The file that --config names. */
function fileIn(before: readonly string[]): string {
  const at = before.findLastIndex((word) => word === '-c' || word === '--config');
  return (at < 0 ? undefined : before[at + 1]) ?? 'cluster.yaml';
}
