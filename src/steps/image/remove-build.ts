import { createActionWaiter } from '../../hetzner/actions.js';
import { HetznerError } from '../../hetzner/errors.js';
import { OxideError } from '../../lib/errors.js';
import { inParallel } from '../../lib/parallel.js';
import type { StepIo } from '../../lib/step.js';
import { realDeadline, waitFor, type Probe } from '../../lib/wait.js';
import {
  buildParts,
  countParts,
  stoppedParts,
  type BuildParts,
  type NamedPart,
} from '../ownership/build-parts.js';
import { deleteServer } from '../ownership/deletions.js';
import type { FlowContext } from '../run/context.js';
import { waitOptions } from '../run/waiting.js';

/** Real milliseconds for the removal: an interrupted run does not end before it. */
const removalMs = 120_000;

/**
 * Removes all that a build has, also at the end of a run that was interrupted. What cannot be
 * removed is said; the next build does it then.
 */
export async function removeBuild(ctx: FlowContext, id: string, io: StepIo): Promise<void> {
  const last = atTheEnd(ctx);
  try {
    await removeParts(last, await buildParts(last.hetzner, id), io);
  } catch (error) {
    if (!(error instanceof OxideError)) throw error;
    io.warn(
      `What the image build ${id} had could not be removed, and goes on costing money: ${error.message}. The next build of an image removes it.`,
    );
  }
}

/** The same surroundings, for the time after an interrupt. */
function atTheEnd(ctx: FlowContext): FlowContext {
  const { clock, config } = ctx;
  const [hetzner, signal] = [ctx.lastly(removalMs), realDeadline(removalMs)];
  const timeoutMs = config.timeouts.hetzner;
  const actions = createActionWaiter({ api: hetzner, clock, signal, timeoutMs });
  return { ...ctx, hetzner, signal, actions };
}

/** Removes these: the snapshot and the server first, then what the server used. */
async function removeParts(ctx: FlowContext, parts: BuildParts, io: StepIo): Promise<void> {
  const { hetzner, actions } = ctx;
  const { servers, firewalls, sshKeys, images } = parts;
  await inParallel(
    ...servers.map((server) => deleteServer(ctx, server, io)),
    ...sshKeys.map(async ({ id, name }) => actions.wait(await hetzner.deleteSshKey(id), name)),
    ...images.map(async ({ id }) => actions.wait(await hetzner.deleteImage(id), `snapshot ${id}`)),
  );
  await inParallel(...firewalls.map((firewall) => removeFirewall(ctx, firewall, io)));
}

/** For some seconds after its server's end it counts as in use. */
async function removeFirewall(
  ctx: FlowContext,
  { id, name }: NamedPart,
  io: StepIo,
): Promise<void> {
  const probe = async (): Promise<Probe<true>> => {
    try {
      await ctx.actions.wait(await ctx.hetzner.deleteFirewall(id), name);
      return { ready: true };
    } catch (error) {
      if (!(error instanceof HetznerError) || error.code !== 'resource_in_use') throw error;
      return { waiting: error.message };
    }
  };
  const patience = { timeoutMs: ctx.config.timeouts.release };
  await waitFor(`deleting the firewall ${name}`, probe, waitOptions(ctx, io, patience));
}

/** Removes what stopped builds left, whoever began them. */
export async function removeLeftovers(ctx: FlowContext): Promise<void> {
  const left = stoppedParts(ctx, await buildParts(ctx.hetzner));
  const count = countParts(left);
  if (count === 0) return;
  await ctx.step('Remove what an image build left that was stopped', async (io) => {
    await removeParts(ctx, left, io);
    io.summary(`${count} removed`);
  });
}
