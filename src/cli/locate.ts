import { globalOptions, helpFlags, versionFlags } from './tree/global-options.js';
import type { CommandSpec, OptionSpec } from './tree/spec.js';
import { commandOf, commands, families } from './tree/tree.js';

/** What a command line asks for, before its options are read. */
export interface Asked {
  /** The words before options and arguments that name a command, or should: `secrets`, `craete`. */
  readonly words: readonly string[];
  readonly command: CommandSpec | undefined;
  readonly help: boolean;
  readonly version: boolean;
}

/** Which command is meant. `oxide help scale` asks for the same as `oxide scale --help`. */
export function locate(args: readonly string[]): Asked {
  const words: string[] = [];
  let [help, version] = [false, false];
  let command: CommandSpec | undefined;
  for (let at = 0; at < args.length; at++) {
    const word = args[at] ?? '';
    if (word === '--') break;
    if (isOneOf(helpFlags, word)) help = true;
    else if (isOneOf(versionFlags, word)) version = true;
    else if (word.startsWith('-')) at += takesNext(word, command) ? 1 : 0;
    else if (command || (words.length > 0 && !isFamily(words))) continue;
    else if (word === 'help' && words.length === 0 && !help) help = true;
    else {
      words.push(word);
      command = commandOf(words.join(' '));
    }
  }
  // A family may have a command that its word alone means.
  const alone = help || words.length !== 1 ? undefined : defaultOf(words[0] ?? '');
  return { words, command: command ?? alone, help, version };
}

function defaultOf(family: string): CommandSpec | undefined {
  return commands.find(({ name, alone = false }) => alone && name.startsWith(`${family} `));
}

/** Words that commands begin with: `secrets`. */
export function isFamily(words: readonly string[]): boolean {
  return words.length === 1 && Object.hasOwn(families, words[0] ?? '');
}

/** Whether an option has a value after it. */
export function takesValue({ flags }: OptionSpec): boolean {
  return flags.includes('<');
}

/** The flags of an option without its value: `-o` and `--output`. */
export function flagsOf({ flags }: OptionSpec): readonly string[] {
  return flags.match(/(?<![\w-])--?[\w-]+/g) ?? [];
}

/** Whether the word after this flag is its value. */
function takesNext(flag: string, command: CommandSpec | undefined): boolean {
  const known = [...globalOptions, ...(command?.options ?? [])];
  const option = known.find((one) => flagsOf(one).includes(flag));
  return option !== undefined && takesValue(option);
}

function isOneOf(flags: readonly string[], word: string): boolean {
  return flags.includes(word);
}
