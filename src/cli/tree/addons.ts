import { ExitCode } from '../../lib/errors.js';
import type { CommandSpec } from './spec.js';
import { cloudVariables } from './variables.js';

const list: CommandSpec = {
  name: 'addons list',
  group: 'use',
  summary: 'show what is installed in Kubernetes, and whether it works',
  details: [
    'With the versions that are there and those that cluster.yaml wants. What cluster.yaml does not ask for and is there all the same is named, and stays. oxide addons alone is the same.',
  ],
  examples: [
    { call: 'addons list', what: 'which there are, and why one does not work' },
    { call: 'addons list --json', what: 'for a script' },
  ],
  variables: cloudVariables,
  exits: {
    [ExitCode.done]: 'all that cluster.yaml asks for works',
    [ExitCode.precondition]: true,
    [ExitCode.partial]: 'one of them does not work, or is not there',
  },
  alone: true,
  load: async () => (await import('../commands/addons.js')).addonsListCommand,
};

const apply: CommandSpec = {
  name: 'addons apply',
  group: 'use',
  summary: 'install, upgrade and repair what cluster.yaml asks for',
  details: [
    'Those that are missing, that have another version or other values, and those that do not work; with names only these, and these in any case. The plan comes first. What somebody changed by hand is set back. With another token for the cluster, the controllers get it and are restarted.',
  ],
  arguments: [
    {
      name: '[name...]',
      key: 'names',
      summary: 'of addons, as oxide addons shows them',
      completes: 'addon',
    },
  ],
  options: [
    {
      flags: '--dry-run',
      summary: 'show the plan, and change nothing (exit 10: there is work)',
    },
  ],
  examples: [
    { call: 'addons apply', what: 'all that differs or does not work' },
    { call: 'addons apply --dry-run', what: 'what that would be' },
    { call: 'addons apply cert-manager', what: 'this one, also when nothing is wrong with it' },
  ],
  variables: [...cloudVariables, 'HCLOUD_CLUSTER_TOKEN', 'CLOUDFLARE_API_TOKEN'],
  exits: {
    [ExitCode.precondition]: true,
    [ExitCode.partial]: 'one of them does not work; the same command tries again',
    [ExitCode.timeout]: true,
    [ExitCode.changes]: true,
  },
  load: async () => (await import('../commands/addons.js')).addonsApplyCommand,
};

const remove: CommandSpec = {
  name: 'addons remove',
  group: 'use',
  summary: 'take one of them out of the cluster',
  details: [
    'Shows what stays: definitions, volumes, load balancers, and what they cost. Before it goes, "yes" has to be typed (--yes in a script). Switch it off in cluster.yaml as well, or the next create installs it again.',
  ],
  arguments: [
    {
      name: '<name>',
      key: 'name',
      summary: 'of the addon, as oxide addons shows it',
      completes: 'addon',
    },
  ],
  options: [
    {
      flags: '--dry-run',
      summary: 'show what would go and what would stay (exit 10: there is something)',
    },
  ],
  examples: [
    { call: 'addons remove traefik', what: 'after a question' },
    { call: 'addons remove hcloud-csi --dry-run', what: 'which volumes would stay' },
  ],
  variables: cloudVariables,
  exits: {
    [ExitCode.precondition]: true,
    [ExitCode.unconfirmed]: true,
    [ExitCode.changes]: true,
  },
  load: async () => (await import('../commands/addons.js')).addonsRemoveCommand,
};

/** What is installed in Kubernetes. */
export const addons: readonly CommandSpec[] = [list, apply, remove];
