import type { ClusterConfig } from '../config/schema.js';
import { unreachableApi } from '../hetzner/api.js';
import type { Endpoints } from '../lib/endpoints.js';
import { joinMissing, PreconditionError } from '../lib/errors.js';
import { inParallel } from '../lib/parallel.js';
import { realClock } from '../lib/wait.js';
import { checkTools } from '../tools/check.js';
import { createToolRunner } from '../tools/exec.js';
import type { ClusterOptions } from './compose-flow.js';
import type { ToolCommands } from './world.js';

/** Where a command would have gone on. */
interface Looks {
  readonly command: ClusterOptions['command'] | undefined;
  readonly config: ClusterConfig;
  readonly endpoints: Endpoints;
  readonly commands: ToolCommands;
  readonly toolEnvironment: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/**
 * A missing token with all else that the command would miss next: the tools that it needs and the way to
 * Hetzner. Whoever sets up a machine wants one list.
 */
export async function withAllMissing(error: unknown, looks: Looks): Promise<unknown> {
  const { command } = looks;
  if (!(error instanceof PreconditionError) || command === undefined) return error;
  const { endpoints, signal } = looks;
  const { hcloud: endpoint, outbound } = endpoints;
  const [tools, network] = await inParallel(
    command === 'destroy' ? Promise.resolve(undefined) : missingTools(looks),
    unreachableApi({ endpoint, outbound, signal }),
  );
  const more = [tools, network].filter((one) => one !== undefined);
  return more.length === 0 ? error : joinMissing([error, ...more]);
}

async function missingTools(looks: Looks): Promise<PreconditionError | undefined> {
  const { config, commands, toolEnvironment: env, signal } = looks;
  const run = createToolRunner({ commands, env, clock: realClock, signal });
  try {
    await checkTools(run, {
      talosVersion: config.talos.version,
      kubernetesVersion: config.talos.kubernetes_version,
    });
    return undefined;
  } catch (error) {
    if (error instanceof PreconditionError) return error;
    throw error;
  }
}
