import { rulesEqual } from '../../cluster/network/firewall-rules.js';
import { withArrived } from '../../cluster/network/api-lists.js';
import { clusterLabels } from '../../cluster/state/labels.js';
import { sharedResourceName } from '../../cluster/state/names.js';
import type { ClusterState, FirewallRule } from '../../cluster/state/cluster-state.js';
import type { StepIo } from '../../lib/step.js';
import { withinLimits } from './account-limits.js';
import { settleRules } from './settle-rules.js';
import type { FlowContext } from '../run/context.js';

export interface FirewallWish {
  readonly state: ClusterState;
  readonly rules: readonly FirewallRule[];
}

/** The cluster's firewall with exactly the wanted rules. Returns its id. */
export async function ensureFirewall(
  ctx: FlowContext,
  { state, rules }: FirewallWish,
  io: StepIo,
): Promise<number> {
  const { hetzner, config } = ctx;
  if (!state.firewall) {
    const order = {
      name: sharedResourceName(config.cluster_name),
      labels: clusterLabels(config.cluster_name),
      rules,
    };
    const { firewall, actions } = await withinLimits(
      ctx,
      () => ({ firewall: 1 }),
      () => hetzner.createFirewall(order),
    );
    await ctx.actions.wait(actions, 'the firewall');
    io.summary(`id ${firewall.id}`);
    return firewall.id;
  }
  const { firewall } = state;
  const { id, rules: before } = firewall;
  if (rulesEqual(rules, before)) {
    io.summary(`exists, id ${id}`);
  } else {
    const listed = config.hcloud.firewall.allowed_cidrs !== undefined;
    const wanted = (now: typeof rules) => withArrived(rules, { before, now, listed });
    await settleRules(ctx, { firewall, wanted });
    io.summary(`updated, id ${id}`);
  }
  return id;
}
