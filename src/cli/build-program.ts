import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { UsageError } from '../lib/errors.js';
import { saveMemory } from './engine.js';
import type { CliIo } from './io.js';
import { globalOptions } from './tree/global-options.js';
import type { ArgumentSpec, CommandSpec, OptionSpec } from './tree/spec.js';
import { commands, families } from './tree/tree.js';

/**
 * Makes a program of commander out of the tree of commands, or of one of them; it reads options, and calls
 * commands.
 */
export function buildProgram(
  io: CliIo,
  done: (code: number) => void,
  which: readonly CommandSpec[] = commands,
): Command {
  const program = quiet(new Command('oxide'));
  for (const option of globalOptions) program.addOption(optionOf(option));
  const parents = new Map<string, Command>();
  for (const [name, summary] of Object.entries(families)) {
    parents.set(name, quiet(program.command(name)).description(summary));
  }
  for (const spec of which) {
    const [own = '', family] = spec.name.split(' ').reverse();
    const parent = family === undefined ? program : (parents.get(family) ?? program);
    addCommand(quiet(parent.command(own, { isDefault: spec.alone ?? false })), spec, { io, done });
  }
  return program;
}

interface Door {
  readonly io: CliIo;
  readonly done: (code: number) => void;
}

function addCommand(command: Command, spec: CommandSpec, { io, done }: Door): void {
  command.description(spec.summary);
  for (const argument of spec.arguments ?? []) command.addArgument(argumentOf(argument));
  for (const option of spec.options ?? []) command.addOption(optionOf(option));
  command.action(async (...received: unknown[]) => {
    const given = (spec.arguments ?? []).map(({ key }, at) => [key, received[at]] as const);
    const options = { ...command.optsWithGlobals(), ...Object.fromEntries(given) };
    if (!spec.quick) saveMemory();
    const run = await spec.load();
    done(await run(options as never, io));
  });
}

function argumentOf({ name, summary, choices }: ArgumentSpec): Argument {
  const argument = new Argument(name, summary);
  return choices ? argument.choices(choices) : argument;
}

function optionOf(spec: OptionSpec): Option {
  const { parse, choices, required = false } = spec;
  const option = new Option(spec.flags, spec.summary).makeOptionMandatory(required);
  if (choices) option.choices(choices);
  if (spec.fallback !== undefined) option.default(spec.fallback);
  if (parse) option.argParser((text) => asArgument(parse, text));
  return option;
}

function asArgument(parse: (text: string) => unknown, text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw error instanceof UsageError ? new InvalidArgumentError(error.message) : error;
  }
}

/** Help and errors are oxide's own (help.ts, usage.ts): commander throws, and says nothing. */
function quiet(command: Command): Command {
  return command
    .helpOption(false)
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ writeOut: () => undefined, writeErr: () => undefined });
}
