import type { ServiceInfo } from '../talos/protocol.js';
import { connect, connectionFlags } from './client.js';
import { CommandError, type CommandSpec } from './command.js';
import { table } from './table.js';

/** `talosctl service`: shows services; starting and stopping them is not simulated. */
export const service: CommandSpec = {
  name: 'service',
  aliases: ['services'],
  usage: '[<id> [start|stop|restart|status]]',
  args: { kind: 'range', min: 0, max: 2 },
  flags: connectionFlags,
  async run(invocation) {
    const [id, action = 'status'] = invocation.args;
    if (action !== 'status') throw new CommandError(`unsupported service action: "${action}"`);
    const client = connect(invocation);
    const answers = await client.callAll('Services', {}, 'error listing services');
    if (id === undefined) {
      const rows = answers.flatMap(({ node, result }) =>
        result.services.map((info) => [
          node,
          info.id,
          info.state,
          info.health,
          `${ago(info.age)} ago`,
          info.lastEvent,
        ]),
      );
      const heads = ['NODE', 'SERVICE', 'STATE', 'HEALTH', 'LAST CHANGE', 'LAST EVENT'];
      invocation.stdout += table([heads, ...rows]);
      return;
    }
    const found = answers.flatMap(({ node, result }) => {
      const info = result.services.find((candidate) => candidate.id === id);
      return info ? [{ node, info }] : [];
    });
    if (found.length === 0) {
      throw new CommandError(`service "${id}" is not registered on any nodes`);
    }
    for (const { node, info } of found) invocation.stdout += details(node, info);
  },
};

function details(node: string, info: ServiceInfo): string {
  return table([
    ['NODE', node],
    ['ID', info.id],
    ['STATE', info.state],
    ['HEALTH', info.health],
    ['EVENTS', `[${info.state}]: ${info.lastEvent} (${ago(info.age)} ago)`],
  ]);
}

/** `1h2m3s`, as Go prints durations. */
function ago(seconds: number): string {
  const hours = Math.floor(seconds / 3_600);
  const minutes = Math.floor((seconds % 3_600) / 60);
  const parts = [hours > 0 ? `${hours}h` : '', hours + minutes > 0 ? `${minutes}m` : ''];
  return `${parts.join('')}${seconds % 60}s`;
}
