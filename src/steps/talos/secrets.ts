import { checkAuthority, checkOwner } from '../ownership/secrets-owner.js';
import { importCommand } from '../../cluster/state/secrets-copy-name.js';
import { anythingExists, type ClusterState } from '../../cluster/state/cluster-state.js';
import { OxideError, PreconditionError } from '../../lib/errors.js';
import { readTextIfExists, writePrivateFile } from '../../lib/files.js';
import type { StepIo } from '../../lib/step.js';
import { caFingerprint } from '../../tools/access-files.js';
import type { FlowContext } from '../run/context.js';

/**
 * Refuses to go on with secrets that are missing or belong to another cluster, before anything is
 * touched: nodes made with other secrets would never join, and found a second cluster at worst.
 * A cluster of which nothing exists needs none.
 */
export async function checkSecrets(ctx: FlowContext, state: ClusterState): Promise<void> {
  const { config, files } = ctx;
  const text = await readTextIfExists(files.secrets);
  if (text === undefined) {
    if (!anythingExists(state)) return;
    throw new PreconditionError(
      `the cluster "${config.cluster_name}" exists, but ${files.secrets} does not`,
      `Its secrets are never made anew. Bring them back from your copy: ${importCommand(config.cluster_name)}\n` +
        'If they are in the folder of another run, name it with --output.',
      'secrets.missing',
    );
  }
  checkOwner(ctx, { name: files.secrets, text });
  if (state.network) {
    checkAuthority(ctx, { caFingerprint: caFingerprint(text) }, state.network.labels);
  }
}

/** What `checkSecrets` would refuse; undefined when it would not. */
export async function remarkOnSecrets(
  ctx: FlowContext,
  state: ClusterState,
): Promise<string | undefined> {
  try {
    await checkSecrets(ctx, state);
    return undefined;
  } catch (error) {
    if (error instanceof OxideError) return error.message;
    throw error;
  }
}

/**
 * The cluster's secrets: kept once, for as long as the cluster lives. `made` are those that its first
 * machine configurations were checked with. Returns the authority's fingerprint.
 */
export async function ensureSecrets(
  ctx: FlowContext,
  made: string | undefined,
  io: StepIo,
): Promise<string> {
  const { files } = ctx;
  const kept = await readTextIfExists(files.secrets);
  io.summary(kept === undefined ? files.secrets : `kept, ${files.secrets}`);
  if (kept !== undefined) return caFingerprint(kept);
  if (made === undefined) throw new Error(`${files.secrets} went away while oxide was at work`);
  // Read before it is kept: it is never made a second time.
  const fingerprint = caFingerprint(made);
  await writePrivateFile(files.secrets, `${header(ctx)}${made}`);
  return fingerprint;
}

function header({ config, rehearsal }: FlowContext): string {
  return (
    `# Secrets of the ${rehearsal ? 'rehearsed ' : ''}cluster "${config.cluster_name}". Keep a copy in a safe place:\n` +
    '# whoever has this file owns the cluster, and without it no node can be added.\n'
  );
}
