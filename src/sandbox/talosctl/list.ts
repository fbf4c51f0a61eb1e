import {
  connect,
  connectionFlags,
  RpcError,
  type NodeFailure,
  type TalosClient,
} from './client.js';
import { CommandError, type CommandSpec } from './command.js';
import { table } from './table.js';

/** `talosctl list`: the short form, which is all that is simulated. */
export const list: CommandSpec = {
  name: 'list',
  aliases: ['ls'],
  usage: '[path]',
  args: { kind: 'range', min: 0, max: 1 },
  flags: [
    ...connectionFlags,
    { name: 'long', short: 'l', kind: 'bool' },
    { name: 'recurse', short: 'r', kind: 'bool' },
    { name: 'humanize', short: 'H', kind: 'bool' },
    { name: 'depth', short: 'd', kind: 'string' },
    { name: 'type', short: 't', kind: 'list' },
  ],
  async run(invocation) {
    const unsupported = ['long', 'recurse', 'humanize'].find((flag) => invocation.isSet(flag));
    const limits = [invocation.text('depth'), ...invocation.list('type')].join('');
    if (unsupported !== undefined || limits !== '') {
      throw new CommandError('the sandbox lists the names in a folder, without details');
    }
    const client = connect(invocation);
    const path = invocation.args[0] ?? '/';
    const rows: string[][] = [];
    const errors: NodeFailure[] = [];
    for (const node of client.nodes) {
      try {
        const { names } = await client.call('List', node, { path });
        rows.push(...names.map((name) => [node, name]));
      } catch (error) {
        if (!(error instanceof RpcError)) throw error;
        errors.push({ node, error });
      }
    }
    print(client, rows);
    if (errors.length > 0) throw new CommandError(failureOf(client, errors));
  },
};

function print(client: TalosClient, rows: readonly string[][]): void {
  const { invocation, nodes } = client;
  if (!client.asksEachNode) invocation.stdout += table([['NODE', 'NAME'], ...rows]);
  else if (nodes.length > 1) {
    invocation.stdout += rows.length > 0 ? table([['NODE', 'NAME'], ...rows]) : '';
  } else invocation.stdout += rows.map(([, name = '']) => `${name}\n`).join('');
}

/** A stream: its failures are listed without their nodes, unless the endpoint itself failed. */
function failureOf(client: TalosClient, errors: readonly NodeFailure[]): string {
  if (client.asksEachNode) return client.describe(errors);
  const own = errors.find(({ error }) => error.failure.atEndpoint);
  if (own) return `error streaming results: ${own.error.message}`;
  const count = errors.length === 1 ? '1 error' : `${errors.length} errors`;
  return `${count} occurred:\n${errors.map(({ error }) => ` ${error.message}`).join('\n')}`;
}
