import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '../../config/load.js';
import type { ClusterConfig } from '../../config/schema.js';
import { ExitCode } from '../../lib/errors.js';
import { writePrivateFile } from '../../lib/files.js';
import { quote } from '../../lib/shell.js';
import { demoWorkload } from '../demo-workload.js';
import type { CliIo, GlobalOptions } from '../io.js';
import { demandText } from '../no-document.js';
import { ownCommand, spellingOf } from '../own-command.js';
import { rehearsalFolder, sandboxFolder } from '../output-folder.js';
import { say } from '../say.js';
import { createCommand } from './create.js';
import { destroyCommand, type DestroyOptions } from './destroy.js';
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
  const config = await loadConfig(options.config);
  const { hcloud_ccm, hcloud_csi, metrics_server } = config.addons;
  // Pods get addresses and volumes.
  const works = hcloud_ccm.enabled && hcloud_csi.enabled;
  const scenes: Scene[] = [
    [ownCommand(rehearsed, 'create'), () => createCommand(rehearsed, io)],
    kubectlScene('get nodes', rehearsed, io),
    ...(works ? workloadScenes(rehearsed, io) : []),
    ...(metrics_server.enabled ? [kubectlScene('top nodes', rehearsed, io)] : []),
    [ownCommand(rehearsed, 'status'), () => statusCommand(rehearsed, io)],
    ...scaleScenes(config, rehearsed, io),
    destroyScene({ ...rehearsed, deleteVolumes: works, deleteLoadBalancers: works }, io),
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

function kubectlScene(words: string, options: GlobalOptions, io: CliIo): Scene {
  const command = ['kubectl', ...words.split(' ')];
  const typed = spellingOf(options).tool(`kubectl ${words}`);
  return [typed, () => sandboxRunCommand({ ...options, command }, io)];
}

/** Something that runs, keeps data and is published. */
function workloadScenes(options: GlobalOptions, io: CliIo): readonly Scene[] {
  const file = join(rehearsalFolder(options.output), 'web.yaml');
  const apply = async (): Promise<number> => {
    await writePrivateFile(file, demoWorkload);
    return sandboxRunCommand({ ...options, command: ['kubectl', 'apply', '-f', file] }, io);
  };
  return [
    [spellingOf(options).tool(`kubectl apply -f ${quote(file)}`), apply],
    kubectlScene('wait --for=condition=Available deployment/web --timeout=5m', options, io),
    kubectlScene(
      'wait --for=jsonpath={.status.loadBalancer.ingress} service/web --timeout=5m',
      options,
      io,
    ),
    kubectlScene('get services,persistentvolumeclaims,pods --selector app=web', options, io),
  ];
}

function destroyScene(options: DestroyOptions, io: CliIo): Scene {
  const flags = [
    ...(options.deleteVolumes ? ['--delete-volumes'] : []),
    ...(options.deleteLoadBalancers ? ['--delete-load-balancers'] : []),
  ];
  const typed = ownCommand(options, ['destroy', '--yes', ...flags].join(' '));
  return [typed, () => destroyCommand(options, io)];
}

/** One node more in the first pool of workers, and one less again. */
function scaleScenes(
  { workers: [pool] }: ClusterConfig,
  options: GlobalOptions,
  io: CliIo,
): readonly Scene[] {
  if (!pool) return [];
  return [pool.count + 1, pool.count].map((count): Scene => [
    ownCommand(options, `scale worker --pool ${pool.name} --count ${count} --yes`),
    () => scaleCommand({ ...options, role: 'worker', pool: pool.name, count }, io),
  ]);
}
