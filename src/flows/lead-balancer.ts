import type { LoadBalancerState } from '../cluster/state/load-balancer.js';
import { addTargets, waitForTargets } from '../steps/access/balancer-targets.js';
import type { FlowContext } from '../steps/run/context.js';
import type { NodeServer } from '../steps/run/node-server.js';

/** Makes these control planes targets, and waits until the load balancer sends traffic to all of them. */
export async function leadBalancer(
  ctx: FlowContext,
  balancer: LoadBalancerState,
  nodes: readonly NodeServer[],
): Promise<void> {
  const lead = { balancer, nodes };
  await ctx.step('Lead the load balancer to the control planes', (io) => addTargets(ctx, lead, io));
  await ctx.step('Wait until the load balancer finds them healthy', (io) =>
    waitForTargets(ctx, lead, io),
  );
}
