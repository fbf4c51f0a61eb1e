import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { InterruptedError } from '../lib/errors.js';
import { visibleText } from '../lib/visible.js';
import { createStyle } from '../ui/style.js';
import { looksOf } from '../ui/terminal.js';
import { hanging } from '../ui/wrap.js';
import type { CliIo } from './io.js';

/** Whether there is somebody to ask, who also sees the question. */
export function canAsk({ stdin, stderr }: CliIo): boolean {
  return stdin.isTTY === true && stderr.isTTY === true;
}

interface Question {
  readonly question: string;
  /** The answer is not shown while it is typed. */
  readonly hidden?: boolean;
}

/** One line that the user types; undefined when the input ended instead (Ctrl-D). */
export async function askLine(
  { question, hidden = false }: Question,
  { stdin, stderr, env, signal }: CliIo,
): Promise<string | undefined> {
  const unseen = new Writable({
    write: (_chunk, _encoding, done) => {
      done();
    },
  });
  // As a terminal, readline turns the echo off and edits the line itself: nowhere to be seen.
  const lines = createInterface(
    hidden ? { input: stdin, output: unseen, terminal: true, historySize: 0 } : { input: stdin },
  );
  const looks = looksOf(stderr, env);
  const asked = hanging('', visibleText(question), looks.columns);
  stderr.write(createStyle(looks).letters(asked));
  try {
    return await new Promise<string | undefined>((resolve, reject) => {
      const interrupted = (): void => {
        reject(signal.reason instanceof Error ? signal.reason : new InterruptedError());
      };
      lines.on('line', resolve);
      lines.on('close', () => {
        resolve(undefined);
      });
      // Without echo the terminal sends Ctrl-C as a character, not as a signal.
      lines.on('SIGINT', () => {
        reject(new InterruptedError());
      });
      signal.addEventListener('abort', interrupted, { once: true });
      if (signal.aborted) interrupted();
    });
  } finally {
    lines.close();
    if (hidden) stderr.write('\n');
  }
}
