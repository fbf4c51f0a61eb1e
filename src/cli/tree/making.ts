import { dryRun, makingExits, makingVariables, noBuild } from './node-options.js';
import type { CommandSpec } from './spec.js';

const init: CommandSpec = {
  name: 'init',
  quick: true,
  group: 'make',
  summary: 'write an example cluster.yaml to start from',
  details: ['Never over a file that exists. --config names another file.'],
  examples: [
    { call: 'init', what: 'cluster.yaml in this folder' },
    { call: '--config staging.yaml init', what: 'a second cluster beside it' },
  ],
  exits: {},
  load: async () => (await import('../commands/init.js')).initCommand,
};

const validate: CommandSpec = {
  name: 'validate',
  quick: true,
  group: 'make',
  summary: 'check cluster.yaml without reaching out',
  details: [
    'All problems at once, each with its line. With talosctl on the PATH the machine configurations are made and checked as well; with --sandbox the stand-in does that.',
  ],
  examples: [
    { call: 'validate', what: './cluster.yaml and its patches' },
    { call: '--config staging.yaml validate --json', what: 'another file, as a document' },
  ],
  exits: {},
  load: async () => (await import('../commands/validate.js')).validateCommand,
};

const create: CommandSpec = {
  name: 'create',
  group: 'make',
  summary: 'create the cluster, or finish a half-made one',
  details: [
    'The same command finishes what an earlier run began: it makes what is missing, never makes a thing twice and never deletes anything. It asks no question, unless hcloud.firewall.allowed_cidrs leaves this machine out.',
  ],
  options: [noBuild, dryRun],
  examples: [
    { call: 'create --dry-run', what: 'the plan and its price' },
    { call: 'create', what: 'the cluster of ./cluster.yaml, access files in ./output' },
    { call: '--sandbox create', what: 'the same rehearsed in a simulated cloud' },
  ],
  variables: [
    ...makingVariables,
    'HCLOUD_CLUSTER_TOKEN',
    'CLOUDFLARE_API_TOKEN',
    'OXIDE_CHARTS',
    'OXIDE_GATEWAY_API',
  ],
  exits: makingExits,
  load: async () => (await import('../commands/create.js')).createCommand,
};

/** The way to a cluster. */
export const making: readonly CommandSpec[] = [init, validate, create];
