import { formatMoney, hourlyCost } from '../cluster/cost.js';
import type { ClusterConfig } from '../config/schema.js';
import { createHetznerApi } from '../hetzner/api.js';
import { ExitCode, OxideError } from '../lib/errors.js';
import { plural } from '../lib/format.js';
import { realDeadline } from '../lib/wait.js';
import { observe, type Observation } from '../steps/observe.js';
import type { Surroundings } from './context.js';
import type { GlobalOptions } from './io.js';
import { ownCommand } from './own-command.js';

/** Real milliseconds for the last look: somebody waits for the prompt. */
const lookMs = 5_000;

/** Failures before which nothing was made by this run. */
const harmless: readonly number[] = [ExitCode.usage, ExitCode.unconfirmed];

export interface Failed {
  readonly config: ClusterConfig;
  readonly world: Surroundings;
  readonly options: GlobalOptions & { readonly command: string };
}

/**
 * Adds to a failure what exists now, what it costs, and the commands that go on from here or take
 * it away. An error that cannot be completed in time is returned as it came.
 */
export async function withAftermath(error: unknown, failed: Failed): Promise<unknown> {
  if (!(error instanceof OxideError) || harmless.includes(error.exitCode)) return error;
  const found = await look(failed).catch(() => undefined);
  if (!found || found.state.servers.length === 0) return error;
  const hint = [error.hint, describe(found, failed.options)].filter((part) => part !== undefined);
  return new OxideError(error.message, {
    hint: hint.join('\n'),
    exitCode: error.exitCode,
    cause: error.cause,
  });
}

/** A client of its own: the run's may have been interrupted. */
function look({ config, world }: Failed): Promise<Observation> {
  const { endpoints, token, clock } = world;
  const hetzner = createHetznerApi({
    endpoint: endpoints.hcloud,
    token: token.token,
    tokenSource: token.source,
    clock,
    signal: realDeadline(lookMs),
  });
  return observe({ config, hetzner, clock });
}

function describe({ state, catalogue }: Observation, options: Failed['options']): string {
  const hourly = hourlyCost(catalogue, state.servers);
  const { length: count } = state.servers;
  return (
    `${plural(count, 'server')} of the cluster ${count === 1 ? 'exists' : 'exist'} now, ` +
    `about ${formatMoney(hourly.gross, hourly.currency)} an hour.\n` +
    `Go on: ${ownCommand(options, options.command)}` +
    (options.command === 'create' ? `\nRemove: ${ownCommand(options, 'destroy')}` : '')
  );
}
