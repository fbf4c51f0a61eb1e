import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ExitCode, UsageError } from '../../lib/errors.js';
import { asFileError, isCode } from '../../lib/file-errors.js';
import { renderJson } from '../../ui/json.js';
import type { CliIo, GlobalOptions } from '../io.js';
import { ownCommand } from '../own-command.js';
import { packageFile } from '../package-file.js';
import { say } from '../say.js';

/** `oxide init`: an example cluster.yaml, never over an existing one. */
export async function initCommand(options: GlobalOptions, io: CliIo): Promise<ExitCode> {
  const { config, json } = options;
  if (config === '') throw new UsageError('--config names no file', 'Name the file to write.');
  try {
    await mkdir(dirname(config), { recursive: true });
    await writeFile(config, packageFile('cluster.example.yaml'), { flag: 'wx' });
  } catch (error) {
    if (isCode(error, 'EEXIST') && existsSync(config)) {
      throw new UsageError(`${config} exists already`, 'Name another file with --config.');
    }
    const elsewhere = 'another file with --config';
    throw asFileError(error, { verb: 'write', path: config, elsewhere }) ?? error;
  }
  const rehearsal = ownCommand({ ...options, sandbox: true }, 'create');
  say(io, `Wrote ${config}. Rehearse it: ${rehearsal}`);
  if (json) io.stdout.write(renderJson({ file: config }));
  return ExitCode.done;
}
