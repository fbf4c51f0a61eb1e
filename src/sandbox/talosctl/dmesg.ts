import { connect, connectionFlags } from './client.js';
import type { CommandSpec } from './command.js';

/** `talosctl dmesg` */
export const dmesg: CommandSpec = {
  name: 'dmesg',
  flags: [
    ...connectionFlags,
    { name: 'follow', short: 'f', kind: 'bool' },
    { name: 'tail', kind: 'bool' },
  ],
  async run(invocation) {
    const client = connect(invocation);
    const answers = await client.callAll('Dmesg', {}, 'error getting dmesg');
    for (const { node, result } of answers) {
      for (const line of result.lines) invocation.print(`${node}: ${line}`);
    }
  },
};
