import { ExitCode } from '../../lib/errors.js';

/** What each exit code says, in a few words. */
export const exitMeanings: Readonly<Record<ExitCode, string>> = {
  [ExitCode.done]: 'done',
  [ExitCode.bug]: 'a bug in oxide',
  [ExitCode.usage]: 'wrong usage or configuration',
  [ExitCode.precondition]: 'a precondition is missing: tool, token, image, access',
  [ExitCode.refused]: 'Hetzner refused: capacity or account limit',
  [ExitCode.partial]: 'partly done; the same command resumes',
  [ExitCode.timeout]: 'timed out; the same command resumes',
  [ExitCode.unconfirmed]: 'needs a confirmation (--yes) or a passphrase',
  [ExitCode.changes]: '--dry-run found something to do',
  [ExitCode.interrupted]: 'interrupted',
};

/** Those that any command may end with. */
export const commonExits: readonly ExitCode[] = [
  ExitCode.done,
  ExitCode.bug,
  ExitCode.usage,
  ExitCode.interrupted,
];
