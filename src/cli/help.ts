import { ExitCode } from '../lib/errors.js';
import { paragraph, section, sentence, type Entry, type Layout } from './help-text.js';
import { commonExits, exitMeanings } from './tree/exit-meanings.js';
import { globalOptions, helpFlags, versionFlags } from './tree/global-options.js';
import { groups, type CommandSpec, type OptionSpec } from './tree/spec.js';
import { commands, families } from './tree/tree.js';
import { commonVariables, variables, type VariableName } from './tree/variables.js';

/** What oxide is, in one sentence. */
const purpose =
  'oxide makes Talos Linux Kubernetes clusters on Hetzner Cloud from one cluster.yaml.';

/** Where the documentation is read. */
const docsUrl = 'https://www.npmjs.com/package/oxide-talos';

/** `oxide` alone: what it is, and how to begin. */
export function firstScreen(layout: Layout): string {
  return page([
    paragraph(purpose, layout),
    section(
      'To begin',
      [
        ['oxide init', 'write an example cluster.yaml, to adapt'],
        ['oxide --sandbox create', 'rehearse it here: no account, no token, no cost'],
        ['oxide create --dry-run', 'the plan of the real one, and its price'],
      ],
      layout,
    ),
    section(
      'More',
      [
        ['oxide --help', 'all commands'],
        [docsUrl, 'the documentation'],
      ],
      layout,
    ),
  ]);
}

/** `oxide --help`: all commands in the order of use. */
export function programHelp(layout: Layout): string {
  const terms = Math.max(...commands.map(({ name }) => name.length));
  const grouped = Object.entries(groups).map(([group, title]) => {
    const members = commands.filter((command) => command.group === group);
    return section(title, members.map(entryOf), { ...layout, terms });
  });
  const every: readonly Entry[] = [
    ...globalOptions.map(optionEntry),
    [helpFlags.join(', '), 'print help; oxide help <command> does the same'],
    [versionFlags.join(', '), 'print the version'],
  ];
  return page([
    'Usage: oxide [options] <command>',
    paragraph(purpose, layout),
    ...grouped,
    section('Options of every command', every, layout),
    variableSection('Environment of every command', commonVariables, layout),
    exitSection(Object.fromEntries(Object.values(ExitCode).map((code) => [code, true])), layout),
    paragraph(`Each command has examples: oxide create --help. Documentation: ${docsUrl}`, layout),
  ]);
}

/** `oxide secrets --help`: the commands that begin so. */
export function familyHelp(family: string, layout: Layout): string {
  const members = commands.filter(({ name }) => name.startsWith(`${family} `));
  return page([
    `Usage: oxide ${family} [options] <command>`,
    paragraph(sentence(families[family] ?? ''), layout),
    section('Commands', members.map(entryOf), layout),
    moreOf(layout),
  ]);
}

/** `oxide scale --help`: all about one command. */
export function commandHelp(command: CommandSpec, layout: Layout): string {
  const { name, options = [], details = [], examples } = command;
  const given = (command.arguments ?? []).map((one): Entry => [
    one.name,
    withChoices(one.summary, one),
  ]);
  return page([
    `Usage: oxide ${usageOf(command)}`,
    paragraph(sentence(command.summary), layout),
    ...details.map((text) => paragraph(text, layout)),
    section('Arguments', given, layout),
    section('Options', options.map(optionEntry), layout),
    section(
      'Examples',
      examples.map(({ call, what }): Entry => [`oxide ${call}`, what]),
      layout,
    ),
    variableSection('Environment', command.variables ?? [], layout),
    exitSection(
      { ...Object.fromEntries(commonExits.map((code) => [code, true])), ...command.exits },
      layout,
    ),
    moreOf(layout, name),
  ]);
}

function moreOf(layout: Layout, name?: string): string {
  const flags = globalOptions.map(({ flags: text }) => text.replace(/^-\w, /, '')).join(', ');
  const where = name === undefined ? 'Each command has its own help. ' : '';
  return paragraph(
    `${where}Options of every command (see oxide --help): ${flags}. Documentation: ${docsUrl}`,
    layout,
  );
}

function entryOf({ name, summary }: CommandSpec): Entry {
  return [name, summary];
}

function optionEntry(option: OptionSpec): Entry {
  const { flags, fallback, required = false } = option;
  const text = withChoices(option.summary, option);
  if (required) return [flags, `${text}; has to be given`];
  return [flags, fallback === undefined ? text : `${text}; ${fallback} unless given`];
}

function withChoices(summary: string, { choices }: Pick<OptionSpec, 'choices'>): string {
  return choices ? `${summary}: ${choices.join(' or ')}` : summary;
}

function usageOf({ name, arguments: given = [], options = [] }: CommandSpec): string {
  const needed = options.filter(({ required = false }) => required).map(({ flags }) => flags);
  const words = [name, ...given.map((one) => one.name), ...needed, '[options]'];
  // What follows `--` belongs to another tool: options of oxide come before it.
  return given.some((one) => one.name.includes('...'))
    ? [name, '[options]', '--', ...given.map((one) => one.name)].join(' ')
    : words.join(' ');
}

function variableSection(title: string, names: readonly VariableName[], layout: Layout): string {
  return section(
    title,
    names.map((name): Entry => [name, variables[name]]),
    layout,
  );
}

function exitSection(exits: CommandSpec['exits'], layout: Layout): string {
  const entries = Object.entries(exits).map(([code, said]): Entry => {
    const meaning = exitMeanings[Number(code) as ExitCode];
    return [code.padStart(3), said === true ? meaning : said];
  });
  return section('Exit codes', entries, layout);
}

function page(parts: readonly string[]): string {
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}
