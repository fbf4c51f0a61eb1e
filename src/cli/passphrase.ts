import { readFile } from 'node:fs/promises';
import { addAbortSignal, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { ExitCode, messageOf, OxideError, UsageError } from '../lib/errors.js';
import { Secret } from '../lib/secret.js';
import { askLine, canAsk } from './ask.js';
import type { CliIo } from './io.js';
import { say } from './say.js';

export interface PassphraseOptions {
  /** File whose first line is the passphrase; `-` is stdin. */
  readonly passphraseFile?: string;
}

const variable = 'OXIDE_PASSPHRASE';
/** With scrypt before each guess: what cannot be tried out in a lifetime, if it is not a saying. */
const minLength = 12;

/** How often a passphrase may be typed that will not do. */
const attempts = 3;

/** The passphrase of a new copy: asked for twice, and not too short. */
export async function newPassphrase(options: PassphraseOptions, io: CliIo): Promise<Secret> {
  const given = await givenPassphrase(options, io);
  if (given !== undefined) {
    if (isShort(given)) throw new UsageError(tooShort, lengthHint);
    return new Secret(given);
  }
  // A run that ended right here would leave what is typed next to the shell, to be seen and kept.
  for (let attempt = 1; ; attempt++) {
    const typed = await ask(`New passphrase (at least ${minLength} characters): `, io);
    const again = await ask('The same again: ', io);
    if (!isShort(typed) && typed === again) return new Secret(typed);
    const reason = isShort(typed) ? tooShort : 'the two passphrases differ';
    if (attempt === attempts) throw new UsageError(`${reason}; nothing was written`, lengthHint);
    say(io, `${reason}; once more, please`);
  }
}

/** The passphrase of a copy that exists. */
export async function knownPassphrase(options: PassphraseOptions, io: CliIo): Promise<Secret> {
  const given = await givenPassphrase(options, io);
  return new Secret(given ?? (await ask('Passphrase of the copy: ', io)));
}

/** The one of a script: never an argument, which every user of the machine can see. */
async function givenPassphrase(
  { passphraseFile }: PassphraseOptions,
  io: CliIo,
): Promise<string | undefined> {
  const fromStdin = passphraseFile === '-' && io.stdin.isTTY !== true;
  if (passphraseFile === undefined) return filled(io.env[variable], variable);
  if (passphraseFile === '-' && !fromStdin) return undefined;
  const content = fromStdin ? await readAll(io) : await readPassphraseFile(passphraseFile);
  return filled(
    content.split(/\r?\n/, 1)[0],
    fromStdin ? 'the first line of stdin' : passphraseFile,
  );
}

function filled(passphrase: string | undefined, source: string): string | undefined {
  if (passphrase === '') throw new UsageError(`the passphrase from ${source} is empty`);
  return passphrase;
}

function readAll({ stdin, signal }: CliIo): Promise<string> {
  return text(addAbortSignal(signal, Readable.from(stdin)));
}

async function readPassphraseFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new UsageError(`the passphrase file cannot be read: ${messageOf(error)}`);
  }
}

async function ask(question: string, io: CliIo): Promise<string> {
  const answer = canAsk(io) ? await askLine({ question, hidden: true }, io) : undefined;
  if (answer) return answer;
  throw new OxideError(
    canAsk(io)
      ? 'no passphrase was given; nothing was written'
      : 'this needs a passphrase, and there is no terminal to ask on',
    {
      hint: `In a script, give it with --passphrase-file FILE (its first line; - is stdin), or in ${variable}.`,
      exitCode: ExitCode.unconfirmed,
    },
  );
}

const tooShort = `the passphrase has fewer than ${minLength} characters`;
const lengthHint =
  'Whoever has the copy can try out passphrases for as long as they like. Four or five random words are good.';

function isShort(passphrase: string): boolean {
  return passphrase.length < minLength;
}
