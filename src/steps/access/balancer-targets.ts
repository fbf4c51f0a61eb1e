import { isHealthy, type LoadBalancerState } from '../../cluster/state/load-balancer.js';
import { oxide } from '../../lib/commands.js';
import { plural } from '../../lib/format.js';
import type { StepIo } from '../../lib/step.js';
import { waitFor, type Probe } from '../../lib/wait.js';
import { failureOf } from '../observe/reachable-apis.js';
import { toLoadBalancer } from '../run/api-objects.js';
import type { FlowContext } from '../run/context.js';
import type { NodeServer } from '../run/node-server.js';
import { waitOptions } from '../run/waiting.js';

type Balancer = Pick<LoadBalancerState, 'id' | 'name'>;

/** Makes these control planes targets of the load balancer, each once its Kubernetes API answers. */
export async function addTargets(
  ctx: FlowContext,
  { balancer, nodes }: { readonly balancer: Balancer; readonly nodes: readonly NodeServer[] },
  io: StepIo,
): Promise<void> {
  const { targets } = await look(ctx, balancer);
  const missing = nodes.filter(({ id }) => !targets.some(({ serverId }) => serverId === id));
  for (const node of missing) {
    io.detail(node.name);
    await waitForOwnApi(ctx, node, io);
    const begun = await ctx.hetzner.addBalancerTarget(balancer.id, node.id);
    await ctx.actions.wait(begun, `the load balancer ${balancer.name}`);
  }
  io.summary(missing.length === 0 ? 'they were before' : plural(missing.length, 'target'));
}

/** Its own: through another one, its answer would say nothing of it. */
async function waitForOwnApi(ctx: FlowContext, node: NodeServer, io: StepIo): Promise<void> {
  await waitFor(
    `the Kubernetes API of ${node.name}`,
    async (): Promise<Probe<true>> => {
      const failure = await failureOf(ctx, node);
      return failure ? { waiting: failure.reason } : { ready: true };
    },
    waitOptions(ctx, io, {
      timeoutMs: ctx.config.timeouts.kubernetes,
      hint: `How the control planes are: ${oxide`status`}`,
    }),
  );
}

/** Waits until the load balancer sends traffic to all of these. */
export async function waitForTargets(
  ctx: FlowContext,
  { balancer, nodes }: { readonly balancer: Balancer; readonly nodes: readonly NodeServer[] },
  io: StepIo,
): Promise<void> {
  await waitFor(
    `the load balancer ${balancer.name} to find its targets healthy`,
    async (): Promise<Probe<true>> => {
      const { targets } = await look(ctx, balancer);
      const sick = nodes.flatMap(({ id, name }) => {
        const target = targets.find(({ serverId }) => serverId === id);
        return target && isHealthy(target) ? [] : [name];
      });
      if (sick.length === 0) return { ready: true };
      return { waiting: `not healthy yet: ${sick.join(', ')}` };
    },
    waitOptions(ctx, io, {
      timeoutMs: ctx.config.timeouts.kubernetes,
      hint: `The cluster is whole, and oxide works without it. How the targets are: ${oxide`status`}`,
    }),
  );
  io.summary(`${nodes.length} of ${nodes.length} healthy`);
}

/** Takes a control plane out of the load balancer: what goes gets no traffic any more. */
export async function removeTarget(
  ctx: FlowContext,
  balancer: Balancer,
  serverId: number,
): Promise<void> {
  const { targets } = await look(ctx, balancer);
  if (!targets.some((target) => target.serverId === serverId)) return;
  const target = { type: 'server', server: { id: serverId } } as const;
  const begun = await ctx.hetzner.removeBalancerTarget(balancer.id, target);
  await ctx.actions.wait(begun, `the load balancer ${balancer.name}`);
}

async function look(ctx: FlowContext, { id }: Balancer): Promise<LoadBalancerState> {
  return toLoadBalancer(await ctx.hetzner.loadBalancer(id), undefined);
}
