import type { Command, Option } from 'commander';
import { helpFlags, versionFlags } from '../../src/cli/tree/global-options.js';

/** The calls of oxide in a shell line or in inline code, without `npx` (there by the package's name) and variables before it. */
export function oxideCalls(line: string): readonly string[] {
  return line
    .split(/&&|\||;/)
    .map((part) =>
      /^(?:\s*\w+=\S*)*\s*(?:npx )?oxide(?:(?<=npx oxide)-talos)?(?=\s|$)(.*)$/
        .exec(part)?.[1]
        ?.trim(),
    )
    .filter((rest) => rest !== undefined);
}

/** Why the program would not understand this call (`--sandbox create`), or undefined. */
export function callProblem(program: Command, call: string): string | undefined {
  const words = call.split(/\s+/).filter((word) => word !== '');
  let command = program;
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (word === '--') break;
    if (word.startsWith('-')) {
      const option = optionOf(command, word.replace(/=.*$/, ''));
      if (!option) return `${command.name()} has no option ${word}`;
      if (takesValue(option) && !word.includes('=')) at++;
      continue;
    }
    const next = command.commands.find((candidate) => candidate.name() === word);
    if (next) command = next;
    else if (command.registeredArguments.length === 0) {
      return `${command.name()} has no command or argument "${word}"`;
    }
  }
  // A family may have a command that its word alone means; commander keeps its name to itself.
  const alone: unknown = Reflect.get(command, '_defaultCommandName');
  const incomplete = command !== program && command.commands.length > 0 && !alone;
  return incomplete ? `${command.name()} alone does nothing` : undefined;
}

/** What is answered before a command is looked at. */
const always: readonly string[] = [...helpFlags, ...versionFlags];

/** All flags of all commands: `--json`, `-v`. */
export function allFlags(command: Command): readonly string[] {
  const own = command.options.flatMap(flagsOf);
  return [...own, ...always, ...command.commands.flatMap(allFlags)];
}

/** An option of the command or of one above it: commander takes those in any place. */
function optionOf(command: Command, flag: string): Option | 'help' | undefined {
  if (always.includes(flag)) return 'help';
  const found = command.options.find((option) => flagsOf(option).includes(flag));
  return found ?? (command.parent ? optionOf(command.parent, flag) : undefined);
}

function flagsOf({ short, long }: Option): readonly string[] {
  return [short, long].filter((flag) => flag !== undefined);
}

function takesValue(option: Option | 'help'): boolean {
  return option !== 'help' && (option.required || option.optional);
}
