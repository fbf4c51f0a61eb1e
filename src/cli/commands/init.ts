import { copyFile, constants } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { ExitCode, UsageError } from '../../lib/errors.js';
import type { CliIo, GlobalOptions } from '../io.js';

const example = fileURLToPath(new URL('../../../cluster.example.yaml', import.meta.url));

/** `oxide init`: an example cluster.yaml, never over an existing one. */
export async function initCommand({ config }: GlobalOptions, io: CliIo): Promise<ExitCode> {
  try {
    await copyFile(example, config, constants.COPYFILE_EXCL);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') {
      throw new UsageError(`${config} exists already`, 'Name another file with --config.');
    }
    throw error;
  }
  io.stderr.write(`Wrote ${config}. Rehearse it: oxide --sandbox create\n`);
  return ExitCode.done;
}
