import type { Token } from '../config/token.js';
import type { Endpoints } from '../lib/endpoints.js';
import { ExitCode, OxideError } from '../lib/errors.js';
import type { Secret } from '../lib/secret.js';
import type { Clock } from '../lib/wait.js';
import type { ToolCommand, ToolName } from '../tools/exec.js';

/** How each tool is started. */
export type ToolCommands = Readonly<Record<ToolName, ToolCommand>>;

/** What differs between the real cloud and the sandbox, and nothing else does. */
export interface Surroundings {
  readonly endpoints: Endpoints;
  readonly token: Token;
  /** The token that Hetzner's controllers in the cluster get. */
  readonly clusterToken: Token;
  /** With which issuers write DNS records at Cloudflare. */
  readonly cloudflareToken?: Secret | undefined;
  readonly clock: Clock;
  readonly commands: ToolCommands;
  /** The whole environment that tools see. */
  readonly toolEnvironment: Readonly<Record<string, string>>;
  /** Aborted with the reason when these surroundings cannot go on. */
  readonly failed: AbortSignal;
  /** The IPv4 addresses that a name leads to; none when nobody knows it. */
  readonly resolveName: (name: string) => Promise<readonly string[]>;
  /** The process that runs the simulated world, when that is another one. */
  readonly host?: WorldHost | undefined;
  readonly close: () => Promise<void>;
}

interface WorldHost {
  readonly pid: number;
  /** Resolves when that process runs the world no more. */
  readonly ended: (signal: AbortSignal) => Promise<void>;
}

/**
 * Does work in these surroundings and closes them, whatever comes of it. When both fail, the work's
 * own error is the one to show.
 */
export async function closing<T>(
  world: Pick<Surroundings, 'close' | 'failed'>,
  work: () => Promise<T>,
): Promise<T> {
  let result: T;
  try {
    result = await work();
  } catch (error) {
    await world.close().catch(() => undefined);
    throw causeOf(error, world);
  }
  await world.close();
  return result;
}

/** What failed because its surroundings did is no failure of its own. */
export function causeOf(error: unknown, { failed }: Pick<Surroundings, 'failed'>): unknown {
  const told = error instanceof OxideError && error.exitCode === ExitCode.precondition;
  return failed.aborted && !told ? failed.reason : error;
}
