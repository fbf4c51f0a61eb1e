import { clusterLabels } from '../../cluster/state/labels.js';
import { sharedResourceName } from '../../cluster/state/names.js';
import type { ClusterState } from '../../cluster/state/cluster-state.js';
import { readTextIfExists, writePrivateFile } from '../../lib/files.js';
import type { StepIo } from '../../lib/step.js';
import { createSshKeyPair } from '../../tools/ssh-key.js';
import { withinLimits } from './account-limits.js';
import type { FlowContext } from '../run/context.js';

/**
 * The SSH key that servers are created with. Talos has no SSH: the key keeps Hetzner from making
 * and mailing a root password, and opens the rescue system. Returns its id.
 */
export async function ensureSshKey(
  ctx: FlowContext,
  state: ClusterState,
  io: StepIo,
): Promise<number> {
  const { hetzner, config, files } = ctx;
  if (state.sshKey) {
    io.summary(`exists, id ${state.sshKey.id}`);
    return state.sshKey.id;
  }
  const publicKey = await ensurePublicKey(ctx);
  const order = {
    name: sharedResourceName(config.cluster_name),
    public_key: publicKey,
    labels: clusterLabels(config.cluster_name),
  };
  const key = await withinLimits(
    ctx,
    () => ({ ssh_key: 1 }),
    () => hetzner.createSshKey(order),
  );
  io.summary(`${files.sshKey}, id ${key.id}`);
  return key.id;
}

/** The public half of the kept key pair; a pair is made when there is none. */
async function ensurePublicKey({ files, config }: FlowContext): Promise<string> {
  const kept = await readTextIfExists(files.sshPublicKey);
  if (kept !== undefined && (await readTextIfExists(files.sshKey)) !== undefined)
    return kept.trim();
  const pair = createSshKeyPair(`oxide ${config.cluster_name}`);
  // The private half goes first: a public key on disk means that its private half is there.
  await writePrivateFile(files.sshKey, pair.privateKey.reveal());
  await writePrivateFile(files.sshPublicKey, `${pair.publicKey}\n`);
  return pair.publicKey;
}
