import {
  buildName,
  imageLabels,
  temporaryLabels,
  type ImageBuild,
} from '../../cluster/catalogue/image-builds.js';
import { ActionError } from '../../hetzner/actions.js';
import type { Image } from '../../hetzner/resources.js';
import { hetznerStatus, oxide } from '../../lib/commands.js';
import { OxideError } from '../../lib/errors.js';
import type { StepIo } from '../../lib/step.js';
import { waitFor, type Probe } from '../../lib/wait.js';
import { withinLimits } from '../hetzner/account-limits.js';
import type { FlowContext } from '../run/context.js';
import { waitOptions } from '../run/waiting.js';
import type { Builder } from './builder.js';

export interface CheckedDisk {
  readonly build: ImageBuild;
  readonly id: string;
  readonly builder: Builder;
}

const lookMs = 5_000;
const again = 'Nothing is kept of it. The same command makes the image anew.';

/**
 * Makes the snapshot of a disk that was checked. The labels by which others find it are put on when
 * it is there as a whole.
 */
export async function keepSnapshot(
  ctx: FlowContext,
  { build, id, builder }: CheckedDisk,
  io: StepIo,
): Promise<Image> {
  const { hetzner, actions } = ctx;
  await switchOff(ctx, builder, io);
  io.detail('making the snapshot');
  const description = `${buildName(build)}, schematic ${build.schematic}`;
  const labels = temporaryLabels(build, id);
  const { image, actions: begun } = await withinLimits(
    ctx,
    () => ({ snapshot: 1 }),
    () => hetzner.createSnapshot(builder.id, { description, labels }),
  ).catch(unlessFull);
  const told = (fact: string): void => {
    io.detail(fact);
  };
  await actions.wait(begun, `snapshot ${image.id}`, told).catch(nothingKept);
  const whole = async (): Promise<Probe<true>> => {
    const found = await hetzner.image(image.id);
    if (!found) throw new OxideError(`snapshot ${image.id} is gone`, { hint: again });
    if (found.status === 'available') return { ready: true };
    return { waiting: `snapshot ${image.id} is ${found.status}` };
  };
  const patience = { timeoutMs: ctx.config.timeouts.hetzner, hint: again };
  const options = { ...waitOptions(ctx, io, patience), intervalMs: lookMs };
  await waitFor(`snapshot ${image.id}`, whole, options);
  return hetzner.setImageLabels(image.id, imageLabels(build));
}

function unlessFull(error: unknown): never {
  const isFull = error instanceof OxideError && error.errorCode === 'hetzner.limit';
  if (!isFull) throw error;
  throw withHint(
    error,
    `${oxide`image list`} shows the snapshots of the project, and ${oxide`image prune`} deletes those that nothing needs.\nA higher limit: https://console.hetzner.cloud/limits\n${again}`,
  );
}

function nothingKept(error: unknown): never {
  throw error instanceof ActionError ? withHint(error, `${again} ${hetznerStatus}`) : error;
}

function withHint(cause: OxideError, hint: string): OxideError {
  const { message, exitCode, errorCode } = cause;
  return new OxideError(message, { hint, exitCode, errorCode, cause });
}

/** What was written is on the disk, and nothing else runs: the power may be cut. */
async function switchOff(ctx: FlowContext, { id, name }: Builder, io: StepIo): Promise<void> {
  const { hetzner, actions, config } = ctx;
  await actions.wait(await hetzner.powerOff(id), name, (fact) => {
    io.detail(fact);
  });
  const off = async (): Promise<Probe<true>> => {
    const { status } = await hetzner.server(id);
    return status === 'off' ? { ready: true } : { waiting: `${name} is ${status}` };
  };
  const patience = { timeoutMs: config.timeouts.hetzner, hint: again };
  await waitFor(`${name} to be off`, off, waitOptions(ctx, io, patience));
}
