import { normalize, resolve } from 'node:path';
import { loadConfig } from '../../config/load.js';
import { ExitCode, PreconditionError, UsageError } from '../../lib/errors.js';
import { plural } from '../../lib/format.js';
import { ClusterFiles } from '../../steps/run/context.js';
import { createToolRunner, ToolError } from '../../tools/exec.js';
import { confirmForgetting } from '../confirm.js';
import type { CliIo, GlobalOptions } from '../io.js';
import { checkOutputFolder, sandboxFolder } from '../output-folder.js';
import { closing, type Surroundings } from '../world.js';

const runTimeoutMs = 600_000;

/** `oxide sandbox serve`: keeps the simulated cloud running until Ctrl-C. */
export function sandboxServeCommand(options: GlobalOptions, io: CliIo): Promise<ExitCode> {
  return inSandbox(options, io, async (world, files) => {
    const { writeShims } = await import('../sandbox-shims.js');
    const folder = await writeShims(resolve(sandboxFolder(files.folder)), world);
    io.stdout.write(`export PATH="${folder}:$PATH"\n`);
    for (const [name, value] of Object.entries(accessTo(world, files))) {
      io.stdout.write(`export ${name}="${value}"\n`);
    }
    io.stderr.write(
      '\nThe sandbox runs. Paste these lines into another shell; Ctrl-C here ends it.\n',
    );
    await aborted(AbortSignal.any([io.signal, world.failed]));
    world.failed.throwIfAborted();
    return ExitCode.done;
  });
}

/** `oxide sandbox run kubectl get nodes`: one call of a tool inside of the simulated cloud. */
export function sandboxRunCommand(
  options: GlobalOptions & { readonly command: readonly string[] },
  io: CliIo,
): Promise<ExitCode> {
  const [tool, ...args] = options.command;
  if (tool !== 'kubectl' && tool !== 'talosctl' && tool !== 'helm') {
    throw new UsageError(
      `"${tool ?? ''}" is no tool of the sandbox`,
      'It runs kubectl, talosctl and helm.',
    );
  }
  return inSandbox(options, io, async (world, files) => {
    const { commands, toolEnvironment, clock } = world;
    const env = { ...toolEnvironment, ...accessTo(world, files) };
    const signal = AbortSignal.any([io.signal, world.failed]);
    const run = createToolRunner({ commands, env, clock, signal });
    try {
      const { stdout, stderr } = await run({ tool, args, timeoutMs: runTimeoutMs });
      io.stdout.write(stdout);
      io.stderr.write(stderr);
      return ExitCode.done;
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
      io.stdout.write(error.failure.stdout);
      io.stderr.write(error.failure.stderr);
      return error.exitCode;
    }
  });
}

/** `oxide sandbox reset`: forgets the simulated cloud of an output folder, after asking. */
export async function sandboxResetCommand(options: GlobalOptions, io: CliIo): Promise<ExitCode> {
  const { forgetSandbox, lookAtSandbox } = await import('../../sandbox/kept-sandbox.js');
  const folder = sandboxFolder(options.output);
  const { running, resources } = lookAtSandbox(folder);
  if (!running && resources !== 0) {
    const what = resources === undefined ? 'not readable' : plural(resources, 'resource');
    io.stderr.write(`The sandbox in ${folder} holds a rehearsal: ${what}.\n`);
    await confirmForgetting(options, io);
  }
  if (!forgetSandbox(folder)) {
    throw new PreconditionError(`the sandbox in ${folder} is running`, 'End that process first.');
  }
  io.stderr.write(`Forgot the sandbox in ${folder}.\n`);
  return ExitCode.done;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((end) => {
    const done = (): void => {
      end();
    };
    signal.addEventListener('abort', done, { once: true });
    if (signal.aborted) done();
  });
}

async function inSandbox(
  options: GlobalOptions,
  io: CliIo,
  use: (world: Surroundings, files: ClusterFiles) => Promise<ExitCode>,
): Promise<ExitCode> {
  const { openSandboxWorld } = await import('../sandbox-world.js');
  const config = await loadConfig(options.config);
  const files = new ClusterFiles(normalize(options.output));
  checkOutputFolder(files.folder);
  const world = await openSandboxWorld({ config, files, io });
  return closing(world, () => use(world, files));
}

/** What leads a tool to the sandbox's cluster. */
function accessTo(world: Surroundings, files: ClusterFiles): Record<string, string> {
  const own = Object.entries(world.toolEnvironment).filter(([name]) =>
    /^(OXIDE_|HELM_|KUBECACHEDIR$)/.test(name),
  );
  return {
    ...Object.fromEntries(own),
    KUBECONFIG: resolve(files.kubeconfig),
    TALOSCONFIG: resolve(files.talosconfig),
  };
}
