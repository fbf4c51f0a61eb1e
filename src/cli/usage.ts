import type { CommanderError } from 'commander';
import { oxide } from '../lib/commands.js';
import { UsageError } from '../lib/errors.js';
import { closest, distance } from 'fastest-levenshtein';
import { isFamily, type Asked } from './locate.js';
import { synonyms } from './tree/synonyms.js';
import { commands, families } from './tree/tree.js';

/** A word that names no command, with the one that may be meant. */
export function unknownCommand({ words }: Asked): UsageError {
  const meant = meantBy(words).map((call) => oxide`${call.split(' ')}`);
  const [family = ''] = words;
  return new UsageError(
    `oxide has no command "${words.join(' ')}"`,
    meant.length > 0 ? `Did you mean: ${meant.join(', or: ')}` : othersThan(family),
  );
}

function othersThan(word: string): string {
  if (isFamily([word])) return `There are these: ${membersOf(word)}`;
  const none = word === 'upgrade' ? 'Upgrades are not there yet. ' : '';
  return `${none}oxide --help shows the commands.`;
}

/** A command line without a command. */
export function noCommand({ words: [family] }: Asked): UsageError {
  if (family === undefined) {
    return new UsageError('no command was given', 'oxide --help shows the commands.');
  }
  return new UsageError(
    `"oxide ${family}" alone does nothing`,
    `It begins these: ${membersOf(family)}`,
  );
}

function membersOf(family: string): string {
  return namesIn(family)
    .map((name) => oxide`${name.split(' ')}`)
    .join(', ');
}

function namesIn(family: string): readonly string[] {
  return commands.map(({ name }) => name).filter((name) => name.startsWith(`${family} `));
}

/** What commander does not understand, in oxide's form. */
export function misunderstood(error: CommanderError, { command }: Asked): UsageError {
  const [first = '', ...more] = error.message.replace(/^error: /, '').split('\n');
  const meant = /^\(Did you mean (?:one of )?(.*)\?\)$/.exec(more.join(' '))?.[1];
  const own = command === undefined ? '' : `${command.name} `;
  const choice = refusedChoice(first);
  if (choice) return new UsageError(choice.message, `${choice.hint}oxide ${own}--help shows more.`);
  return new UsageError(
    meant === undefined ? [first, ...more].join('\n') : first,
    `${meant === undefined ? '' : `Did you mean ${meant}? `}oxide ${own}--help shows what it takes.`,
  );
}

/** A value that is none of those which its argument or option takes, as commander 14.0.3 says it. */
function refusedChoice(text: string): { message: string; hint: string } | undefined {
  const found =
    /^(?:option '(?<option>.*)' argument|command-argument value) '(?<value>.*)' is invalid(?: for argument '(?<name>.*)')?\. Allowed choices are (?<choices>.*)\.$/.exec(
      text,
    )?.groups;
  if (!found) return undefined;
  const { value = '', option, name, choices = '' } = found;
  const [near] = nearest(value, choices.split(', '));
  return {
    message: `"${value}" is not what ${option ?? name ?? 'it'} takes: ${choices.replaceAll(', ', ' or ')}`,
    hint: near === undefined ? '' : `Did you mean ${near}? `,
  };
}

function meantBy(words: readonly string[]): readonly string[] {
  const [first = '', second] = words;
  if (second !== undefined) {
    return nearest(
      second,
      namesIn(first).map((name) => name.slice(first.length + 1)),
    ).map((name) => `${first} ${name}`);
  }
  const synonym = Object.hasOwn(synonyms, first) ? synonyms[first] : undefined;
  if (synonym !== undefined) return [synonym];
  const names = commands.map(({ name }) => name);
  const inFamilies = names.filter((name) => name.endsWith(` ${first}`));
  return inFamilies.length > 0 ? inFamilies : nearest(first, [...names, ...Object.keys(families)]);
}

/** The one that is nearly the same word, if there is one. */
function nearest(word: string, candidates: readonly string[]): readonly string[] {
  const near = closest(word, candidates);
  // Two letters that changed places count as two.
  return distance(word, near) <= (word.length < 5 ? 1 : 2) ? [near] : [];
}
