import { join } from 'node:path';
import { OxideError } from '../lib/errors.js';
import { ensurePrivateFolder, writePrivateFile } from '../lib/files.js';
import { ToolError, type Invocation } from '../tools/exec.js';

/** The folder, in the output folder, of what tools wrote that failed. */
export const transcriptsFolder = 'tool-output';

/**
 * Keeps all that a failed tool wrote, when the error shows only a part of it, and names the file in
 * the error. The next failure of the same call takes its place, so that these files do not pile up.
 */
export async function withTranscript(error: unknown, folder: string): Promise<unknown> {
  const failed = toolErrorOf(error);
  if (!(error instanceof OxideError) || !failed?.saidMoreThan(error.message)) return error;
  const path = join(folder, transcriptsFolder, fileName(failed.failure.invocation));
  try {
    await ensurePrivateFolder(join(folder, transcriptsFolder));
    await writePrivateFile(path, failed.transcript);
  } catch {
    // A full disk may be what the tool failed of. What is shown has to do.
    return error;
  }
  const message = `${error.message}\n  All that ${failed.failure.invocation.tool} wrote: ${path}`;
  const { hint, exitCode, errorCode } = error;
  return new OxideError(message, { hint, exitCode, errorCode, cause: failed });
}

function toolErrorOf(error: unknown): ToolError | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof ToolError) return cause;
  }
  return undefined;
}

/** `kubectl-drain-demo-web-3.txt`: the words of the call, without flags, files and addresses. */
function fileName({ tool, args }: Invocation): string {
  const words = args.filter(
    (arg, i) => /^[a-z][a-z0-9-]*$/.test(arg) && !/^--[^=]+$/.test(args[i - 1] ?? ''),
  );
  return `${[tool, ...words].join('-').slice(0, 100)}.txt`;
}
