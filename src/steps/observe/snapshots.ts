import type { ProjectServer, SnapshotsInput } from '../../cluster/catalogue/snapshots.js';
import { plural } from '../../lib/format.js';
import { inParallel } from '../../lib/parallel.js';
import type { StepIo } from '../../lib/step.js';
import type { FlowContext } from '../run/context.js';
import { readSnapshots } from './observe.js';

/** All snapshots of the project that are labelled as Talos, and all its servers. */
export async function observeSnapshots(
  ctx: FlowContext,
  io: StepIo,
): Promise<Omit<SnapshotsInput, 'configs'>> {
  const [catalogue, servers] = await inParallel(readSnapshots(ctx), projectServers(ctx));
  io.summary(plural(catalogue.images.length, 'snapshot'));
  return { catalogue, servers };
}

/** Every server of the project, whoever made it, with what it was made of. */
export async function projectServers({ hetzner }: FlowContext): Promise<readonly ProjectServer[]> {
  const servers = await hetzner.servers();
  return servers.map(({ name, image, labels }) => ({ name, imageId: image?.id, labels }));
}
