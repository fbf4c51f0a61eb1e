import type { Command } from 'commander';
import type { ExitCode } from '../lib/errors.js';
import { secretsExportCommand, secretsImportCommand } from './commands/secrets.js';
import type { CliIo, GlobalOptions } from './io.js';
import type { PassphraseOptions } from './passphrase.js';

/** Adds `oxide secrets export` and `oxide secrets import` to the command tree. */
export function addSecrets(program: Command, io: CliIo, done: (code: ExitCode) => void): void {
  const secrets = program
    .command('secrets')
    .description('keep an encrypted copy of what makes the cluster, and bring it back');
  const passphraseFile = [
    '--passphrase-file <file>',
    'its first line is the passphrase; - is stdin',
  ] as const;
  secrets
    .command('export')
    .description('encrypt secrets.yaml, the talosconfig and the SSH key into one file')
    .argument('[file]', 'where to; <cluster>-secrets.age unless given, never over another file')
    .option(...passphraseFile)
    .addHelpText('after', exportHelp)
    .action(async (file: string | undefined, _options: unknown, self: Command) => {
      done(await secretsExportCommand({ ...optionsOf(self), file }, io));
    });
  secrets
    .command('import')
    .description('bring them back into the output folder')
    .argument('<file>', 'an encrypted copy')
    .option(...passphraseFile)
    .addHelpText('after', importHelp)
    .action(async (file: string, _options: unknown, self: Command) => {
      done(await secretsImportCommand({ ...optionsOf(self), file }, io));
    });
}

function optionsOf(command: Command): GlobalOptions & PassphraseOptions {
  return command.optsWithGlobals<GlobalOptions & PassphraseOptions>();
}

const exportHelp = `
The file is encrypted with a passphrase, which is asked for; a script gives it with --passphrase-file
or in OXIDE_PASSPHRASE. It is an age file (https://age-encryption.org) with a tar archive in it, so
that it can be opened without oxide: age -d FILE | tar x
Needs no token, and reaches out to nobody.

Examples:
  oxide secrets export                            demo-secrets.age for the cluster "demo"
  oxide secrets export /media/usb/demo.age        somewhere safe`;

const importHelp = `
Nothing that exists is replaced. With a token, the copy is compared with the cluster at Hetzner before
anything is written, and one of another cluster is refused; without a token it is imported as it is.

Examples:
  oxide secrets import demo-secrets.age
  oxide --output output/prod secrets import prod-secrets.age`;
