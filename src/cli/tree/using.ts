import { ExitCode } from '../../lib/errors.js';
import type { CommandSpec } from './spec.js';
import { cloudVariables } from './variables.js';

const status: CommandSpec = {
  name: 'status',
  group: 'use',
  summary: 'show what exists and how it is',
  options: [{ flags: '--watch', summary: 'look again every 5 seconds, until Ctrl-C' }],
  examples: [
    { call: 'status', what: 'servers, nodes, etcd, what is wrong, and what it costs' },
    { call: 'status --watch', what: 'the same, looked at again and again' },
    { call: 'status --json', what: 'for a script' },
  ],
  variables: cloudVariables,
  exits: {
    [ExitCode.done]: 'the cluster is healthy',
    [ExitCode.precondition]: 'there is no cluster, or no access to it',
    [ExitCode.partial]: 'the cluster is not healthy',
    [ExitCode.timeout]: 'this machine is too busy to tell',
  },
  load: async () => (await import('../commands/status.js')).statusCommand,
};

const kubeconfig: CommandSpec = {
  name: 'kubeconfig',
  group: 'use',
  summary: 'fetch the kubeconfig again',
  options: [
    {
      flags: '--merge',
      summary: 'also add it to your own kubeconfig (KUBECONFIG or ~/.kube/config)',
    },
    {
      flags: '--context <name>',
      summary: 'name of the context there; the name of the cluster unless given',
    },
  ],
  examples: [
    { call: 'kubeconfig', what: 'into the output folder' },
    { call: 'kubeconfig --merge', what: 'also into your own, of which a copy is kept' },
  ],
  variables: [...cloudVariables, 'KUBECONFIG'],
  exits: { [ExitCode.precondition]: true, [ExitCode.timeout]: true },
  load: async () => (await import('../commands/kubeconfig.js')).kubeconfigCommand,
};

const talosconfig: CommandSpec = {
  name: 'talosconfig',
  group: 'use',
  summary: 'make the talosconfig again',
  details: ['With a new client certificate, out of the secrets in the output folder.'],
  examples: [
    { call: 'talosconfig', what: 'into the output folder' },
    { call: '--output output/prod talosconfig', what: 'that of a cluster with another folder' },
  ],
  variables: cloudVariables,
  exits: { [ExitCode.precondition]: true },
  load: async () => (await import('../commands/talosconfig.js')).talosconfigCommand,
};

const allowMe: CommandSpec = {
  name: 'firewall allow-me',
  group: 'use',
  summary: 'let this machine reach the Kubernetes and the Talos API',
  details: [
    "Changes the rules for 6443 and 50000 of the cluster's firewall through the Hetzner API, so it works while you are locked out; all other rules stay as they are. Where cluster.yaml has hcloud.firewall.allowed_cidrs, what is added has rules of its own, which oxide create leaves alone.",
  ],
  options: [
    { flags: '--cidr <range...>', summary: 'these ranges or addresses instead of this machine' },
    {
      flags: '--replace',
      summary: 'only these: whom it or an own address admitted before goes',
    },
    {
      flags: '--dry-run',
      summary: 'show the change, and change nothing (exit 10: there is something to do)',
    },
  ],
  examples: [
    { call: 'firewall allow-me', what: 'this machine as well' },
    { call: 'firewall allow-me --replace', what: 'this machine, and no earlier own address' },
    { call: 'firewall allow-me --cidr 203.0.113.0/24', what: 'an office' },
  ],
  variables: cloudVariables,
  exits: {
    [ExitCode.precondition]: true,
    [ExitCode.refused]: true,
    [ExitCode.timeout]: true,
    [ExitCode.changes]: true,
  },
  load: async () => (await import('../commands/allow-me.js')).allowMeCommand,
};

/** What is done with a cluster, but for what changes its size. */
export const using: readonly CommandSpec[] = [status, kubeconfig, talosconfig, allowMe];
