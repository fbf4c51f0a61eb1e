import {
  buildName,
  imageLabels,
  temporaryLabels,
  type ImageBuild,
} from '../../cluster/catalogue/image-builds.js';
import type { Image } from '../../hetzner/resources.js';
import { OxideError } from '../../lib/errors.js';
import type { StepIo } from '../../lib/step.js';
import { waitFor, type Probe } from '../../lib/wait.js';
import type { FlowContext } from '../run/context.js';
import { waitOptions } from '../run/waiting.js';
import type { Builder } from './builder.js';

export interface CheckedDisk {
  readonly build: ImageBuild;
  readonly id: string;
  readonly builder: Builder;
}

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
  const { image, actions: begun } = await hetzner.createSnapshot(builder.id, {
    description,
    labels,
  });
  await actions.wait(begun, `snapshot ${image.id}`, (fact) => {
    io.detail(fact);
  });
  const whole = async (): Promise<Probe<true>> => {
    const found = await hetzner.image(image.id);
    if (!found) throw new OxideError(`snapshot ${image.id} is gone`, { hint: again });
    if (found.status === 'available') return { ready: true };
    return { waiting: `snapshot ${image.id} is ${found.status}` };
  };
  const patience = { timeoutMs: ctx.config.timeouts.hetzner, hint: again };
  await waitFor(`snapshot ${image.id}`, whole, waitOptions(ctx, io, patience));
  return hetzner.setImageLabels(image.id, imageLabels(build));
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
