import { existsSync } from 'node:fs';
import { loadConfig } from '../../config/load.js';
import { ExitCode } from '../../lib/errors.js';
import type { CliIo, GlobalOptions } from '../io.js';
import { sandboxFolder } from '../output-folder.js';
import { createCommand } from './create.js';
import { destroyCommand } from './destroy.js';
import { sandboxResetCommand } from './sandbox-reset.js';
import { sandboxRunCommand } from './sandbox-run.js';
import { scaleCommand } from './scale.js';
import { statusCommand } from './status.js';

/** A line of the demonstration: what is typed, and what that does. */
type Scene = readonly [typed: string, play: () => Promise<number>];

/** `oxide sandbox demo`: the whole life of a cluster in a fresh sandbox, from create to destroy. */
export async function sandboxDemoCommand(options: GlobalOptions, io: CliIo): Promise<number> {
  if (existsSync(sandboxFolder(options.output))) await sandboxResetCommand(options, io);
  const rehearsed = { ...options, sandbox: true, yes: true };
  const kubectl = ['kubectl', 'get', 'nodes', '--output', 'wide'];
  const scenes: Scene[] = [
    ['oxide --sandbox create', () => createCommand(rehearsed, io)],
    [kubectl.join(' '), () => sandboxRunCommand({ ...rehearsed, command: kubectl }, io)],
    ['oxide --sandbox status', () => statusCommand(rehearsed, io)],
    ...(await scaleScenes(rehearsed, io)),
    ['oxide --sandbox destroy --yes', () => destroyCommand(rehearsed, io)],
  ];
  for (const [typed, play] of scenes) {
    io.stderr.write(`\n$ ${typed}\n`);
    const exitCode = await play();
    if (exitCode !== ExitCode.done) return exitCode;
  }
  return ExitCode.done;
}

/** One node more in the first pool of workers, and one less again. */
async function scaleScenes(options: GlobalOptions, io: CliIo): Promise<readonly Scene[]> {
  const [pool] = (await loadConfig(options.config)).workers;
  if (!pool) return [];
  return [pool.count + 1, pool.count].map((count): Scene => [
    `oxide --sandbox scale worker --pool ${pool.name} --count ${count} --yes`,
    () => scaleCommand({ ...options, role: 'worker', pool: pool.name, count }, io),
  ]);
}
