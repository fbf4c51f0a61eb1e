/**
 * What went wrong, for machines: with `--json` an error has one of these codes. A code never changes
 * its meaning; new ones may come. docs/json.md lists them.
 */
export const errorCodes = {
  bug: 'a bug in oxide',
  usage: 'the command line, or a value that it names, is not understood',
  'config.missing': 'there is no cluster.yaml where it was looked for',
  'config.unreadable': 'cluster.yaml cannot be read, or is no text in UTF-8',
  'config.foreign': "cluster.yaml is another tool's file",
  'config.invalid': 'cluster.yaml is wrong; `problems` has every place',
  precondition: 'something is missing that none of the other codes names',
  'token.missing': 'no API token was found, or what was found is none',
  'token.refused': 'Hetzner does not accept the token, or it has too few rights',
  'tool.missing': 'talosctl, kubectl or helm is missing, or of a version that does not fit',
  'tool.failed': 'talosctl, kubectl or helm ended with an error',
  'file.refused': 'the system refuses a file or a folder: rights, or a full disk',
  'lock.held': 'another oxide is at work in the folder or on the cluster',
  'secrets.missing': 'the cluster exists, and its secrets are not in the output folder',
  'secrets.foreign': "the secrets of the output folder are another cluster's",
  'cluster.missing': 'the cluster does not exist in this project',
  'cluster.unreachable': 'Kubernetes or Talos does not answer',
  'access.refused': 'the firewall of the cluster keeps this machine out',
  'hetzner.capacity': 'Hetzner has no capacity for what was ordered',
  'hetzner.limit': 'a limit of the Hetzner account is reached',
  'hetzner.unreachable': "Hetzner's API cannot be reached",
  'hetzner.failed': 'Hetzner refused or failed for another reason',
  refused: 'Hetzner cannot do what was asked for',
  partial: 'it was not done to the end; the same command goes on',
  timeout: 'something did not happen in time; the same command goes on',
  unconfirmed: 'a confirmation or a passphrase was not given',
  interrupted: 'Ctrl-C, or a signal',
} as const;

export type ErrorCode = keyof typeof errorCodes;
