import type { OutputStream } from '../ui/terminal.js';

/** The process as the commands see it, so that tests can run them without one. */
export interface CliIo {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  /** Results, and nothing else. */
  readonly stdout: OutputStream;
  /** Progress, warnings and errors. */
  readonly stderr: OutputStream;
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal;
}

/** Options that every command takes. */
export interface GlobalOptions {
  readonly config: string;
  readonly output: string;
  readonly sandbox?: boolean;
  readonly json?: boolean;
  readonly yes?: boolean;
  readonly breakLock?: boolean;
  readonly verbose?: boolean;
}
