import { checkAuthority, checkOwner } from '../ownership/secrets-owner.js';
import { join } from 'node:path';
import { anythingExists, type ClusterState } from '../../cluster/state/cluster-state.js';
import { configContract } from '../../cluster/talos/versions.js';
import { OxideError, PreconditionError } from '../../lib/errors.js';
import {
  readMadeText,
  readTextIfExists,
  withScratchFolder,
  writePrivateFile,
} from '../../lib/files.js';
import type { StepIo } from '../../lib/step.js';
import { caFingerprint } from '../../tools/access-files.js';
import { genSecrets } from '../../tools/talosctl.js';
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
      'Its secrets are never made anew. Bring them back from your copy: oxide secrets import <file>\n' +
        'If they are in the folder of another run, name it with --output.',
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

/** The cluster's secrets: made once, kept for as long as the cluster lives. Returns the authority's fingerprint. */
export async function ensureSecrets(ctx: FlowContext, io: StepIo): Promise<string> {
  const { config, files, run } = ctx;
  const kept = await readTextIfExists(files.secrets);
  io.summary(kept === undefined ? files.secrets : `kept, ${files.secrets}`);
  if (kept !== undefined) return caFingerprint(kept);
  return withScratchFolder(files.folder, async (scratch) => {
    const made = join(scratch, 'secrets.yaml');
    await run(genSecrets({ file: made, contract: configContract(config.talos.version) }));
    const text = await readMadeText(made, 'talosctl gen secrets');
    // Read before it is kept: it is never made a second time.
    const fingerprint = caFingerprint(text);
    await writePrivateFile(files.secrets, `${header(ctx)}${text}`);
    return fingerprint;
  });
}

function header({ config, rehearsal }: FlowContext): string {
  return (
    `# Secrets of the ${rehearsal ? 'rehearsed ' : ''}cluster "${config.cluster_name}". Keep a copy in a safe place:\n` +
    '# whoever has this file owns the cluster, and without it no node can be added.\n'
  );
}
