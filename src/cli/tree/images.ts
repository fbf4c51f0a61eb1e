import { ExitCode } from '../../lib/errors.js';
import type { CommandSpec, OptionSpec } from './spec.js';
import { cloudVariables } from './variables.js';

const keepFor: OptionSpec = {
  flags: '--keep-for <file...>',
  summary: 'also the cluster.yaml of other clusters in the project: what they ask for stays',
  completes: 'file',
};

const list: CommandSpec = {
  name: 'image list',
  group: 'keep',
  summary: 'show the Talos snapshots of the project, and who needs them',
  details: [
    'Those with the label os=talos, whoever made them. USED BY names the pools whose servers were made of one, and the clusters whose cluster.yaml would make servers of it now.',
  ],
  options: [keepFor],
  examples: [
    { call: 'image list', what: 'with size, age and price' },
    { call: 'image list --json', what: 'for a script' },
  ],
  variables: cloudVariables,
  exits: { [ExitCode.precondition]: true },
  load: async () => (await import('../commands/image.js')).imageListCommand,
};

const build: CommandSpec = {
  name: 'image build',
  group: 'keep',
  summary: 'make the Talos snapshots that cluster.yaml asks for',
  details: [
    'On a temporary server, which costs a cent or two and is removed whatever happens. oxide create and oxide scale do this by themselves. Where a snapshot does already, nothing is made.',
  ],
  options: [
    { flags: '--arch <name>', summary: 'only this architecture', choices: ['x86', 'arm'] },
    { flags: '--location <name>', summary: 'where the temporary server stands' },
    {
      flags: '--type <name>',
      summary: 'its server type; the cheapest that can be had unless given',
    },
    { flags: '--force', summary: 'also when there is one that does' },
    { flags: '--verify', summary: 'compare with a second download, on this machine' },
  ],
  examples: [
    { call: 'image build', what: 'for all pools' },
    { call: 'image build --arch arm --location hel1', what: 'one, in another place' },
  ],
  variables: [...cloudVariables, 'OXIDE_IMAGE_FACTORY'],
  exits: {
    [ExitCode.precondition]: true,
    [ExitCode.refused]: true,
    [ExitCode.partial]: 'it was not made; nothing is left of it, and the same command begins anew',
    [ExitCode.timeout]: true,
  },
  load: async () => (await import('../commands/image-build.js')).imageBuildCommand,
};

const stays =
  'What a server of the project came from, what cluster.yaml asks for, and what is protected from deletion stays. Before anything goes, "yes" has to be typed (--yes in a script).';

const remove: CommandSpec = {
  name: 'image delete',
  group: 'keep',
  summary: 'delete Talos snapshots that nobody needs',
  details: [stays],
  arguments: [{ name: '<id...>', key: 'ids', summary: 'of the snapshots, as the list shows them' }],
  options: [keepFor],
  examples: [
    { call: 'image delete 123456789', what: 'this one, if nobody needs it' },
    { call: 'image delete 123456789 123456790 --yes', what: 'two, in a script' },
  ],
  variables: cloudVariables,
  exits: {
    [ExitCode.precondition]: 'one of them is needed, or there is no access; nothing was deleted',
    [ExitCode.partial]: 'one of them is still there',
    [ExitCode.unconfirmed]: true,
  },
  load: async () => (await import('../commands/image.js')).imageDeleteCommand,
};

const prune: CommandSpec = {
  name: 'image prune',
  group: 'keep',
  summary: 'delete all Talos snapshots that nobody needs, and what killed builds left',
  details: [
    stays,
    'With them goes what builds of images left that were killed: a server, a firewall, an SSH key, an unfinished snapshot. What an oxide is at work with stays.',
    'A project is often shared: name the cluster.yaml of clusters that have no servers yet with --keep-for.',
  ],
  options: [
    keepFor,
    {
      flags: '--dry-run',
      summary: 'show what would be deleted, and delete nothing (exit 10: there is something)',
    },
  ],
  examples: [
    { call: 'image prune --dry-run', what: 'what would go, and what stays for which reason' },
    { call: 'image prune --keep-for ../staging/cluster.yaml', what: 'but what staging needs' },
  ],
  variables: cloudVariables,
  exits: {
    [ExitCode.precondition]: true,
    [ExitCode.partial]: 'one of them is still there',
    [ExitCode.unconfirmed]: true,
    [ExitCode.changes]: true,
  },
  load: async () => (await import('../commands/image.js')).imagePruneCommand,
};

/** The Talos snapshots of a project. */
export const images: readonly CommandSpec[] = [build, list, remove, prune];
