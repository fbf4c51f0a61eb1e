import { ExitCode } from '../../lib/errors.js';
import type { CommandSpec, OptionSpec } from './spec.js';

const passphraseFile: OptionSpec = {
  flags: '--passphrase-file <file>',
  summary: 'its first line is the passphrase; - is stdin',
  completes: 'file',
};

const exportSecrets: CommandSpec = {
  name: 'secrets export',
  group: 'keep',
  summary: 'encrypt the secrets into one file, to keep as a copy',
  details: [
    'secrets.yaml, the talosconfig and the SSH key. The file is encrypted with a passphrase, which is asked for; a script gives it with --passphrase-file or in OXIDE_PASSPHRASE. It is an age file (https://age-encryption.org) with a tar archive in it, so that it can be opened without oxide: age -d FILE | tar x',
    'Needs no token, and reaches out to nobody.',
  ],
  arguments: [
    {
      name: '[file]',
      key: 'file',
      summary: 'where to; <cluster>-secrets.age unless given, never over another file',
      completes: 'file',
    },
  ],
  options: [passphraseFile],
  examples: [
    { call: 'secrets export', what: 'demo-secrets.age for the cluster "demo"' },
    { call: 'secrets export /media/usb/demo.age', what: 'somewhere safe' },
  ],
  variables: ['OXIDE_PASSPHRASE'],
  exits: { [ExitCode.precondition]: true, [ExitCode.unconfirmed]: true },
  load: async () => (await import('../commands/secrets.js')).secretsExportCommand,
};

const importSecrets: CommandSpec = {
  name: 'secrets import',
  group: 'keep',
  summary: 'bring such a copy back into the output folder',
  details: [
    'Nothing that exists is replaced. With a token, the copy is compared with the cluster at Hetzner before anything is written, and one of another cluster is refused; without a token it is imported as it is.',
  ],
  arguments: [{ name: '<file>', key: 'file', summary: 'an encrypted copy', completes: 'file' }],
  options: [passphraseFile],
  examples: [
    { call: 'secrets import demo-secrets.age', what: 'into ./output' },
    {
      call: '--output output/prod secrets import prod-secrets.age',
      what: 'that of another cluster',
    },
  ],
  variables: ['OXIDE_PASSPHRASE', 'HCLOUD_TOKEN', 'HCLOUD_CONTEXT', 'HCLOUD_CONFIG'],
  exits: { [ExitCode.precondition]: true, [ExitCode.unconfirmed]: true },
  load: async () => (await import('../commands/secrets.js')).secretsImportCommand,
};

/** What keeps a cluster's secrets safe. */
export const keeping: readonly CommandSpec[] = [exportSecrets, importSecrets];
