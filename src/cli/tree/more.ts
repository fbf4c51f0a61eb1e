import type { CommandSpec } from './spec.js';

const reference: CommandSpec = {
  name: 'reference',
  group: 'more',
  summary: 'print the reference of cluster.yaml',
  options: [
    {
      flags: '--format <format>',
      summary: 'what to print',
      choices: ['markdown', 'json-schema'],
      fallback: 'markdown',
    },
    { flags: '--write <file>', summary: 'write it to a file instead', completes: 'file' },
  ],
  examples: [
    { call: 'reference', what: 'every key, for people' },
    { call: 'reference --format json-schema --write cluster.schema.json', what: 'for editors' },
  ],
  exits: {},
  load: async () => (await import('../commands/reference.js')).referenceCommand,
};

/** What helps to use oxide. */
export const more: readonly CommandSpec[] = [reference];
