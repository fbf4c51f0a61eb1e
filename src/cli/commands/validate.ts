import { loadConfig } from '../../config/load.js';
import { ExitCode } from '../../lib/errors.js';
import type { CliIo, GlobalOptions } from '../io.js';

/** `oxide validate`: everything that can be known of cluster.yaml without reaching out. */
export async function validateCommand(options: GlobalOptions, io: CliIo): Promise<ExitCode> {
  const config = await loadConfig(options.config);
  if (options.json)
    io.stdout.write(`${JSON.stringify({ valid: true, cluster: config.cluster_name })}\n`);
  else io.stderr.write(`${options.config} is valid.\n`);
  return ExitCode.done;
}
