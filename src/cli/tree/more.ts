import { completionScripts } from '../completion-scripts.js';
import type { CommandSpec } from './spec.js';

const reference: CommandSpec = {
  name: 'reference',
  quick: true,
  group: 'more',
  summary: 'print the reference of cluster.yaml, and of what --json prints',
  options: [
    {
      flags: '--format <format>',
      summary: 'what to print',
      choices: ['markdown', 'json-schema', 'documents', 'documents-schema', 'addons'],
      fallback: 'markdown',
    },
    { flags: '--write <file>', summary: 'write it to a file instead', completes: 'file' },
  ],
  examples: [
    { call: 'reference', what: 'every key, for people' },
    { call: 'reference --format documents-schema', what: 'for programs that read --json' },
    { call: 'reference --format json-schema --write cluster.schema.json', what: 'for editors' },
  ],
  exits: {},
  load: async () => (await import('../commands/reference.js')).referenceCommand,
};

const completion: CommandSpec = {
  name: 'completion',
  quick: true,
  group: 'more',
  summary: 'make a shell complete calls of oxide',
  details: [
    'Commands, options, files, and the pools and nodes of the cluster.yaml at hand. The line for your shell goes into its own file: ~/.bashrc, ~/.zshrc (after compinit), ~/.config/fish/config.fish.',
  ],
  arguments: [
    {
      name: '<shell>',
      key: 'shell',
      summary: 'whose words to print',
      choices: Object.keys(completionScripts),
    },
  ],
  examples: [
    { call: 'completion bash', what: 'for a line such as eval "$(oxide completion bash)"' },
    { call: 'completion fish', what: 'for: oxide completion fish | source' },
  ],
  exits: {},
  load: async () => (await import('../commands/completion.js')).completionCommand,
};

/** What helps to use oxide. */
export const more: readonly CommandSpec[] = [reference, completion];
