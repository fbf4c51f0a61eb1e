import type { TalosctlIo } from './io.js';

/** What a flag takes; `list` is split at commas, `repeated` is not. */
type FlagKind = 'bool' | 'string' | 'list' | 'repeated' | 'duration';

export interface FlagSpec {
  readonly name: string;
  readonly short?: string;
  readonly kind: FlagKind;
  readonly default?: string | boolean | readonly string[];
  readonly required?: boolean;
  /** The values that are taken; what else is given is refused. */
  readonly choices?: readonly string[];
}

/** How many arguments a command takes; `none` refuses them as unknown commands, like cobra. */
export type ArgumentRule =
  | { readonly kind: 'none' }
  | { readonly kind: 'exact'; readonly count: number }
  | { readonly kind: 'range'; readonly min: number; readonly max: number };

export interface CommandSpec {
  readonly name: string;
  readonly aliases?: readonly string[];
  /** What follows the name in the usage line. */
  readonly usage?: string;
  readonly flags?: readonly FlagSpec[];
  readonly args?: ArgumentRule;
  readonly subcommands?: readonly CommandSpec[];
  run?(invocation: CommandInvocation): void | Promise<void>;
}

/** What a command ends with when it fails; printed as it is. */
export class CommandError extends Error {
  constructor(
    message: string,
    /** For failures that were reported already. */
    readonly isSilent = false,
  ) {
    super(message);
  }
}

/** A parsed command line, and where its output goes. */
export class CommandInvocation {
  stdout = '';
  stderr = '';

  constructor(
    readonly io: TalosctlIo,
    readonly args: readonly string[],
    private readonly values: ReadonlyMap<string, string | boolean | readonly string[]>,
  ) {}

  text(flag: string): string {
    const value = this.values.get(flag);
    return typeof value === 'string' ? value : '';
  }

  isSet(flag: string): boolean {
    return this.values.get(flag) === true;
  }

  list(flag: string): readonly string[] {
    const value = this.values.get(flag);
    return typeof value === 'object' ? value : [];
  }

  print(line: string): void {
    this.stdout += `${line}\n`;
  }

  printError(line: string): void {
    this.stderr += `${line}\n`;
  }
}
