import type { OptionSpec } from './spec.js';

/** Options that every command takes, before or after its name. */
export const globalOptions: readonly OptionSpec[] = [
  {
    flags: '-c, --config <file>',
    summary: 'the cluster to work on',
    fallback: 'cluster.yaml',
    completes: 'file',
  },
  {
    flags: '-o, --output <folder>',
    summary: 'folder of the secrets and access files',
    fallback: 'output',
    completes: 'folder',
  },
  {
    flags: '--sandbox',
    summary: 'rehearse in a simulated cloud: no account, no token, no cost',
  },
  { flags: '--json', summary: 'print the result, or the error, as one JSON document' },
  {
    flags: '--progress <form>',
    summary: 'how progress is told on stderr: json is one event a line',
    choices: ['text', 'json'],
    fallback: 'text',
  },
  { flags: '-y, --yes', summary: 'answer every question with yes' },
  {
    flags: '--break-lock',
    summary: 'go on although another oxide seems to work on the cluster',
  },
  { flags: '-v, --verbose', summary: 'show every request and every tool call' },
];

export const versionFlags = ['-V', '--version'] as const;
export const helpFlags = ['-h', '--help'] as const;
