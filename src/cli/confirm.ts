import { ExitCode, OxideError } from '../lib/errors.js';
import { askLine, canAsk } from './ask.js';
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

/** Lets the user type `yes` before a rehearsal is forgotten; `--yes` answers in a script. Throws unless confirmed (exit 7). */
export async function confirmForgetting(options: GlobalOptions, io: CliIo): Promise<void> {
  await confirmByTyping({ answer: 'yes', question: 'Type "yes" to forget it: ' }, options, io);
}

/**
 * Asks whether the firewall shall admit this machine; Enter is yes, and so is `--yes`. Refused where
 * nobody can be asked.
 */
export async function confirmAdmission(
  question: string,
  options: GlobalOptions,
  io: CliIo,
): Promise<'add' | 'refuse'> {
  if (options.yes) return 'add';
  if (!canAsk(io)) return 'refuse';
  // Ctrl-D is no answer, so it is no yes.
  const answer = await askLine({ question: `${question} [Y/n] ` }, io);
  return answer !== undefined && /^(y|yes)?$/i.test(answer.trim()) ? 'add' : 'refuse';
}

async function confirmByTyping(
  { answer: wanted, question }: { answer: string; question: string },
  options: GlobalOptions,
  io: CliIo,
): Promise<void> {
  if (options.yes) return;
  if (!canAsk(io)) {
    throw new OxideError('this needs a confirmation, and there is no terminal to ask on', {
      hint: 'Add --yes to confirm.',
      exitCode: ExitCode.unconfirmed,
    });
  }
  const answer = await askLine({ question }, io);
  if (answer?.trim() === wanted) return;
  throw new OxideError('not confirmed, nothing was deleted', { exitCode: ExitCode.unconfirmed });
}
