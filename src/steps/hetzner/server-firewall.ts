import type { ServerState } from '../../cluster/state/cluster-state.js';
import type { FlowContext } from '../run/context.js';

/**
 * Puts a server behind the cluster's firewall that is not yet: one whose creation failed half way
 * may lack what it was ordered with, and would be open from its first boot.
 */
export async function ensureGuarded(
  ctx: FlowContext,
  { id, name, firewallIds }: ServerState,
  firewallId: number,
): Promise<void> {
  if (firewallIds.includes(firewallId)) return;
  const { hetzner, actions } = ctx;
  await actions.wait(await hetzner.applyFirewallToServer(firewallId, id), `${name}: firewall`);
}
