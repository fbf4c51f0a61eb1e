import { ExitCode, OxideError } from '../lib/errors.js';

export type ToolName = 'talosctl' | 'kubectl' | 'helm';

/** One call of a tool, as data. */
export interface Invocation {
  readonly tool: ToolName;
  /** Never holds a secret: everyone on the machine can read it. */
  readonly args: readonly string[];
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Real milliseconds after which it is ended and counts as failed. */
  readonly timeoutMs: number;
  /** It does little itself and waits for the cluster: a clock that runs faster need not slow down. */
  readonly waits?: boolean;
}

export interface ToolOutput {
  readonly stdout: string;
  readonly stderr: string;
}

/** How a call ended that did not succeed. */
export interface ToolFailure extends ToolOutput {
  readonly invocation: Invocation;
  readonly exitCode?: number | undefined;
  /** The signal that ended it, `SIGKILL`. */
  readonly signal?: string | undefined;
  readonly timedOut: boolean;
  readonly cause?: unknown;
}

/** A tool failed. The message can be pasted into a shell and ends with what the tool said last. */
export class ToolError extends OxideError {
  override readonly name = 'ToolError';
  readonly #failure: ToolFailure;

  constructor(failure: ToolFailure) {
    super(messageFor(failure), {
      exitCode: failure.timedOut ? ExitCode.timeout : ExitCode.partial,
      hint: 'The same command goes on from here.',
      cause: failure.cause,
    });
    this.#failure = failure;
  }

  /** How the tool ended; `exitCode` is the one that oxide itself ends with. */
  get failure(): ToolFailure {
    return this.#failure;
  }

  /** True when the tool wrote this text anywhere. */
  says(text: string): boolean {
    return this.#failure.stderr.includes(text) || this.#failure.stdout.includes(text);
  }

  /** The last thing that the tool said, without the star of a list, or how it ended. */
  get lastLine(): string {
    const [line] = lastLines(this.#failure, 1);
    return line?.replace(/^\s*\* /, '') ?? endOf(this.#failure);
  }
}

function messageFor(failure: ToolFailure): string {
  const said = lastLines(failure, 8).map((line) => `\n  ${line}`);
  return `${commandLine(failure.invocation)}\n  ${endOf(failure)}${said.join('')}`;
}

function endOf({ timedOut, invocation, signal, exitCode }: ToolFailure): string {
  if (timedOut) return `ended by oxide: no result within ${invocation.timeoutMs / 1_000} s`;
  if (signal !== undefined) return `ended by ${signal}`;
  return exitCode === undefined ? 'did not start' : `exit code ${exitCode}`;
}

function lastLines({ stdout, stderr }: ToolOutput, count: number): string[] {
  const text = stderr.trim() === '' ? stdout : stderr;
  return text
    .split(/\r?\n/)
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .slice(-count);
}

/** The call as one types it. */
export function commandLine({ tool, args }: Pick<Invocation, 'tool' | 'args'>): string {
  return [tool, ...args].map(quote).join(' ');
}

/** A word as a shell takes it. */
export function quote(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;
}
