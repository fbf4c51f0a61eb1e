import { basename } from 'node:path';
import { oxide } from '../../lib/commands.js';
import { PreconditionError, UsageError } from '../../lib/errors.js';
import { readStartIfExists, readTextIfExists, writePrivateFile } from '../../lib/files.js';
import { exists } from '../../lib/folders.js';
import type { Secret } from '../../lib/secret.js';
import { caFingerprint, talosconfigFingerprint } from '../../tools/access-files.js';
import { checkSealed, seal, unseal, type TextFiles } from '../../tools/sealed-archive.js';
import { isSshKeyPair } from '../../tools/ssh-key.js';
import type { ClusterFiles, FlowContext } from '../run/context.js';
import { checkOwner, type NamedSecrets } from '../ownership/secrets-owner.js';

/** What of a flow's surroundings the copy of the secrets needs: neither a token nor a network. */
export type SecretsContext = Pick<FlowContext, 'config' | 'files' | 'rehearsal' | 'step'>;

/** Texts that belong together, as they are kept in an output folder and in a copy of it. */
export interface SecretsCopy {
  readonly files: TextFiles;
  /** The secrets.yaml among them. */
  readonly secrets: NamedSecrets;
  readonly caFingerprint: string;
}

/** A file of secrets has 20 kB at most, with the largest of keys. */
const sizeLimit = 128 * 1024;
const copyLimit = 1024 * 1024;

/** What a copy holds. The secrets come last: where they are, the others have been written too. */
export function copiedFiles(
  files: ClusterFiles,
): readonly { readonly name: string; readonly path: string }[] {
  const { talosconfig, sshKey, sshPublicKey, volumesPassphrase, secrets } = files;
  return [talosconfig, sshKey, sshPublicKey, volumesPassphrase, secrets].map((path) => ({
    name: basename(path),
    path,
  }));
}

/** What is in the output folder, checked so that the copy of it can be brought back. */
export async function readOwnSecrets(ctx: SecretsContext): Promise<SecretsCopy> {
  const { files } = ctx;
  const found = new Map<string, string>();
  for (const { name, path } of copiedFiles(files)) {
    const text = await readTextIfExists(path);
    if (text !== undefined) found.set(name, text);
  }
  const text = found.get(basename(files.secrets));
  if (text === undefined) {
    throw new PreconditionError(
      `there is no ${files.secrets} to make a copy of`,
      `Name the output folder of the cluster with --output. A cluster gets its secrets with: ${oxide`create`}`,
    );
  }
  const pair = [files.sshKey, files.sshPublicKey].map((path) => basename(path));
  // A create that was killed may leave one half; it makes a new pair then.
  if (!pair.every((name) => found.has(name))) for (const name of pair) found.delete(name);
  const secrets = { name: files.secrets, text };
  const own = checkCopy(ctx, { files: found, secrets, hint: ownHint });
  return { files: found, secrets, caFingerprint: own };
}

const ownHint = `A talosconfig can be made anew: ${oxide`talosconfig`}\nMove away what is not of this cluster.`;

interface Checked {
  readonly files: TextFiles;
  readonly secrets: NamedSecrets;
  /** For parts that do not belong together. */
  readonly hint: string;
}

/** Refuses secrets of another cluster and parts that do not belong to them. Returns their fingerprint. */
function checkCopy(ctx: SecretsContext, { files, secrets, hint }: Checked): string {
  checkOwner(ctx, secrets);
  const own = caFingerprint(secrets.text);
  const part = (path: string): string | undefined => files.get(basename(path));
  const talosconfig = part(ctx.files.talosconfig);
  if (talosconfig !== undefined && talosconfigFingerprint(talosconfig) !== own) {
    throw new PreconditionError(
      `the talosconfig does not belong to ${secrets.name}: it is of another certificate authority`,
      hint,
    );
  }
  const [privateKey, publicKey] = [part(ctx.files.sshKey), part(ctx.files.sshPublicKey)];
  const complete = privateKey !== undefined && publicKey !== undefined;
  if (complete ? !isSshKeyPair(privateKey, publicKey) : privateKey !== publicKey) {
    throw new PreconditionError(
      `id_ed25519 and id_ed25519.pub beside ${secrets.name} are not the halves of one key`,
      hint,
    );
  }
  return own;
}

/** An encrypted copy as it was read from its file. */
export interface SealedCopy {
  readonly file: string;
  readonly sealed: Uint8Array;
}

/** Reads an encrypted copy; what no passphrase could open is refused before one is asked for. */
export async function readSealedCopy(file: string): Promise<SealedCopy> {
  const sealed = await readStartIfExists(file, copyLimit);
  if (!sealed) {
    throw new UsageError(`${file}: there is no such file`, `${oxide`secrets export`} makes one.`);
  }
  checkSealed(sealed, file);
  return { file, sealed };
}

/** What is in an encrypted copy, checked: this cluster's, and all of one piece. */
export async function openCopy(
  ctx: SecretsContext,
  { file, sealed }: SealedCopy,
  passphrase: Secret,
): Promise<SecretsCopy> {
  const names = copiedFiles(ctx.files).map(({ name }) => name);
  const files = await unseal(sealed, { passphrase, file, names, sizeLimit });
  const name = basename(ctx.files.secrets);
  const text = files.get(name);
  const hint = 'Nothing was written. Take another copy.';
  if (text === undefined) throw new PreconditionError(`${file} holds no ${name}`, hint);
  const secrets = { name: `the ${name} in ${file}`, text };
  return { files, secrets, caFingerprint: checkCopy(ctx, { files, secrets, hint }) };
}

/** Encrypts a copy. */
export function sealCopy(
  { files }: SecretsCopy,
  passphrase: Secret,
  workFactor?: number,
): Promise<Uint8Array> {
  return seal(files, { passphrase, workFactor });
}

/** A copy is never overwritten: it may be the only one. */
export async function refuseExisting(file: string): Promise<void> {
  if (!(await exists(file))) return;
  throw new UsageError(
    `${file} exists already`,
    `A copy is never overwritten. Move it away, or name another file: ${oxide`secrets export FILE`}`,
  );
}

/** Writes an encrypted copy (0600); the folder that it is in stays as it is. */
export async function writeSealedCopy(file: string, sealed: Uint8Array): Promise<void> {
  await refuseExisting(file);
  await writePrivateFile(file, sealed, 'another file');
}
