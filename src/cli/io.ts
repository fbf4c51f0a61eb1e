import type { OutputStream } from '../ui/terminal.js';
import type { ProgressEvent } from './progress-event.js';

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
  /** Takes what happens as data, when stderr shall hold nothing else. */
  readonly progress?: ((event: ProgressEvent) => void) | undefined;
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
