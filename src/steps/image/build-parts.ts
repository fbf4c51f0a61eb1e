import {
  buildOf,
  buildSelector,
  selectorOfBuild,
  type BuildPart,
} from '../../cluster/catalogue/image-builds.js';
import { createActionWaiter } from '../../hetzner/actions.js';
import type { HetznerApi } from '../../hetzner/api.js';
import { HetznerError } from '../../hetzner/errors.js';
import { OxideError } from '../../lib/errors.js';
import { inParallel } from '../../lib/parallel.js';
import type { StepIo } from '../../lib/step.js';
import { realDeadline, waitFor, type Probe } from '../../lib/wait.js';
import { deleteServer } from '../ownership/deletions.js';
import type { FlowContext } from '../run/context.js';
import { waitOptions } from '../run/waiting.js';

/** A part that has a name, or a snapshot. */
interface NamedPart extends BuildPart {
  readonly name: string;
}

/** All that builds of images have in a project. */
export interface BuildParts {
  readonly servers: readonly NamedPart[];
  readonly firewalls: readonly NamedPart[];
  readonly sshKeys: readonly NamedPart[];
  /** Snapshots that were not checked. */
  readonly images: readonly BuildPart[];
}

/** What there is of builds of images, of one or of all. */
export async function buildParts(hetzner: HetznerApi, id?: string): Promise<BuildParts> {
  const selector = id === undefined ? buildSelector : selectorOfBuild(id);
  const [servers, firewalls, sshKeys, images] = await inParallel(
    hetzner.servers(selector),
    hetzner.firewalls(selector),
    hetzner.sshKeys(selector),
    hetzner.images({ labelSelector: selector }),
  );
  return { servers, firewalls, sshKeys, images };
}

/** Those of builds for which the test holds. */
export function partsWhere(parts: BuildParts, test: (build: string) => boolean): BuildParts {
  const isMeant = (part: BuildPart): boolean => test(buildOf(part) ?? '');
  return {
    servers: parts.servers.filter(isMeant),
    firewalls: parts.firewalls.filter(isMeant),
    sshKeys: parts.sshKeys.filter(isMeant),
    images: parts.images.filter(isMeant),
  };
}

/** How many there are. */
export function countParts({ servers, firewalls, sshKeys, images }: BuildParts): number {
  return servers.length + firewalls.length + sshKeys.length + images.length;
}

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
export async function removeParts(ctx: FlowContext, parts: BuildParts, io: StepIo): Promise<void> {
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
