import { buffer, text } from 'node:stream/consumers';
import { extract, pack, type Header } from 'tar-stream';
import { oxide } from '../lib/commands.js';
import { OxideError, PreconditionError, UsageError } from '../lib/errors.js';
import type { Secret } from '../lib/secret.js';

/** Text files by their names. */
export type TextFiles = ReadonlyMap<string, string>;

export interface SealOptions {
  readonly passphrase: Secret;
  /**
   * How hard each guess of the passphrase is made: 2^n rounds of scrypt. 18, the default of age
   * itself, takes about a second and 256 MiB; only tests ask for less.
   */
  readonly workFactor?: number | undefined;
}

const defaultWorkFactor = 18;

/**
 * An age file (https://age-encryption.org/v1) with a passphrase, and a tar archive of these files in
 * it: `age -d copy.age | tar x` brings them back without oxide.
 */
export async function seal(files: TextFiles, options: SealOptions): Promise<Uint8Array> {
  const archive = pack();
  for (const [name, content] of files) archive.entry({ name, mode: 0o600 }, content);
  archive.finalize();
  const { Encrypter } = await age();
  const encrypter = new Encrypter();
  encrypter.setScryptWorkFactor(options.workFactor ?? defaultWorkFactor);
  encrypter.setPassphrase(options.passphrase.reveal());
  return encrypter.encrypt(await buffer(archive));
}

/** How the head of an age file is written that has one passphrase and nothing else as its key. */
const passphraseHead =
  /^age-encryption\.org\/v1\n-> scrypt [\w+/]{22} [1-9]\d?\n[\w+/]{43}\n--- [\w+/]{43}\n/;

/** Refuses what no passphrase could open, before one is asked for. `file` is its name for errors. */
export function checkSealed(sealed: Uint8Array, file: string): void {
  if (passphraseHead.test(Buffer.from(sealed.subarray(0, 256)).toString('latin1'))) return;
  throw new PreconditionError(
    `${file} is not a file that was encrypted with a passphrase by oxide or age, or its head is damaged`,
    `Name a file that ${oxide`secrets export`} made.`,
  );
}

export interface UnsealOptions {
  readonly passphrase: Secret;
  /** Name of the sealed file, for errors. */
  readonly file: string;
  /** The only names that the archive may hold. */
  readonly names: readonly string[];
  /** The most that one of its files may have, bytes. */
  readonly sizeLimit: number;
}

/** The files in it. Refuses a wrong passphrase, and every content but the names that are expected. */
export async function unseal(sealed: Uint8Array, options: UnsealOptions): Promise<TextFiles> {
  checkSealed(sealed, options.file);
  const archive = await decrypt(sealed, options);
  try {
    return await unpack(archive, options);
  } catch (error) {
    throw error instanceof OxideError ? error : damaged(options.file);
  }
}

async function decrypt(sealed: Uint8Array, { passphrase, file }: UnsealOptions): Promise<Buffer> {
  const { Decrypter } = await age();
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase.reveal());
  // Of a stream the head is opened first, and by itself: what fails there is the passphrase.
  const opened = await decrypter.decrypt(new Blob([sealed]).stream()).catch(() => {
    throw new UsageError(
      `the passphrase does not open ${file}`,
      'Try it again. If you are sure of the passphrase, the file is damaged: take another copy.',
    );
  });
  try {
    return await buffer(opened);
  } catch {
    throw damaged(file);
  }
}

async function unpack(archive: Buffer, options: UnsealOptions): Promise<TextFiles> {
  const { file, names, sizeLimit } = options;
  const files = new Map<string, string>();
  const reader = extract();
  reader.end(archive);
  for await (const entry of reader) {
    const { name, type, size } = entry.header;
    if (!isPlain(type) || !names.includes(name) || files.has(name) || size > sizeLimit) {
      throw new PreconditionError(
        `${file} holds something that oxide did not put there: ${JSON.stringify(name)}`,
        `Nothing of it was written. Name a file that ${oxide`secrets export`} made.`,
      );
    }
    files.set(name, await text(entry));
  }
  return files;
}

function isPlain(type: Header['type']): boolean {
  return type === 'file' || type === 'contiguous-file';
}

function damaged(file: string): PreconditionError {
  return new PreconditionError(
    `${file} is damaged: it was cut off or changed`,
    'Nothing of it was written. Take another copy.',
  );
}

/** Loaded on demand: hardly any run needs it. */
function age() {
  return import('age-encryption');
}
