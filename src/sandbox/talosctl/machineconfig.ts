import type { CommandSpec } from './command.js';
import { readText, writeText } from './files.js';
import { patchText } from './patches.js';

/** `talosctl machineconfig patch` */
export const machineconfig: CommandSpec = {
  name: 'machineconfig',
  aliases: ['mc'],
  subcommands: [
    {
      name: 'patch',
      usage: '<machineconfig-file>',
      args: { kind: 'exact', count: 1 },
      flags: [
        { name: 'patch', short: 'p', kind: 'repeated' },
        { name: 'output', short: 'o', kind: 'string' },
      ],
      run(invocation) {
        const [file = ''] = invocation.args;
        const text = readText(invocation, file);
        const data = patchText(invocation, text, invocation.list('patch'));
        const output = invocation.text('output');
        if (output === '') invocation.print(data);
        else writeText(invocation, output, { data, mode: 0o644 });
      },
    },
  ],
};
