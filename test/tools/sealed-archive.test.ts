import { buffer } from 'node:stream/consumers';
import { Encrypter, generateIdentity, identityToRecipient } from 'age-encryption';
import { pack, type Header as FullHeader } from 'tar-stream';
import { beforeAll, describe, expect, test } from 'vitest';
import { ExitCode, OxideError } from '../../src/lib/errors.js';
import { Secret } from '../../src/lib/secret.js';
import { checkSealed, seal, unseal, type TextFiles } from '../../src/tools/sealed-archive.js';

type Header = Partial<FullHeader> & { readonly name: string };

const passphrase = new Secret('four words nobody says');
const names = ['secrets.yaml', 'talosconfig'];
const files: TextFiles = new Map([
  ['secrets.yaml', 'token: grüße\n'],
  ['talosconfig', 'context: demo\n'],
]);
/** 1024 rounds instead of 262144: the same format, in a moment. */
const workFactor = 10;

let sealed: Uint8Array;
beforeAll(async () => {
  sealed = await seal(files, { passphrase, workFactor });
});

const open = (bytes: Uint8Array, secret = passphrase) =>
  unseal(bytes, { passphrase: secret, file: 'demo.age', names, sizeLimit: 64 });

async function refusal(opened: Promise<unknown>): Promise<OxideError> {
  const error = await opened.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof OxideError) return error;
  throw new Error(`not refused: ${String(error)}`);
}

/** What somebody else might have encrypted with the right passphrase. */
async function sealedTar(entries: readonly (readonly [Header, string])[]): Promise<Uint8Array> {
  const archive = pack();
  for (const [header, content] of entries) archive.entry(header, content);
  archive.finalize();
  return sealedBytes(await buffer(archive));
}

function sealedBytes(content: Uint8Array): Promise<Uint8Array> {
  const encrypter = new Encrypter();
  encrypter.setScryptWorkFactor(workFactor);
  encrypter.setPassphrase(passphrase.reveal());
  return encrypter.encrypt(content);
}

describe('a sealed archive', () => {
  test('is an age file with one passphrase, in which nothing of the content is to be seen', () => {
    const text = Buffer.from(sealed).toString('latin1');
    expect(text).toMatch(/^age-encryption\.org\/v1\n-> scrypt \S{22} 10\n/);
    for (const part of [...files.keys(), 'token', passphrase.reveal()]) {
      expect(text).not.toContain(part);
    }
  });

  test('gives back what was put in', async () => {
    expect(await open(sealed)).toEqual(files);
  });

  test('is never the same twice', async () => {
    expect(await seal(files, { passphrase, workFactor })).not.toEqual(sealed);
  });

  test('makes guesses as hard as age does, unless a test asks for less', async () => {
    const text = Buffer.from(await seal(files, { passphrase })).toString('latin1');
    expect(text).toMatch(/\n-> scrypt \S{22} 18\n/);
  });

  test('does not open with another passphrase', async () => {
    const { message, exitCode, hint } = await refusal(open(sealed, new Secret('four words')));
    expect(message).toBe('the passphrase does not open demo.age');
    expect(exitCode).toBe(ExitCode.usage);
    expect(hint).toContain('another copy');
  });
});

describe('a damaged archive', () => {
  test('is refused wherever it was cut off', async () => {
    for (let length = 0; length < sealed.length; length += 97) {
      const error = await refusal(open(sealed.subarray(0, length)));
      expect(error.message, `${length} bytes`).toContain('demo.age');
      expect(error.message, `${length} bytes`).toMatch(/damaged|does not open/);
    }
  });

  test('is refused wherever it was changed', async () => {
    for (let at = 0; at < sealed.length; at += 61) {
      const changed = Uint8Array.from(sealed);
      changed[at] = (changed[at] ?? 0) ^ 1;
      const error = await refusal(open(changed));
      expect(error.message, `byte ${at}`).toMatch(/damaged|does not open/);
    }
  });

  test('says so when the passphrase is right', async () => {
    const { message, exitCode } = await refusal(open(sealed.subarray(0, sealed.length - 1)));
    expect(message).toBe('demo.age is damaged: it was cut off or changed');
    expect(exitCode).toBe(ExitCode.precondition);
  });

  test('is one in which there is no archive, or half of one', async () => {
    const whole = await buffer(
      (() => {
        const archive = pack();
        archive.entry({ name: 'secrets.yaml' }, 'x'.repeat(60));
        archive.finalize();
        return archive;
      })(),
    );
    for (const content of [Buffer.alloc(1_024, 'x'), whole.subarray(0, 530)]) {
      const { message } = await refusal(open(await sealedBytes(content)));
      expect(message).toBe('demo.age is damaged: it was cut off or changed');
    }
  });
});

describe('a file that no passphrase opens', () => {
  test.each([
    ['is empty', ''],
    ['is another one', 'apiVersion: v1\nkind: Config\n'],
  ])('%s', (_what, text) => {
    expect(() => {
      checkSealed(Buffer.from(text), 'demo.age');
    }).toThrow('demo.age is not a file that was encrypted with a passphrase by oxide or age');
  });

  test('is encrypted for a key', async () => {
    const encrypter = new Encrypter();
    encrypter.addRecipient(await identityToRecipient(await generateIdentity()));
    const { exitCode, hint } = await refusal(open(await encrypter.encrypt('x')));
    expect(exitCode).toBe(ExitCode.precondition);
    expect(hint).toContain('oxide secrets export');
  });
});

describe('what oxide did not put in', () => {
  test.each<[string, Header, string]>([
    ['an unknown name', { name: 'kubeconfig' }, 'x'],
    ['a path out of the folder', { name: '../secrets.yaml' }, 'x'],
    ['a path into another one', { name: '/etc/secrets.yaml' }, 'x'],
    ['a folder', { name: 'secrets.yaml', type: 'directory' }, ''],
    ['a link', { name: 'secrets.yaml', type: 'symlink', linkname: '/etc/passwd' }, ''],
    ['a second one of the name', { name: 'talosconfig' }, 'y'],
    ['more than such a file ever has', { name: 'secrets.yaml' }, 'x'.repeat(65)],
    ['a name that writes on the terminal', { name: '\u001b[2Jsecrets.yaml' }, 'x'],
  ])('is refused: %s', async (_what, header, content) => {
    const evil = await sealedTar([
      [{ name: 'talosconfig' }, 'context: demo\n'],
      [header, content],
    ]);
    const { message, exitCode } = await refusal(open(evil));
    expect(message).toMatch(/^demo\.age holds something that oxide did not put there: "/);
    expect(message).not.toContain('\u001b');
    expect(exitCode).toBe(ExitCode.precondition);
  });
});
