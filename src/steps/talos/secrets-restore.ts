import { anythingExists, type ClusterState } from '../../cluster/state/cluster-state.js';
import { InterruptedError, OxideError, PreconditionError } from '../../lib/errors.js';
import { readTextIfExists, writePrivateFile } from '../../lib/files.js';
import { talosconfigFingerprint } from '../../tools/access-files.js';
import { copiedFiles, type SecretsContext, type SecretsCopy } from './secrets-copy.js';
import { checkAuthority } from '../ownership/secrets-owner.js';

/** What came out of comparing a copy with the cluster at Hetzner, or why it was not compared. */
export type Comparison =
  { readonly is: 'same' | 'no-network' | 'no-cluster' } | { readonly unknown: string };

/** Refuses a copy whose cluster is not the one that exists. What cannot be looked at is said. */
export async function compareCopy(
  ctx: SecretsContext,
  { secrets, caFingerprint }: SecretsCopy,
  look: () => Promise<ClusterState>,
): Promise<Comparison> {
  let state: ClusterState;
  try {
    state = await look();
  } catch (error) {
    if (!(error instanceof OxideError) || error instanceof InterruptedError) throw error;
    return { unknown: error.message };
  }
  if (!anythingExists(state)) return { is: 'no-cluster' };
  if (!state.network) return { is: 'no-network' };
  checkAuthority(ctx, { caFingerprint, name: secrets.name }, state.network.labels);
  return { is: 'same' };
}

/** A file that a copy brings back, or that is there already. */
export interface RestoredFile {
  readonly path: string;
  readonly text: string;
  readonly kept: boolean;
}

/** What has to be written. Nothing that exists is replaced: what is other is refused. */
export async function planRestore(
  { files }: SecretsContext,
  copy: SecretsCopy,
): Promise<readonly RestoredFile[]> {
  const restored: RestoredFile[] = [];
  for (const { name, path } of copiedFiles(files)) {
    const text = copy.files.get(name);
    if (text === undefined) continue;
    const there = await readTextIfExists(path);
    const isOwn =
      there === text || (path === files.talosconfig && isOfAuthority(there, copy.caFingerprint));
    if (there !== undefined && !isOwn) {
      throw new PreconditionError(
        `${path} exists, and is not the one in the copy`,
        'Nothing that exists is replaced. Move it away yourself, or name another folder with --output.',
      );
    }
    restored.push({ path, text, kept: there !== undefined });
  }
  return restored;
}

/** A talosconfig is renewed in its life: a kept one is as good, or better. */
function isOfAuthority(talosconfig: string | undefined, fingerprint: string): boolean {
  try {
    return talosconfig !== undefined && talosconfigFingerprint(talosconfig) === fingerprint;
  } catch {
    return false;
  }
}

/** Writes what is missing, the secrets last: a run that was killed before goes on when run again. */
export async function restore(restored: readonly RestoredFile[]): Promise<void> {
  for (const { path, text, kept } of restored) if (!kept) await writePrivateFile(path, text);
}
