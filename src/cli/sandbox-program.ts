import type { Command } from 'commander';
import { sandboxDemoCommand } from './commands/demo.js';
import { sandboxResetCommand } from './commands/sandbox-reset.js';
import { sandboxRunCommand } from './commands/sandbox-run.js';
import { sandboxServeCommand } from './commands/sandbox-serve.js';
import { sandboxEnvCommand, sandboxShellCommand } from './commands/sandbox-shell.js';
import type { CliIo, GlobalOptions } from './io.js';

type Run = (options: GlobalOptions, io: CliIo) => Promise<number>;

const commands: readonly (readonly [name: string, description: string, run: Run])[] = [
  ['serve', 'keep it running, for kubectl, talosctl and helm, until Ctrl-C', sandboxServeCommand],
  ['env', 'lead a shell to one that runs: eval "$(oxide sandbox env)"', sandboxEnvCommand],
  ['shell', 'open a shell in which all tools work on it', sandboxShellCommand],
  ['demo', 'play the life of the cluster in a fresh one: create to destroy', sandboxDemoCommand],
  ['reset', 'forget it', sandboxResetCommand],
];

/** Adds `sandbox serve`, `env`, `shell`, `run`, `demo` and `reset`. */
export function addSandbox(program: Command, io: CliIo, done: (code: number) => void): void {
  const sandbox = program.command('sandbox').description('look into the simulated cloud');
  for (const [name, description, run] of commands) {
    sandbox
      .command(name)
      .description(description)
      .action(async (_options: unknown, self: Command) => {
        done(await run(self.optsWithGlobals<GlobalOptions>(), io));
      });
  }
  sandbox
    .command('run')
    .description('run one tool in it: oxide sandbox run -- kubectl get nodes')
    .argument('<tool...>', 'kubectl, talosctl or helm with its arguments, after --')
    .action(async (command: string[], _options: unknown, self: Command) => {
      done(await sandboxRunCommand({ ...self.optsWithGlobals<GlobalOptions>(), command }, io));
    });
}
