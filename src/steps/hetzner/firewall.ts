import { rulesEqual } from '../../cluster/network/firewall-rules.js';
import { clusterLabels } from '../../cluster/state/labels.js';
import { sharedResourceName } from '../../cluster/state/names.js';
import type { ClusterState, FirewallRule } from '../../cluster/state/cluster-state.js';
import type { StepIo } from '../../lib/step.js';
import { withinLimits } from './account-limits.js';
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
    const { firewall, actions } = await withinLimits(ctx, { firewall: 1 }, () =>
      hetzner.createFirewall(order),
    );
    await ctx.actions.wait(actions, 'the firewall');
    io.summary(`id ${firewall.id}`);
    return firewall.id;
  }
  const { id } = state.firewall;
  if (rulesEqual(rules, state.firewall.rules)) {
    io.summary(`exists, id ${id}`);
  } else {
    await ctx.actions.wait(await hetzner.setFirewallRules(id, rules), "the firewall's rules");
    io.summary(`updated, id ${id}`);
  }
  return id;
}
