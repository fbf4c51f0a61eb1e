import { oxide } from '../lib/commands.js';
import { PreconditionError } from '../lib/errors.js';

/** What went wrong with the results; nothing when their reader went away (`oxide status | head`). */
export function lostOutput(error: NodeJS.ErrnoException): PreconditionError | undefined {
  if (error.code === 'EPIPE') return undefined;
  return new PreconditionError(
    `cannot write the result to stdout (${error.code ?? error.message})`,
    `What the command did is done. Make room, or let its output go elsewhere; ${oxide`status`} shows the cluster.`,
  );
}
