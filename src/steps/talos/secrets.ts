import { join } from 'node:path';
import { labelKeys } from '../../cluster/state/labels.js';
import {
  anythingExists,
  type ClusterState,
  type Labels,
} from '../../cluster/state/cluster-state.js';
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

/** The fingerprint of secrets, and how their file is called in errors: the kept one unless given. */
export interface Authority {
  readonly caFingerprint: string;
  readonly name?: string;
}

/** Refuses secrets of another certificate authority than the one that the network's label names. */
export function checkAuthority(
  { config, files }: Pick<FlowContext, 'config' | 'files'>,
  { caFingerprint: own, name = files.secrets }: Authority,
  networkLabels: Labels,
): void {
  const wanted = networkLabels[labelKeys.caFingerprint];
  if (wanted === own) return;
  throw new PreconditionError(
    `${name} (certificate authority ${own}) does not belong to the cluster ` +
      `"${config.cluster_name}" (${wanted ?? 'its network carries no fingerprint'})`,
    'The secrets that the cluster was made with are needed. Move others in the output folder away, then\n' +
      'bring them back from your copy: oxide secrets import <file>',
  );
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

/** A text of secrets, and how the file that it is from is called in errors. */
export interface NamedSecrets {
  readonly name: string;
  readonly text: string;
}

/** What a check of secrets has to know of the run. */
export type SecretsOwner = Pick<FlowContext, 'config' | 'rehearsal'>;

/** The first line says whose the secrets are; files of other tools have none, and are of real clusters. */
export function checkOwner(
  { config, rehearsal }: SecretsOwner,
  { name, text }: NamedSecrets,
): void {
  const [, kind, owner] = /^# Secrets of the (rehearsed )?cluster "(.+)"/.exec(text) ?? [];
  if (owner !== undefined && owner !== config.cluster_name) {
    throw new PreconditionError(
      `${name} belongs to the cluster "${owner}", not to "${config.cluster_name}"`,
      'Two clusters never share secrets. Name the right cluster.yaml with --config, and its own folder with --output.',
    );
  }
  if ((kind !== undefined) !== rehearsal) {
    throw new PreconditionError(
      rehearsal
        ? `${name} belongs to a real cluster, and this is a rehearsal`
        : `${name} was made in a rehearsal, and this is a real run`,
      'Their access files would overwrite each other. Give one of them its own folder with --output.',
    );
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
