import { ExitCode, OxideError } from '../lib/errors.js';
import { connectionFailure, type ConnectionFailure } from './connection-failures.js';
import { goesOn, verdictOn, type Verdict } from './failure-verdicts.js';
import { commandLine, type Invocation, type ToolOutput } from './invocation.js';
import { withoutSecrets } from './secrets-in-text.js';
import { causeLines, failedChecks, inOneLine, shortened } from './tool-output.js';

/** How a call ended that did not succeed. */
export interface ToolFailure extends ToolOutput {
  readonly invocation: Invocation;
  readonly exitCode?: number | undefined;
  /** The signal that ended it, `SIGKILL`. */
  readonly signal?: string | undefined;
  readonly timedOut: boolean;
  readonly cause?: unknown;
}

/** More lines than this, and longer ones, are in the file that the message names. */
const shownLines = 8;
const shownLength = 400;

/** A tool failed. The message can be pasted into a shell and ends with why, in the tool's own words. */
export class ToolError extends OxideError {
  override readonly name = 'ToolError';
  readonly #failure: ToolFailure;
  readonly #cause: readonly string[];

  constructor(failure: ToolFailure) {
    const cause = causeLines(failure.invocation.tool, {
      stdout: withoutSecrets(failure.stdout),
      stderr: withoutSecrets(failure.stderr),
    });
    super(messageFor(failure, cause), {
      ...verdictFor(failure, cause),
      errorCode: failure.timedOut ? 'timeout' : 'tool.failed',
      cause: failure.cause,
    });
    this.#failure = failure;
    this.#cause = cause;
  }

  /** How the tool ended; `exitCode` is the one that oxide itself ends with. */
  get failure(): ToolFailure {
    return this.#failure;
  }

  /** True when the tool wrote this text anywhere. */
  says(text: string): boolean {
    return this.#failure.stderr.includes(text) || this.#failure.stdout.includes(text);
  }

  /** Why it failed, in one line of the tool's own words; how it ended when it said nothing. */
  get reason(): string {
    return inOneLine(this.#cause) || endOf(this.#failure);
  }

  /** The lines in which it said why. */
  get reasonLines(): readonly string[] {
    return this.#cause;
  }

  /** Why the API that it asked could not be talked to; undefined for all other failures. */
  get connection(): ConnectionFailure | undefined {
    const { timedOut } = this.#failure;
    const lost = connectionFailure(this.#cause.join('\n'));
    // It is ended while it tries again what cannot become, or when nobody answers.
    return lost ?? (timedOut ? connectionFailure('i/o timeout') : undefined);
  }

  /** Whether it wrote more than what is shown of it. */
  saidMoreThan(shown: string): boolean {
    const lines = withoutSecrets(this.#failure.stderr).split('\n');
    return lines.some((line) => !shown.includes(line.trim()));
  }

  /** Everything that the tool wrote to be read, without what looks like a secret. */
  get transcript(): string {
    const { stderr, invocation } = this.#failure;
    return `$ ${commandLine(invocation)}\n${withoutSecrets(stderr)}\n${endOf(this.#failure)}\n`;
  }
}

function verdictFor({ timedOut, invocation }: ToolFailure, cause: readonly string[]): Verdict {
  const verdict = verdictOn(invocation.tool, cause.join('\n'));
  if (!timedOut || verdict.exitCode === ExitCode.precondition) return verdict;
  return { exitCode: ExitCode.timeout, hint: goesOn };
}

function messageFor(failure: ToolFailure, cause: readonly string[]): string {
  const lines = cause.slice(0, shownLines).map((line) => failedChecks(line) ?? line);
  const said = lines.map((line) => `\n  ${shortened(line, shownLength)}`);
  const more = cause.length > shownLines ? '\n  …' : '';
  return `${commandLine(failure.invocation)}\n  ${endOf(failure)}${said.join('')}${more}`;
}

function endOf({ timedOut, invocation, signal, exitCode }: ToolFailure): string {
  if (timedOut) return `ended by oxide: no result within ${invocation.timeoutMs / 1_000} s`;
  if (signal !== undefined) return `ended by ${signal}`;
  return exitCode === undefined ? 'did not start' : `exit code ${exitCode}`;
}
