import { existsSync } from 'node:fs';
import { loadConfig } from '../../config/load.js';
import { ExitCode } from '../../lib/errors.js';
import type { CliIo, GlobalOptions } from '../io.js';
import { demandText } from '../no-document.js';
import { ownCommand, spellingOf } from '../own-command.js';
import { rehearsalFolder, sandboxFolder } from '../output-folder.js';
import { say } from '../say.js';
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
  demandText(options, 'sandbox demo', 'Each command that it shows takes --json.');
  if (existsSync(sandboxFolder(rehearsalFolder(options.output))))
    await sandboxResetCommand(options, io);
  const rehearsed = { ...options, sandbox: true, yes: true };
  const kubectl = ['kubectl', 'get', 'nodes'];
  const scenes: Scene[] = [
    [ownCommand(rehearsed, 'create'), () => createCommand(rehearsed, io)],
    [
      spellingOf(rehearsed).tool(kubectl.join(' ')),
      () => sandboxRunCommand({ ...rehearsed, command: kubectl }, io),
    ],
    [ownCommand(rehearsed, 'status'), () => statusCommand(rehearsed, io)],
    ...(await scaleScenes(rehearsed, io)),
    [ownCommand(rehearsed, 'destroy --yes'), () => destroyCommand(rehearsed, io)],
  ];
  for (const [typed, play] of scenes) {
    say(io, `\n$ ${typed}`);
    const exitCode = await play();
    if (exitCode !== ExitCode.done) return exitCode;
  }
  say(io, whatNext(options));
  return ExitCode.done;
}

/** The way on to a cluster of one's own: rehearsed, and then real. */
function whatNext(options: GlobalOptions): string {
  const isOwn = options.config === 'cluster.yaml';
  const own = isOwn ? options : { config: 'cluster.yaml', output: 'output' };
  const rows = [
    ...(isOwn ? [] : [['an example to adapt', ownCommand(own, 'init')]]),
    ['rehearse it', ownCommand({ ...own, sandbox: true }, 'create')],
    ['look around in it', ownCommand(own, 'sandbox shell')],
    ['plan and price of the real one, with HCLOUD_TOKEN set', ownCommand(own, 'create --dry-run')],
  ];
  const lines = rows.flatMap(([what = '', command = '']) => [`  ${command}`, `      ${what}`]);
  const end =
    "That was a cluster's whole life; only the image of its nodes is left, for the next one.";
  return ['', `${end} On to your own cluster.yaml:`, '', ...lines].join('\n');
}

/** One node more in the first pool of workers, and one less again. */
async function scaleScenes(options: GlobalOptions, io: CliIo): Promise<readonly Scene[]> {
  const [pool] = (await loadConfig(options.config)).workers;
  if (!pool) return [];
  return [pool.count + 1, pool.count].map((count): Scene => [
    ownCommand(options, `scale worker --pool ${pool.name} --count ${count} --yes`),
    () => scaleCommand({ ...options, role: 'worker', pool: pool.name, count }, io),
  ]);
}
