import { quote } from '../lib/shell.js';
import { withoutLogins } from './secrets-in-text.js';

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

/** The call as one types it, without the password that the URL of a repository of charts may hold. */
export function commandLine({ tool, args }: Pick<Invocation, 'tool' | 'args'>): string {
  return withoutLogins([tool, ...args].map(quote).join(' '));
}
