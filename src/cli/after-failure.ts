import { hourlyCost } from '../cluster/catalogue/prices.js';
import { formatMoney } from '../cluster/state/cost.js';
import { anythingExists } from '../cluster/state/cluster-state.js';
import { ExitCode, OxideError } from '../lib/errors.js';
import { enumerate, plural } from '../lib/format.js';
import type { FlowContext } from '../steps/run/context.js';
import { observe, type Observation } from '../steps/observe/observe.js';
import type { GlobalOptions } from './io.js';
import { ownCommand } from './own-command.js';

/** Failures before which nothing was made by this run. */
const harmless: readonly number[] = [ExitCode.unconfirmed];

export interface Failed {
  readonly flow: FlowContext;
  readonly options: GlobalOptions & { readonly command: string; readonly build?: boolean };
}

/**
 * Adds to a failure what exists now, what it costs, and the commands that go on from here or take
 * it away. An error that cannot be completed in time is returned as it came.
 */
export async function withAftermath(error: unknown, { flow, options }: Failed): Promise<unknown> {
  if (!(error instanceof OxideError) || harmless.includes(error.exitCode)) return error;
  const { config, clock } = flow;
  const found = await observe({ config, clock, hetzner: flow.lastly() }).catch(() => undefined);
  if (!found || !anythingExists(found.state)) return error;
  const hint = [error.hint, describe(found, options)].filter((part) => part !== undefined);
  return new OxideError(error.findings.length > 0 ? error.findings : error.message, {
    hint: hint.join('\n'),
    exitCode: error.exitCode,
    errorCode: error.errorCode,
    cause: error.cause,
  });
}

function describe({ state, catalogue }: Observation, options: Failed['options']): string {
  const { servers, network, firewall, sshKey, placementGroups: groups, balancer } = state;
  const { net, currency } = hourlyCost(catalogue, servers, balancer ? [balancer] : []);
  const price =
    servers.length > 0 || balancer
      ? `, about ${formatMoney(net, currency)} net an hour`
      : '; none of it costs anything';
  const exists = [
    ...(servers.length > 0 ? [plural(servers.length, 'server')] : []),
    ...(balancer ? ['the load balancer'] : []),
    ...(network ? ['the network'] : []),
    ...(firewall ? ['the firewall'] : []),
    ...(sshKey ? ['the SSH key'] : []),
    ...(groups.length > 0 ? [plural(groups.length, 'placement group')] : []),
  ];
  // Who wanted no image does not get one by going on.
  const again = options.build === false ? `${options.command} --no-build` : options.command;
  return (
    `What exists of the cluster now: ${enumerate(exists)}${price}.\n` +
    `Go on: ${ownCommand(options, again)}` +
    (options.command === 'destroy' ? '' : `\nRemove: ${ownCommand(options, 'destroy')}`)
  );
}
