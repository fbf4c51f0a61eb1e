import { minorOf } from '../talos/machine-config/versions.js';
import { connect, connectionFlags, RpcError } from './client.js';
import { CommandError, type CommandInvocation, type CommandSpec } from './command.js';
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
    const errors: string[] = [];
    for (const node of client.nodes) {
      try {
        const { names } = await client.call('List', node, { path });
        rows.push(...names.map((name) => [node, name]));
      } catch (error) {
        if (!(error instanceof RpcError)) throw error;
        errors.push(errorOf(invocation, node, error));
      }
    }
    print(invocation, rows, client.nodes.length);
    if (errors.length > 0) throw new CommandError(joined(invocation, errors));
  },
};

/** Since 1.14 each node is called by itself; before, one endpoint answered for all of them. */
function asksEachNode({ io }: CommandInvocation): boolean {
  return minorOf(io.version) >= 14;
}

function print(invocation: CommandInvocation, rows: readonly string[][], nodes: number): void {
  if (!asksEachNode(invocation)) {
    invocation.stdout += table([['NODE', 'NAME'], ...rows]);
  } else if (nodes > 1) {
    invocation.stdout += rows.length > 0 ? table([['NODE', 'NAME'], ...rows]) : '';
  } else invocation.stdout += rows.map(([, name = '']) => `${name}\n`).join('');
}

function errorOf(
  invocation: CommandInvocation,
  node: string,
  { failure, message }: RpcError,
): string {
  if (asksEachNode(invocation)) return `error from node ${node}: ${message}`;
  if (failure.code === 'Unavailable') throw new CommandError(`error streaming results: ${message}`);
  return message;
}

function joined(invocation: CommandInvocation, errors: readonly string[]): string {
  if (asksEachNode(invocation)) return errors.join('\n');
  const count = errors.length === 1 ? '1 error' : `${errors.length} errors`;
  return `${count} occurred:\n${errors.map((error) => ` ${error}`).join('\n')}`;
}
