import { Argument, type Command } from 'commander';
import type { Role } from '../cluster/state/cluster-state.js';
import type { ExitCode } from '../lib/errors.js';
import { scaleCommand, type ScaleCommandOptions } from './commands/scale.js';
import { durationOption, parseNodeCount } from './duration.js';
import type { CliIo } from './io.js';

/** Adds `oxide scale` to the command tree. */
export function addScale(program: Command, io: CliIo, done: (code: ExitCode) => void): void {
  program
    .command('scale')
    .description('bring a pool to another number of nodes')
    .addArgument(new Argument('<role>', 'of the pool').choices(['worker', 'control-plane']))
    .requiredOption('--count <number>', 'how many nodes the pool shall have', parseNodeCount)
    .option('--pool <name>', 'which pool, when the role has several')
    .option('--node <name...>', 'which nodes go; otherwise those not Ready, then the newest')
    .option(
      '--timeout <time>',
      'how long the pods of a node may take to go; timeouts.drain of cluster.yaml unless given',
      durationOption,
    )
    .option('--force', 'remove nodes without draining and resetting them: for dead ones')
    .option('--dry-run', 'show the plan and its price, and change nothing (exit 10: there is work)')
    .option('--write', 'also change the count in cluster.yaml')
    .addHelpText('after', help)
    .action(async (role: Role, _options: unknown, self: Command) => {
      const options = self.optsWithGlobals<Omit<ScaleCommandOptions, 'role'>>();
      done(await scaleCommand({ ...options, role }, io));
    });
}

const help = `
Nodes that go are drained within their PodDisruptionBudgets, leave etcd, and only then are deleted;
before the first of them, "yes" has to be typed (--yes in a script). A drain that does not end in
time is taken back: exit 6, and nothing of that node was deleted. etcd never loses its quorum, also
not with --force. The same command goes on from wherever an earlier run stopped.

Examples:
  oxide scale worker --count 5                     five workers
  oxide scale worker --count 2 --dry-run           which nodes and pods would go, and the price
  oxide scale worker --count 4 --node demo-web-2   this one goes
  oxide scale control-plane --count 3 --write      three control planes, also in cluster.yaml`;
