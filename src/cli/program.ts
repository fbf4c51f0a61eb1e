import { Command, CommanderError, Option } from 'commander';
import { ExitCode, InterruptedError, OxideError } from '../lib/errors.js';
import { asFileError } from '../lib/file-errors.js';
import { visibleText } from '../lib/visible.js';
import { renderError } from '../ui/error.js';
import { renderJson } from '../ui/json.js';
import { selectColor } from '../ui/terminal.js';
import { createCommand, type CreateOptions } from './commands/create.js';
import { destroyCommand, type DestroyOptions } from './commands/destroy.js';
import { initCommand } from './commands/init.js';
import { kubeconfigCommand, type KubeconfigOptions } from './commands/kubeconfig.js';
import { referenceCommand, type ReferenceOptions } from './commands/reference.js';
import { statusCommand, type StatusOptions } from './commands/status.js';
import { talosconfigCommand } from './commands/talosconfig.js';
import { validateCommand } from './commands/validate.js';
import { addFirewall } from './firewall-program.js';
import type { CliIo, GlobalOptions } from './io.js';
import { addSandbox } from './sandbox-program.js';
import { addScale } from './scale-program.js';
import { addSecrets } from './secrets-program.js';
import { version } from './version.js';

type Run<O> = (options: O, io: CliIo) => Promise<ExitCode>;

/**
 * Runs oxide with these arguments (without `node` and the script) and returns its exit code.
 * The one place that catches: an OxideError is shown with its next step, all else is a bug.
 */
export async function runCli(args: readonly string[], io: CliIo): Promise<number> {
  let exitCode: number = ExitCode.done;
  const program = buildProgram(io, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) {
      return error.exitCode === 0 ? ExitCode.done : ExitCode.usage;
    }
    return showFailure(error, args, io);
  }
}

/** Says what went wrong, and what comes next. Returns the exit code that stands for it. */
export function showFailure(error: unknown, args: readonly string[], io: CliIo): ExitCode {
  const color = selectColor({ isTTY: io.stderr.isTTY, env: io.env });
  const verbose = args.includes('--verbose') || args.includes('-v');
  // An interrupt that surfaced as some other failure of the thing that it stopped is still one.
  const known = asFileError(error) ?? error;
  const shown =
    io.signal.aborted && !(known instanceof OxideError) ? new InterruptedError() : known;
  const exitCode = shown instanceof OxideError ? shown.exitCode : ExitCode.bug;
  io.stderr.write(`\n${renderError(shown, { color, verbose })}`);
  if (args.includes('--json')) {
    const { message, hint } = shown instanceof OxideError ? shown : { message: String(shown) };
    io.stdout.write(renderJson({ error: { message, hint: hint ?? null, exitCode } }));
  }
  return exitCode;
}

/** The command tree: names, options and help, nothing else. */
export function buildProgram(io: CliIo, done: (code: number) => void): Command {
  const program = new Command('oxide')
    .description('Talos Linux Kubernetes clusters on Hetzner Cloud, from one cluster.yaml')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .option('-c, --config <file>', 'the cluster to work on', 'cluster.yaml')
    .option('-o, --output <folder>', 'folder of the secrets and access files', 'output')
    .option('--sandbox', 'rehearse in a simulated cloud: no account, no token, no cost')
    .option('--json', 'print the result as one JSON document')
    .option('-y, --yes', 'answer every question with yes')
    .option('--break-lock', 'go on although another oxide seems to work on the cluster')
    .option('-v, --verbose', 'show every request and every tool call')
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
    .showHelpAfterError('(oxide --help shows the commands)')
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(visibleText(text)),
      getOutHelpWidth: () => io.stdout.columns ?? 80,
      getErrHelpWidth: () => io.stderr.columns ?? 80,
    })
    .addHelpText('after', exitCodeHelp);

  const command = <O extends object>(name: string, description: string, run: Run<O>): Command =>
    program
      .command(name)
      .description(description)
      .action(async (...received: unknown[]) => {
        const options = (received.at(-1) as Command).optsWithGlobals<O & GlobalOptions>();
        done(await run(options, io));
      });

  command<CreateOptions>('create', 'create the cluster, or finish a half-made one', createCommand)
    .option('--dry-run', 'show the plan and its price, and change nothing (exit 10: there is work)')
    .addHelpText('after', createHelp);
  command<StatusOptions>('status', 'show what exists and how it is', statusCommand).option(
    '--watch',
    'look again every 5 seconds, until Ctrl-C',
  );
  command<KubeconfigOptions>('kubeconfig', 'fetch the kubeconfig again', kubeconfigCommand)
    .option('--merge', 'also add it to your own kubeconfig (KUBECONFIG or ~/.kube/config)')
    .option('--context <name>', 'name of the context there; the name of the cluster unless given');
  command<GlobalOptions>('talosconfig', 'make the talosconfig again', talosconfigCommand);
  command<DestroyOptions>('destroy', 'delete everything of the cluster', destroyCommand)
    .option(
      '--dry-run',
      'show what would be deleted, and delete nothing (exit 10: there is something)',
    )
    .option('--delete-volumes', 'also the volumes of its PersistentVolumes, with their data')
    .option('--delete-load-balancers', 'also the load balancers that its Services made')
    .addHelpText('after', destroyHelp);
  addScale(program, io, done);
  addFirewall(program, io, done);
  addSecrets(program, io, done);
  command<GlobalOptions>('init', 'write an example cluster.yaml to start from', initCommand);
  command<GlobalOptions>('validate', 'check cluster.yaml without reaching out', validateCommand);
  command<ReferenceOptions>('reference', 'print the reference of cluster.yaml', referenceCommand)
    .addOption(
      new Option('--format <format>', 'what to print')
        .choices(['markdown', 'json-schema'])
        .default('markdown'),
    )
    .option('--write <file>', 'write it to a file instead');

  addSandbox(program, io, done);
  return program;
}

const createHelp = `
The same command finishes what an earlier run began: it makes what is missing, never makes a thing
twice and never deletes anything. It asks no question, unless hcloud.firewall.allowed_cidrs leaves
this machine out.

Examples:
  oxide create --dry-run       the plan and its price
  oxide create                 the cluster of ./cluster.yaml, access files in ./output
  oxide --sandbox create       the same rehearsed in a simulated cloud`;

const destroyHelp = `
Deletes what carries the labels of the cluster, and nothing else. Volumes and load balancers that the
cluster made for itself carry no such labels: they stay unless their option is given, and a load
balancer that holds the network stops the run before anything is deleted. Delete protection is
respected. Works without the output folder, without Kubernetes, and again after a run that broke off.
Before it starts, the name of the cluster has to be typed; --yes answers in a script.

Examples:
  oxide destroy --dry-run                          what would go, what would stay, and the prices
  oxide destroy --delete-volumes                   the cluster with all data in its volumes
  oxide destroy --yes --delete-load-balancers      in a script`;

const exitCodeHelp = `
Exit codes:
  0  done                          5  partly done, the same command resumes
  1  a bug in oxide                6  timed out, the same command resumes
  2  wrong usage or configuration  7  needs a confirmation (--yes)
  3  a tool, token or image is     10 --dry-run found something to do
     missing, or no access         130 interrupted
  4  Hetzner refused: capacity or account limit`;
