import { messageOf } from '../../lib/errors.js';
import { applyConfig } from './apply-config.js';
import { bootstrap } from './bootstrap.js';
import { CommandError, CommandInvocation, type CommandSpec } from './command.js';
import { config } from './config-commands.js';
import { dmesg } from './dmesg.js';
import { etcd } from './etcd-commands.js';
import { gen } from './gen.js';
import { get } from './get.js';
import { health } from './health.js';
import type { TalosctlIo } from './io.js';
import { kubeconfig } from './kubeconfig.js';
import { list } from './list.js';
import { machineconfig } from './machineconfig.js';
import { findCommand, parseCommand } from './parse.js';
import { reboot, reset, shutdown } from './power.js';
import { service } from './service.js';
import { usageOf } from './usage.js';
import { validate } from './validate.js';
import { version } from './version.js';

const root: CommandSpec = {
  name: 'talosctl',
  subcommands: [
    applyConfig,
    bootstrap,
    config,
    dmesg,
    etcd,
    gen,
    get,
    health,
    kubeconfig,
    list,
    machineconfig,
    reboot,
    reset,
    service,
    shutdown,
    validate,
    version,
  ],
};

export interface TalosctlResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line of the stand-in talosctl in this process. */
export async function runTalosctl(
  argv: readonly string[],
  io: TalosctlIo,
): Promise<TalosctlResult> {
  let invocation = new CommandInvocation(io, [], new Map());
  try {
    const { command, path, args, values, wantsHelp } = parseCommand(root, argv);
    invocation = new CommandInvocation(io, args, values);
    if (command.run && !wantsHelp) await command.run(invocation);
    else invocation.print(usageOf(root, command, path));
    return { exitCode: 0, stdout: invocation.stdout, stderr: invocation.stderr };
  } catch (error) {
    const stderr = invocation.stderr + (isSilent(error) ? '' : errorText(argv, messageOf(error)));
    return { exitCode: 1, stdout: invocation.stdout, stderr };
  }
}

function isSilent(error: unknown): boolean {
  return error instanceof CommandError && error.isSilent;
}

/** talosctl appends its usage to what looks like a mistake in the command line. */
function errorText(argv: readonly string[], message: string): string {
  if (!/arg\(s\)|flag|command/.test(message)) return `${message}\n`;
  return `${message}\n\n${usageFor(argv)}\n`;
}

function usageFor(argv: readonly string[]): string {
  try {
    const { command, path } = findCommand(root, argv);
    return usageOf(root, command, path);
  } catch {
    return usageOf(root, root, root.name);
  }
}
