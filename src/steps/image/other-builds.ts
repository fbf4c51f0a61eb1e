import { imageSelector } from '../../cluster/catalogue/images.js';
import {
  buildName,
  buildsAtWork,
  isOfImage,
  type ImageBuild,
} from '../../cluster/catalogue/image-builds.js';
import { buildsSelector } from '../../cluster/state/labels.js';
import type { StepIo } from '../../lib/step.js';
import { waitFor, type Probe } from '../../lib/wait.js';
import type { FlowContext } from '../run/context.js';
import { waitOptions } from '../run/waiting.js';
import type { BuildJob } from './builder.js';

/** How long somebody else's build is waited for. */
const othersMs = 30 * 60_000;
const lookMs = 5_000;

export interface LookAtOthers {
  /** The snapshot that another oxide has made meanwhile. */
  readonly id: number | undefined;
  /** Somebody was at work on it. */
  readonly waited: boolean;
}

/**
 * Waits for the snapshot that another oxide makes at this moment, until it is there or who made it
 * has ended without.
 */
export async function imageOfOthers(
  ctx: FlowContext,
  build: ImageBuild,
  io: StepIo,
): Promise<LookAtOthers> {
  let waited = false;
  const probe = async (): Promise<Probe<LookAtOthers>> => {
    const others = await othersAtWork(ctx, build);
    if (others.length > 0) {
      waited = true;
      return { waiting: `another oxide makes ${buildName(build)} on ${others.join(', ')}` };
    }
    return { ready: { id: waited ? await madeImage(ctx, build) : undefined, waited } };
  };
  const patience = { timeoutMs: othersMs };
  const options = { ...waitOptions(ctx, io, patience), intervalMs: lookMs };
  return waitFor(`the image ${buildName(build)} of another oxide`, probe, options);
}

async function othersAtWork(ctx: FlowContext, build: ImageBuild): Promise<readonly string[]> {
  const servers = await ctx.hetzner.servers(buildsSelector);
  return servers
    .filter((server) => isOfImage(server, build))
    .filter((server) => atWork(ctx, [server]).size > 0)
    .map(({ name }) => name);
}

function atWork({ hetzner, holder }: FlowContext, parts: Parameters<typeof buildsAtWork>[0]) {
  return buildsAtWork(parts, { now: hetzner.now(), own: holder });
}

async function madeImage({ hetzner }: FlowContext, build: ImageBuild): Promise<number | undefined> {
  const images = await hetzner.images({
    labelSelector: imageSelector,
    architecture: build.architecture,
  });
  const made = images.filter((image) => isOfImage(image, build) && image.status === 'available');
  return made.sort((a, b) => b.id - a.id)[0]?.id;
}

/** Of two that began at the same moment, the one with the older server goes on. */
export async function isFirst(ctx: FlowContext, job: BuildJob, serverId: number): Promise<boolean> {
  const servers = await ctx.hetzner.servers(buildsSelector);
  const others = servers.filter((server) => isOfImage(server, job.build) && server.id < serverId);
  return atWork(ctx, others).size === 0;
}
