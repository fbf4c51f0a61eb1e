import { join } from 'node:path';
import { type Token } from '../config/token.js';
import { type Endpoints } from '../lib/endpoints.js';
import { type Clock } from '../lib/wait.js';
import type { ToolCommand, ToolName } from '../tools/exec.js';

/** How each tool is started. */
export type ToolCommands = Readonly<Record<ToolName, ToolCommand>>;

/** What differs between the real cloud and the sandbox, and nothing else does. */
export interface Surroundings {
  readonly endpoints: Endpoints;
  readonly token: Token;
  readonly clock: Clock;
  readonly commands: ToolCommands;
  /** The whole environment that tools see. */
  readonly toolEnvironment: Readonly<Record<string, string>>;
  /** The IPv4 addresses that a name leads to; none when nobody knows it. */
  readonly resolveName: (name: string) => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
}

/** Where the sandbox of an output folder is kept. */
export function sandboxFolder(output: string): string {
  return join(output, 'sandbox');
}
