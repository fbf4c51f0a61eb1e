import { CommandError, type ArgumentRule, type CommandSpec, type FlagSpec } from './command.js';

export interface ParsedCommand {
  readonly command: CommandSpec;
  /** `talosctl gen config` */
  readonly path: string;
  readonly args: readonly string[];
  readonly values: ReadonlyMap<string, FlagValue>;
  readonly wantsHelp: boolean;
}

type FlagValue = string | boolean | readonly string[];

const help: FlagSpec = { name: 'help', short: 'h', kind: 'bool' };

/** Finds the command of a command line: flags of a parent may stand before the child's name. */
export function findCommand(
  root: CommandSpec,
  argv: readonly string[],
): { command: CommandSpec; path: string; flags: FlagSpec[]; rest: string[] } {
  let command = root;
  let path = root.name;
  const flags = [help, ...(root.flags ?? [])];
  const rest = [...argv];
  while (command.subcommands) {
    const index = firstArgument(rest, flags);
    const name = rest[index];
    const child = command.subcommands.find(
      (candidate) => candidate.name === name || candidate.aliases?.includes(name ?? ''),
    );
    if (!child) {
      if (name === undefined || command !== root) break;
      throw new CommandError(`unknown command "${name}" for "${path}"`);
    }
    rest.splice(index, 1);
    command = child;
    path = `${path} ${child.name}`;
    flags.push(...(child.flags ?? []));
  }
  return { command, path, flags, rest };
}

/** Parses the flags and arguments of a command as cobra and pflag do, errors included. */
export function parseCommand(root: CommandSpec, argv: readonly string[]): ParsedCommand {
  const { command, path, flags, rest } = findCommand(root, argv);
  const { args, given } = readFlags(rest, flags);
  const wantsHelp = given.get('help') === true;
  if (!wantsHelp && command.run) {
    checkArguments(command.args ?? { kind: 'none' }, args, path);
    const missing = flags.filter(({ name, required }) => required === true && !given.has(name));
    if (missing.length > 0) {
      const names = missing.map(({ name }) => `"${name}"`).join(', ');
      throw new CommandError(`required flag(s) ${names} not set`);
    }
  }
  const defaults = flags.flatMap((flag) =>
    flag.default === undefined ? [] : [[flag.name, flag.default] as const],
  );
  return { command, path, args, values: new Map([...defaults, ...given]), wantsHelp };
}

/**
 * The first word that is neither a flag nor a flag's value. Like cobra, a flag that this command
 * does not know, `--help` among them, is taken to have the word behind it as its value: so the
 * flags of a command may stand before its name.
 */
function firstArgument(argv: readonly string[], flags: readonly FlagSpec[]): number {
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index] ?? '';
    if (word === '--') return argv.length;
    if (word !== '' && !word.startsWith('-')) return index;
    const isWhole = word.startsWith('--') ? !word.includes('=') : /^-[^-=]$/.test(word);
    const flag = flags.find(
      ({ name, short }) => word === `--${name}` || word === `-${short ?? ''}`,
    );
    if (isWhole && (flag?.kind !== 'bool' || flag === help)) index++;
  }
  return argv.length;
}

function readFlags(
  argv: readonly string[],
  flags: readonly FlagSpec[],
): { args: string[]; given: Map<string, FlagValue> } {
  const args: string[] = [];
  const given = new Map<string, FlagValue>();
  const words = [...argv];
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (word === '--') {
      args.push(...words);
      break;
    }
    if (word.startsWith('--')) readLong(word, words, { flags, given });
    else if (word.startsWith('-') && word !== '-') readShort(word, words, { flags, given });
    else args.push(word);
  }
  return { args, given };
}

interface Reading {
  readonly flags: readonly FlagSpec[];
  readonly given: Map<string, FlagValue>;
}

function readLong(word: string, words: string[], reading: Reading): void {
  const equals = word.indexOf('=');
  const name = word.slice(2, equals < 0 ? undefined : equals);
  const flag = reading.flags.find((candidate) => candidate.name === name);
  if (!flag) throw new CommandError(`unknown flag: --${name}`);
  const attached = equals < 0 ? undefined : word.slice(equals + 1);
  const value = attached ?? (flag.kind === 'bool' ? 'true' : words.shift());
  if (value === undefined) throw new CommandError(`flag needs an argument: --${name}`);
  store(flag, value, reading.given);
}

function readShort(word: string, words: string[], reading: Reading): void {
  for (let index = 1; index < word.length; index++) {
    const letter = word[index] ?? '';
    const flag = reading.flags.find((candidate) => candidate.short === letter);
    if (!flag) {
      throw new CommandError(`unknown shorthand flag: '${letter}' in -${word.slice(index)}`);
    }
    const rest = word.slice(index + 1);
    if (flag.kind === 'bool' && !rest.startsWith('=')) {
      store(flag, 'true', reading.given);
      continue;
    }
    const value = rest === '' ? words.shift() : rest.replace(/^=/, '');
    if (value === undefined) {
      throw new CommandError(`flag needs an argument: '${letter}' in -${letter}`);
    }
    store(flag, value, reading.given);
    return;
  }
}

function store(flag: FlagSpec, value: string, given: Map<string, FlagValue>): void {
  const before = given.get(flag.name);
  const list = typeof before === 'object' ? before : [];
  switch (flag.kind) {
    case 'bool':
      given.set(flag.name, readBool(flag, value));
      return;
    case 'list':
      given.set(flag.name, [...list, ...(value === '' ? [] : value.split(','))]);
      return;
    case 'repeated':
      given.set(flag.name, [...list, value]);
      return;
    case 'duration':
      if (!/^\d*(\.\d+)?(ns|us|µs|ms|s|m|h)(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))*$|^0$/.test(value)) {
        throw invalid(flag, value, `time: invalid duration "${value}"`);
      }
      break;
    case 'string':
      if (flag.choices && !flag.choices.includes(value)) {
        throw invalid(flag, value, `possible options are: ${[...flag.choices].sort().join(', ')}`);
      }
  }
  given.set(flag.name, value);
}

function readBool(flag: FlagSpec, value: string): boolean {
  if (/^(1|t|T|TRUE|true|True)$/.test(value)) return true;
  if (/^(0|f|F|FALSE|false|False)$/.test(value)) return false;
  throw invalid(flag, value, `strconv.ParseBool: parsing "${value}": invalid syntax`);
}

function invalid(flag: FlagSpec, value: string, why: string): CommandError {
  const name = flag.short === undefined ? `--${flag.name}` : `-${flag.short}, --${flag.name}`;
  return new CommandError(`invalid argument "${value}" for "${name}" flag: ${why}`);
}

function checkArguments(rule: ArgumentRule, args: readonly string[], path: string): void {
  const count = args.length;
  if (rule.kind === 'none') {
    if (count > 0) throw new CommandError(`unknown command "${args[0] ?? ''}" for "${path}"`);
    return;
  }
  if (rule.kind === 'exact') {
    if (count === rule.count) return;
    throw new CommandError(`accepts ${rule.count} arg(s), received ${count}`);
  }
  const { min, max } = rule;
  if (count >= min && count <= max) return;
  if (min === 0) throw new CommandError(`accepts at most ${max} arg(s), received ${count}`);
  if (max === Infinity) {
    throw new CommandError(`requires at least ${min} arg(s), only received ${count}`);
  }
  throw new CommandError(`accepts between ${min} and ${max} arg(s), received ${count}`);
}
