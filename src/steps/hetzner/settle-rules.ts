import { rulesEqual } from '../../cluster/network/firewall-rules.js';
import type { FirewallRule, FirewallState } from '../../cluster/state/cluster-state.js';
import { OxideError, PreconditionError } from '../../lib/errors.js';
import { toFirewall } from '../run/api-objects.js';
import type { FlowContext } from '../run/context.js';

/** Another run writes once; more often than that it is not about a lost write. */
const rounds = 3;

export interface RulesWish {
  readonly firewall: FirewallState;
  /** What the rules shall be, made of those that are there. */
  readonly wanted: (now: readonly FirewallRule[]) => readonly FirewallRule[];
}

/**
 * Brings the rules of a firewall to what is wanted. Hetzner takes all of them at once, so that of two
 * runs the later one would undo the other: what is wanted is made of what is there right before the
 * write, and looked for after it.
 */
export async function settleRules(
  ctx: FlowContext,
  { firewall, wanted }: RulesWish,
): Promise<FirewallState> {
  const { hetzner, actions } = ctx;
  for (let round = 0; round <= rounds; round++) {
    const now = await look(ctx, firewall);
    const rules = wanted(now.rules);
    if (rulesEqual(rules, now.rules)) return now;
    if (round === rounds) break;
    await actions.wait(await hetzner.setFirewallRules(now.id, rules), "the firewall's rules");
  }
  throw new OxideError(`another run changes the rules of the firewall "${firewall.name}", too`, {
    hint: 'When it has ended, the same command goes on from here.',
  });
}

async function look({ hetzner }: FlowContext, { name }: FirewallState): Promise<FirewallState> {
  const firewall = await hetzner.firewallByName(name);
  if (firewall) return toFirewall(firewall);
  throw new PreconditionError(
    `the firewall "${name}" is gone`,
    'Another run has deleted it, or somebody by hand.',
  );
}
