import { ExitCode } from '../../lib/errors.js';
import { durationOption, parseNodeCount, parseSurge, parseUnavailable } from '../duration.js';
import { drainTimeout, dryRun, makingExits, makingVariables, noBuild } from './node-options.js';
import type { CommandSpec } from './spec.js';
import { cloudVariables } from './variables.js';

/** More nodes, or fewer. */
export const scale: CommandSpec = {
  name: 'scale',
  group: 'use',
  summary: 'bring a pool to another number of nodes',
  details: [
    'Nodes that go are drained within their PodDisruptionBudgets, leave etcd, and only then are deleted; before the first of them, "yes" has to be typed (--yes in a script). A drain that does not end in time is taken back: exit 6, and nothing of that node was deleted. etcd never loses its quorum, also not with --force. The same command goes on from wherever an earlier run stopped.',
  ],
  arguments: [
    {
      name: '<role>',
      key: 'role',
      summary: 'of the pool',
      choices: ['worker', 'control-plane'],
    },
  ],
  options: [
    {
      flags: '--count <number>',
      summary: 'how many nodes the pool shall have',
      required: true,
      parse: parseNodeCount,
    },
    {
      flags: '--pool <name>',
      summary: 'which pool, when the role has several',
      completes: 'pool',
    },
    {
      flags: '--node <name...>',
      summary: 'which nodes go; otherwise those not Ready, then the newest',
      completes: 'node',
    },
    drainTimeout,
    {
      flags: '--force',
      summary: 'remove nodes without draining and resetting them: for dead ones',
    },
    noBuild,
    dryRun,
    { flags: '--write', summary: 'also change the count in cluster.yaml' },
  ],
  examples: [
    { call: 'scale worker --count 5', what: 'five workers' },
    {
      call: 'scale worker --count 2 --dry-run',
      what: 'which nodes and pods would go, and the price',
    },
    { call: 'scale worker --count 4 --node demo-web-2', what: 'this one goes' },
    {
      call: 'scale control-plane --count 3 --write',
      what: 'three control planes, also in cluster.yaml',
    },
  ],
  variables: makingVariables,
  exits: makingExits,
  load: async () => (await import('../commands/scale.js')).scaleCommand,
};

/** The same nodes, made anew. */
export const replace: CommandSpec = {
  name: 'replace',
  group: 'use',
  summary: 'make nodes anew, with the same names and addresses',
  details: [
    'Each node is drained, leaves etcd and is deleted as with a scale down, and is then made again from the present snapshot and configuration: dead control planes first, then workers, then control planes one at a time, that with the address of the cluster last. etcd is backed up first and never loses its quorum, also not with --force. Before the first node goes, "yes" has to be typed (--yes in a script). The same command goes on from wherever an earlier run stopped, and does nothing twice.',
    'With --pool it is the nodes that differ in what only new ones get: server type, location, placement, image, patches, labels, taints. One at a time; of workers a new one, with the next free number, is Ready before an old one goes, unless the account allows no server more. Control planes are made anew in their places.',
  ],
  arguments: [
    {
      name: '[node...]',
      key: 'nodes',
      summary: 'which nodes, by their names',
      completes: 'node',
    },
  ],
  options: [
    {
      flags: '--pool <name>',
      summary: 'in place of nodes: those of this pool that are not as cluster.yaml has them',
      completes: 'pool',
    },
    { flags: '--all', summary: 'with --pool: all of its nodes, each in its place' },
    {
      flags: '--surge <number>',
      summary:
        'with --pool: 1: a new worker is Ready before an old one goes; 0: not; 1 unless given',
      parse: parseSurge,
    },
    {
      flags: '--max-unavailable <number>',
      summary: 'with --pool: so many workers at the same time, each in its place',
      parse: parseUnavailable,
    },
    drainTimeout,
    {
      flags: '--force',
      summary: 'take nodes out without draining and resetting them: for dead ones',
    },
    noBuild,
    dryRun,
  ],
  examples: [
    { call: 'replace demo-web-2', what: 'a new server in the place of this one' },
    { call: 'replace demo-cp-1 --force', what: 'a control plane that is dead' },
    { call: 'replace --pool web', what: 'a pool after its server_type was changed' },
  ],
  variables: makingVariables,
  exits: makingExits,
  load: async () => (await import('../commands/replace.js')).replaceCommand,
};

/** Nodes that died. */
export const repair: CommandSpec = {
  name: 'repair',
  group: 'use',
  summary: 'find dead nodes and make them anew',
  details: [
    'A node is dead when its server is gone or off, or when it is not Ready for longer than --after while its Talos does not answer. What cannot be told is left alone and named: without an answer of Kubernetes nothing is dead, and more than half of the nodes silent at once are a broken network. At most one control plane and a third of a pool (but one node) are made anew in one run, as "oxide replace --force" does it; the rest is left for the next one.',
    'Before the first node goes, "yes" has to be typed (--yes in a script). The same command goes on from wherever an earlier run stopped.',
  ],
  options: [
    {
      flags: '--after <time>',
      summary: 'how long a node has to be not Ready; 5m unless given',
      parse: durationOption,
    },
    noBuild,
    dryRun,
  ],
  examples: [
    { call: 'repair --dry-run', what: 'what is dead, why, and what would be done' },
    { call: 'repair --yes --json', what: 'in a script, again and again' },
  ],
  variables: makingVariables,
  exits: makingExits,
  load: async () => (await import('../commands/repair.js')).repairCommand,
};

/** The end of a cluster. */
export const destroy: CommandSpec = {
  name: 'destroy',
  group: 'end',
  summary: 'delete everything of the cluster',
  details: [
    'Deletes what carries the labels of the cluster, and nothing else. Volumes and load balancers that the cluster made for itself carry no such labels: they stay unless their option is given, and a load balancer that holds the network stops the run before anything is deleted. Delete protection is respected. Works without the output folder, without Kubernetes, and again after a run that broke off.',
    'Before it starts, the name of the cluster has to be typed; --yes answers in a script.',
  ],
  options: [
    {
      flags: '--dry-run',
      summary: 'show what would be deleted, and delete nothing (exit 10: there is something)',
    },
    {
      flags: '--delete-volumes',
      summary: 'also the volumes of its PersistentVolumes, with their data',
    },
    {
      flags: '--delete-load-balancers',
      summary: 'also the load balancers that its Services made',
    },
  ],
  examples: [
    { call: 'destroy --dry-run', what: 'what would go, what would stay, and the prices' },
    { call: 'destroy --delete-volumes', what: 'the cluster with all data in its volumes' },
    { call: 'destroy --yes --delete-load-balancers', what: 'in a script' },
  ],
  variables: cloudVariables,
  exits: {
    [ExitCode.precondition]: true,
    [ExitCode.partial]: 'something is left; the same command goes on',
    [ExitCode.timeout]: true,
    [ExitCode.unconfirmed]: true,
    [ExitCode.changes]: true,
  },
  load: async () => (await import('../commands/destroy.js')).destroyCommand,
};
