import type { ServerOrder } from '../../hetzner/creates.js';
import { BeingDeletedError } from '../../hetzner/ownership.js';
import type { Action, Server } from '../../hetzner/resources.js';
import { inTheConsole } from '../../lib/commands.js';
import type { StepIo } from '../../lib/step.js';
import { waitFor, type Probe } from '../../lib/wait.js';
import type { FlowContext } from '../run/context.js';
import { waitOptions } from '../run/waiting.js';

/**
 * Orders a server. When one of the same name is still being deleted, its end is awaited first: the
 * order is sent again only when the name is known to be free.
 */
export async function orderServer(
  ctx: FlowContext,
  order: ServerOrder,
  io: StepIo,
): Promise<{ server: Server; actions: Action[] }> {
  try {
    return await ctx.hetzner.createServer(order);
  } catch (error) {
    if (!(error instanceof BeingDeletedError)) throw error;
    await nameIsFree(ctx, { name: order.name, holder: error }, io);
    return ctx.hetzner.createServer(order);
  }
}

async function nameIsFree(
  ctx: FlowContext,
  { name, holder }: { readonly name: string; readonly holder: BeingDeletedError },
  io: StepIo,
): Promise<void> {
  const { hetzner, actions, config } = ctx;
  await actions.wait(holder.actions, `the earlier ${name}`, (fact) => {
    io.detail(fact);
  });
  const probe = async (): Promise<Probe<true>> => {
    const found = await hetzner.serverByName(name);
    if (found?.id !== holder.server) return { ready: true };
    return { waiting: `server ${holder.server} of that name is ${found.status}` };
  };
  const hint = `Delete it ${inTheConsole}, then run the same command again.`;
  const patience = { timeoutMs: config.timeouts.release, hint };
  await waitFor(`the name ${name} to be free`, probe, waitOptions(ctx, io, patience));
}
