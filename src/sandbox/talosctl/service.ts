import type { ServiceInfo } from '../talos/protocol.js';
import { connect, connectionFlags } from './client.js';
import { CommandError, type CommandSpec } from './command.js';
import { aligned, table } from './table.js';

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
        result.services.map(({ id, state, health, events }) => {
          const last = events.at(-1);
          const age = last ? ago(last.age) : '';
          return [node, id, state, health, `${age} ago`, last?.message ?? '<none>'];
        }),
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
  const { id, state, health, healthMessage, events } = info;
  const newestFirst = [...events].reverse();
  return aligned(
    [
      `NODE\t${node}`,
      `ID\t${id}`,
      `STATE\t${state}`,
      `HEALTH\t${health}`,
      ...(healthMessage === '' ? [] : [`LAST HEALTH MESSAGE\t${healthMessage}`]),
      ...newestFirst.map((event, index) => {
        const label = index === 0 ? 'EVENTS' : '';
        return `${label}\t[${event.state}]: ${event.message} (${ago(event.age)} ago)`;
      }),
      '',
    ].join('\n'),
  );
}

/** `1h2m3s`, as Go prints durations. */
function ago(seconds: number): string {
  const hours = Math.floor(seconds / 3_600);
  const minutes = Math.floor((seconds % 3_600) / 60);
  const parts = [hours > 0 ? `${hours}h` : '', hours + minutes > 0 ? `${minutes}m` : ''];
  return `${parts.join('')}${seconds % 60}s`;
}
