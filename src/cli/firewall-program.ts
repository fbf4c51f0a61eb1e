import { InvalidArgumentError, type Command } from 'commander';
import { canonicalSource } from '../cluster/network/cidr.js';
import { messageOf, type ExitCode } from '../lib/errors.js';
import { allowMeCommand, type AllowMeOptions } from './commands/allow-me.js';
import type { CliIo } from './io.js';

/** Adds `oxide firewall allow-me` to the command tree. */
export function addFirewall(program: Command, io: CliIo, done: (code: ExitCode) => void): void {
  program
    .command('firewall')
    .description("change who may reach the cluster's APIs")
    .command('allow-me')
    .description('let this machine reach the Kubernetes and the Talos API')
    .option('--cidr <range...>', 'these ranges or addresses instead of this machine', collectRanges)
    .option('--replace', 'only these: whom it or an own address admitted before goes')
    .option('--dry-run', 'show the change, and change nothing (exit 10: there is something to do)')
    .addHelpText('after', help)
    .action(async (_options: unknown, self: Command) => {
      done(await allowMeCommand(self.optsWithGlobals<AllowMeOptions>(), io));
    });
}

function collectRanges(text: string, before: readonly string[] = []): readonly string[] {
  try {
    return [...before, canonicalSource(text)];
  } catch (error) {
    throw new InvalidArgumentError(messageOf(error));
  }
}

const help = `
Changes the rules for 6443 and 50000 of the cluster's firewall through the Hetzner API, so it works
while you are locked out; all other rules stay as they are. Where cluster.yaml has
hcloud.firewall.allowed_cidrs, what is added has rules of its own, which oxide create leaves alone.

Examples:
  oxide firewall allow-me                          this machine as well
  oxide firewall allow-me --replace                this machine, and no earlier own address
  oxide firewall allow-me --cidr 203.0.113.0/24    an office`;
