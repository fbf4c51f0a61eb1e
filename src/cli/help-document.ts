import { globalOptions } from './tree/global-options.js';
import { exitMeanings } from './tree/exit-meanings.js';
import { commonExits } from './tree/exit-meanings.js';
import type { CommandSpec, OptionSpec } from './tree/spec.js';
import { commands } from './tree/tree.js';

/** The help for machines: the commands whose names begin with these words, and the options of all. */
export function helpDocument(words: readonly string[]): object {
  const start = words.join(' ');
  const isMeant = ({ name }: CommandSpec): boolean =>
    start === '' || name === start || name.startsWith(`${start} `);
  return {
    commands: commands.filter(isMeant).map(commandDocument),
    options: globalOptions.map(optionDocument),
  };
}

function commandDocument(command: CommandSpec): object {
  const { name, summary, details = [], examples, variables = [], exits } = command;
  const codes = [...commonExits, ...Object.keys(exits).map(Number)].sort((a, b) => a - b);
  return {
    ...{ name, summary, details },
    arguments: (command.arguments ?? []).map((one) => ({
      name: one.name,
      summary: one.summary,
      choices: one.choices ?? null,
    })),
    options: (command.options ?? []).map(optionDocument),
    examples: examples.map(({ call, what }) => ({ command: `oxide ${call}`, what })),
    variables,
    exitCodes: codes.map((code) => {
      const own = exits[code as keyof typeof exits];
      const usual = exitMeanings[code as keyof typeof exitMeanings];
      return { code, meaning: typeof own === 'string' ? own : usual };
    }),
  };
}

function optionDocument({ flags, summary, required = false, ...more }: OptionSpec): object {
  return {
    ...{ flags, summary, required },
    default: more.fallback ?? null,
    choices: more.choices ?? null,
  };
}
