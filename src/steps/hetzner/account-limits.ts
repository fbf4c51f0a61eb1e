import type { HetznerApi } from '../../hetzner/api.js';
import { HetznerError } from '../../hetzner/errors.js';
import { limitName, type Limited } from '../../hetzner/limits.js';
import { OxideError } from '../../lib/errors.js';
import { plural } from '../../lib/format.js';
import type { FlowContext } from '../run/context.js';

/** How much more of what is limited the plan needs, that which was refused included. */
export type Need = Partial<Record<Limited, number>>;

/**
 * Adds to a refusal at a limit of the account what the whole project has of it and what the plan
 * still needs: no API tells the limit itself.
 */
export async function withinLimits<T>(
  { hetzner, signal }: Pick<FlowContext, 'hetzner' | 'signal'>,
  need: () => Need,
  order: () => Promise<T>,
): Promise<T> {
  try {
    return await order();
  } catch (error) {
    if (!(error instanceof HetznerError) || error.limited === undefined) throw error;
    const { limited } = error;
    const found = await lists[limited](hetzner).catch((reason: unknown) => {
      signal.throwIfAborted();
      if (!(reason instanceof OxideError)) throw reason;
      return undefined;
    });
    if (!found) throw error;
    const needed = need()[limited];
    const has = `The project has ${plural(found.length, limitName(limited))}`;
    const needs = needed === undefined ? '' : `, this plan needs ${needed} more`;
    throw new OxideError(`${error.message}. ${has}${needs}.`, {
      hint: error.hint,
      exitCode: error.exitCode,
      cause: error,
    });
  }
}

/** Everything in the project, whoever made it. */
const lists: Readonly<Record<Limited, (hetzner: HetznerApi) => Promise<readonly unknown[]>>> = {
  server: (hetzner) => hetzner.servers(),
  primary_ip: (hetzner) => hetzner.primaryIps(),
  network: (hetzner) => hetzner.networks(),
  firewall: (hetzner) => hetzner.firewalls(),
  ssh_key: (hetzner) => hetzner.sshKeys(),
  placement_group: (hetzner) => hetzner.placementGroups(),
  load_balancer: (hetzner) => hetzner.loadBalancers(),
  snapshot: (hetzner) => hetzner.images({}),
  volume: (hetzner) => hetzner.volumes(),
};
