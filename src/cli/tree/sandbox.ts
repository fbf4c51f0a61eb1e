import { ExitCode } from '../../lib/errors.js';
import type { CommandSpec } from './spec.js';

const rehearsal = {
  group: 'rehearse',
  variables: ['OXIDE_SANDBOX_SPEED'],
  exits: { [ExitCode.precondition]: true },
} as const;

const demo: CommandSpec = {
  ...rehearsal,
  name: 'sandbox demo',
  summary: 'play the life of the cluster in it: create to destroy',
  details: ['Forgets what was rehearsed before in this output folder, after asking.'],
  examples: [
    { call: 'sandbox demo', what: 'that of ./cluster.yaml' },
    {
      call: '--output output/demo sandbox demo',
      what: 'without touching a rehearsal in ./output',
    },
  ],
  exits: { ...rehearsal.exits, [ExitCode.unconfirmed]: true },
  load: async () => (await import('../commands/demo.js')).sandboxDemoCommand,
};

const shell: CommandSpec = {
  ...rehearsal,
  name: 'sandbox shell',
  summary: 'open a shell in which all tools work on the rehearsal',
  examples: [
    { call: 'sandbox shell', what: 'kubectl, talosctl, helm and hcloud lead to it' },
    { call: '--config staging.yaml sandbox shell', what: 'that of another cluster' },
  ],
  variables: ['OXIDE_SANDBOX_SPEED', 'SHELL'],
  load: async () => (await import('../commands/sandbox-shell.js')).sandboxShellCommand,
};

const run: CommandSpec = {
  ...rehearsal,
  name: 'sandbox run',
  summary: 'run one tool in it, such as kubectl',
  details: ['Ends with the exit code of the tool.'],
  arguments: [
    {
      name: '<tool...>',
      key: 'command',
      summary: 'kubectl, talosctl, helm or hcloud with its arguments, after --',
    },
  ],
  examples: [
    { call: 'sandbox run -- kubectl get nodes', what: 'the nodes' },
    { call: 'sandbox run -- helm list --all-namespaces', what: 'what is installed' },
  ],
  load: async () => (await import('../commands/sandbox-run.js')).sandboxRunCommand,
};

const serve: CommandSpec = {
  ...rehearsal,
  name: 'sandbox serve',
  summary: 'keep it running for other tools, until Ctrl-C',
  examples: [
    { call: 'sandbox serve', what: 'with the lines that lead another shell to it' },
    { call: '--output output/demo sandbox serve', what: 'the one of another folder' },
  ],
  load: async () => (await import('../commands/sandbox-serve.js')).sandboxServeCommand,
};

const env: CommandSpec = {
  ...rehearsal,
  name: 'sandbox env',
  summary: 'lead a shell to one that is kept running',
  examples: [
    { call: 'sandbox env', what: 'lines for eval "$(oxide sandbox env)"' },
    { call: '--output output/demo sandbox env', what: 'to the one of another folder' },
  ],
  load: async () => (await import('../commands/sandbox-shell.js')).sandboxEnvCommand,
};

const reset: CommandSpec = {
  ...rehearsal,
  name: 'sandbox reset',
  summary: 'forget what was rehearsed',
  details: ['Asks first when it holds anything; --yes answers in a script.'],
  examples: [
    { call: 'sandbox reset', what: 'the rehearsal of ./output' },
    { call: 'sandbox reset --yes', what: 'in a script' },
  ],
  exits: { ...rehearsal.exits, [ExitCode.unconfirmed]: true },
  load: async () => (await import('../commands/sandbox-reset.js')).sandboxResetCommand,
};

/** What looks into a simulated cloud. */
export const rehearsing: readonly CommandSpec[] = [demo, shell, run, serve, env, reset];
