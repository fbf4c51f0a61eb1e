import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { askLine } from '../../src/cli/ask.js';
import type { CliIo } from '../../src/cli/io.js';
import { knownPassphrase, newPassphrase } from '../../src/cli/passphrase.js';
import { ExitCode, InterruptedError } from '../../src/lib/errors.js';

/** A terminal at which somebody types, and what it shows. */
class Typing extends PassThrough {
  readonly isTTY = true;
  /** Without echo, and without turning Ctrl-C into a signal. */
  isRaw = false;
  shown = '';
  readonly #interrupt = new AbortController();
  readonly io: CliIo = {
    env: {},
    stdin: this,
    stdout: { write: () => true },
    stderr: {
      isTTY: true,
      write: (text) => {
        this.shown += text;
        return true;
      },
    },
    signal: this.#interrupt.signal,
  };

  setRawMode(raw: boolean): void {
    this.isRaw = raw;
  }

  /** Types after the question has been asked. */
  async answer(question: string, keys: string): Promise<void> {
    while (!this.shown.endsWith(question)) await new Promise(setImmediate);
    expect(this.isRaw).toBe(true);
    this.write(keys);
  }

  interrupt(): void {
    this.#interrupt.abort(new InterruptedError());
  }
}

const first = 'New passphrase (at least 12 characters): ';
const second = 'The same again: ';
const words = 'four words nobody says';

describe('a passphrase that is typed', () => {
  test('is nowhere to be seen, and may be corrected', async () => {
    const typing = new Typing();
    const asked = newPassphrase({}, typing.io);
    await typing.answer(first, 'fouX\u007fr words nobody says\r');
    await typing.answer(second, `${words}\r`);
    expect((await asked).reveal()).toBe(words);
    expect(typing.shown).toBe(`${first}\n${second}\n`);
    expect(typing.isRaw).toBe(false);
  });

  test('keeps its blanks and letters of all kinds', async () => {
    const typing = new Typing();
    const asked = knownPassphrase({}, typing.io);
    await typing.answer('Passphrase of the copy: ', ' größe 鍵 \r');
    expect((await asked).reveal()).toBe(' größe 鍵 ');
  });

  test('has to be the same twice, and long enough: asked again, and not left to the shell', async () => {
    const typing = new Typing();
    const asked = newPassphrase({}, typing.io);
    await typing.answer(first, `${words}\r`);
    await typing.answer(second, `${words}!\r`);
    await typing.answer(first, 'elevenchars\r');
    await typing.answer(second, 'elevenchars\r');
    await typing.answer(first, `${words}\r`);
    await typing.answer(second, `${words}\r`);
    expect((await asked).reveal()).toBe(words);
    expect(typing.shown).toContain('the two passphrases differ; once more, please\n');
    expect(typing.shown).toContain('fewer than 12 characters; once more, please\n');
  });

  test('that will not do three times ends the run', async () => {
    const typing = new Typing();
    const asked = newPassphrase({}, typing.io);
    const refused = expect(asked).rejects.toMatchObject({
      message: 'the passphrase has fewer than 12 characters; nothing was written',
      exitCode: ExitCode.usage,
    });
    for (const question of [first, second, first, second, first, second]) {
      await typing.answer(question, 'short\r');
    }
    await refused;
    expect(typing.isRaw).toBe(false);
  });

  test.each([
    ['nothing', '\r'],
    ['the end of the input', '\u0004'],
  ])('may be %s: then nothing happens', async (_what, keys) => {
    const typing = new Typing();
    const asked = knownPassphrase({}, typing.io);
    await typing.answer('Passphrase of the copy: ', keys);
    await expect(asked).rejects.toMatchObject({ exitCode: ExitCode.unconfirmed });
    expect(typing.isRaw).toBe(false);
  });

  test.each<[string, (typing: Typing) => void]>([
    ['Ctrl-C', (typing) => typing.write('abc\u0003')],
    [
      'a signal',
      (typing) => {
        typing.interrupt();
      },
    ],
  ])('is given up by %s, and the terminal is as it was', async (_what, end) => {
    const typing = new Typing();
    const asked = knownPassphrase({}, typing.io);
    await typing.answer('Passphrase of the copy: ', 'abc');
    end(typing);
    await expect(asked).rejects.toBeInstanceOf(InterruptedError);
    expect(typing.isRaw).toBe(false);
    expect(typing.shown).not.toContain('abc');
  });
});

describe('a passphrase of a script', () => {
  test('wins over the question, and the file over the variable', async () => {
    const typing = new Typing();
    const io = { ...typing.io, env: { OXIDE_PASSPHRASE: words } };
    expect((await knownPassphrase({}, io)).reveal()).toBe(words);
    expect(JSON.stringify(await newPassphrase({}, io))).toBe('"[redacted]"');
    const passphraseFile = import.meta.filename;
    expect((await knownPassphrase({ passphraseFile }, io)).reveal()).toMatch(/^import /);
    expect(typing.shown).toBe('');
  });
});

test('a question that the input ends before has no answer', async () => {
  const typing = new Typing();
  const asked = askLine({ question: 'Go on? ' }, typing.io);
  typing.end();
  expect(await asked).toBeUndefined();
});
