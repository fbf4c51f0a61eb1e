import type { ClusterState } from '../cluster/state/cluster-state.js';
import type { Secret } from '../lib/secret.js';
import {
  openCopy,
  readOwnSecrets,
  readSealedCopy,
  refuseExisting,
  sealCopy,
  writeSealedCopy,
  type SecretsContext,
} from '../steps/talos/secrets-copy.js';
import {
  compareCopy,
  planRestore,
  restore,
  type Comparison,
} from '../steps/talos/secrets-restore.js';

export interface ExportRequest {
  /** Where the encrypted copy goes. Must not exist. */
  readonly file: string;
  /** Asks for it; called once everything else is known to be right. */
  readonly passphrase: () => Promise<Secret>;
  /** For tests: how hard each guess of the passphrase is made. */
  readonly workFactor?: number;
}

/** An encrypted copy that was written. */
export interface ExportedSecrets {
  readonly cluster: string;
  readonly file: string;
  /** Names of the files in it. */
  readonly contents: readonly string[];
  /** Of the cluster's certificate authority. */
  readonly caFingerprint: string;
}

/** Packs the cluster's secrets into one encrypted file. Needs no token, and reaches out to nobody. */
export async function exportSecrets(
  ctx: SecretsContext,
  { file, passphrase, workFactor }: ExportRequest,
): Promise<ExportedSecrets> {
  const { config, step } = ctx;
  await refuseExisting(file);
  const copy = await readOwnSecrets(ctx);
  const secret = await passphrase();
  const sealed = await step('Encrypt the copy', () => sealCopy(copy, secret, workFactor));
  await step('Write it', () => writeSealedCopy(file, sealed));
  return {
    cluster: config.cluster_name,
    file,
    contents: [...copy.files.keys()],
    caFingerprint: copy.caFingerprint,
  };
}

export interface ImportRequest {
  /** The encrypted copy. */
  readonly file: string;
  readonly passphrase: () => Promise<Secret>;
  /** What exists at Hetzner. Throws an OxideError when that cannot be found out. */
  readonly look: () => Promise<ClusterState>;
  /** Does the writing while no other run works in the output folder. */
  readonly hold: (write: () => Promise<void>) => Promise<void>;
}

/** A copy that is in the output folder now. */
export interface ImportedSecrets {
  readonly cluster: string;
  readonly file: string;
  /** Of the cluster's certificate authority. */
  readonly caFingerprint: string;
  /** Paths of what was written, and of what was there before. */
  readonly written: readonly string[];
  readonly kept: readonly string[];
  readonly comparison: Comparison;
}

/**
 * Brings the cluster's secrets back from an encrypted copy. Everything is checked before the first
 * file is written: whose they are, that they belong together, that nothing other is in their place,
 * and, where that can be looked at, that the cluster at Hetzner was made with them.
 */
export async function importSecrets(
  ctx: SecretsContext,
  { file, passphrase, look, hold }: ImportRequest,
): Promise<ImportedSecrets> {
  const { config, step } = ctx;
  const sealed = await readSealedCopy(file);
  const secret = await passphrase();
  const copy = await step('Decrypt the copy', () => openCopy(ctx, sealed, secret));
  const files = await planRestore(ctx, copy);
  const comparison = await step('Compare it with the cluster', () => compareCopy(ctx, copy, look));
  await step('Write what is missing', () => hold(() => restore(files)));
  const paths = (kept: boolean): string[] =>
    files.filter((one) => one.kept === kept).map(({ path }) => path);
  return {
    cluster: config.cluster_name,
    file,
    caFingerprint: copy.caFingerprint,
    written: paths(false),
    kept: paths(true),
    comparison,
  };
}
