import type { ExitCode } from '../../lib/errors.js';
import type { CliIo } from '../io.js';
import type { VariableName } from './variables.js';

/**
 * What does the work of a command. Its options are what the arguments and options of its spec say, and
 * the global ones; whoever loads it vouches for that.
 */
export type Run = (options: never, io: CliIo) => Promise<number>;

/** What a shell completes with names of the cluster at hand, or with files. */
export type Completes = 'pool' | 'node' | 'addon' | 'file' | 'folder';

/** An argument: `<role>`, `[file]` or `<tool...>`. */
export interface ArgumentSpec {
  readonly name: string;
  /** Its name among the options that the command gets. */
  readonly key: string;
  readonly summary: string;
  readonly choices?: readonly string[];
  readonly completes?: Completes;
}

/** An option: `--count <number>`. */
export interface OptionSpec {
  readonly flags: string;
  readonly summary: string;
  readonly required?: boolean;
  readonly choices?: readonly string[];
  readonly fallback?: string;
  /** Reads the text; throws a UsageError whose message says what it takes. */
  readonly parse?: (text: string) => unknown;
  readonly completes?: Completes;
}

/** A call as it is typed after `oxide`, and what it is for. */
export interface Example {
  readonly call: string;
  readonly what: string;
}

/** In the order of use. */
export const groups = {
  make: 'Make a cluster',
  use: 'Work with it',
  keep: 'Keep it safe',
  end: 'Take it away',
  rehearse: 'Look into a rehearsal',
  more: 'More',
} as const;

/** One command, as data: everything about it but its work, which is loaded when it is called. */
export interface CommandSpec {
  /** `create`, or with its group of commands `secrets export`. */
  readonly name: string;
  readonly group: keyof typeof groups;
  /** One line, without a capital and a full stop. */
  readonly summary: string;
  /** What else there is to know, as paragraphs. */
  readonly details?: readonly string[];
  readonly arguments?: readonly ArgumentSpec[];
  readonly options?: readonly OptionSpec[];
  readonly examples: readonly Example[];
  /** The variables that it reads, beside those of every command. */
  readonly variables?: readonly VariableName[];
  /** The exit codes beside those of every command; a text where one says more than usual. */
  readonly exits: Readonly<Partial<Record<ExitCode, string | true>>>;
  /** The first word of its name alone means it, too. */
  readonly alone?: true;
  /** It ends before memory matters, and starts as fast as it can. */
  readonly quick?: true;
  readonly load: () => Promise<Run>;
}
