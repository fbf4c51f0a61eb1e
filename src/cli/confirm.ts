import { createInterface } from 'node:readline/promises';
import { ExitCode, OxideError } from '../lib/errors.js';
import type { CliIo, GlobalOptions } from './io.js';

/** Lets the user type the cluster's name; `--yes` answers in a script. Throws unless confirmed (exit 7). */
export async function confirmByName(
  name: string,
  options: GlobalOptions,
  io: CliIo,
): Promise<void> {
  await confirmByTyping({ answer: name, question: `Type "${name}" to delete it: ` }, options, io);
}

/** Lets the user type `yes` before nodes go; `--yes` answers in a script. Throws unless confirmed (exit 7). */
export async function confirmRemoval(options: GlobalOptions, io: CliIo): Promise<void> {
  await confirmByTyping({ answer: 'yes', question: 'Type "yes" to go on: ' }, options, io);
}

async function confirmByTyping(
  { answer: wanted, question }: { answer: string; question: string },
  options: GlobalOptions,
  io: CliIo,
): Promise<void> {
  if (options.yes) return;
  if (!io.stdin.isTTY || !io.stderr.isTTY) {
    throw new OxideError('this needs a confirmation, and there is no terminal to ask on', {
      hint: 'Add --yes to confirm.',
      exitCode: ExitCode.unconfirmed,
    });
  }
  const asking = createInterface({ input: io.stdin });
  try {
    io.stderr.write(question);
    const answer = await asking.question('', { signal: io.signal });
    if (answer.trim() === wanted) return;
  } finally {
    asking.close();
  }
  throw new OxideError('not confirmed, nothing was deleted', { exitCode: ExitCode.unconfirmed });
}
