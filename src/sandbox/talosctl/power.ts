import type { TalosMethods } from '../talos/protocol.js';
import { connect, connectionFlags, RpcError, type TalosClient } from './client.js';
import {
  CommandError,
  type CommandInvocation,
  type CommandSpec,
  type FlagSpec,
} from './command.js';

const trackingFlags: readonly FlagSpec[] = [
  { name: 'wait', kind: 'bool', default: true },
  { name: 'debug', kind: 'bool' },
  { name: 'timeout', kind: 'duration', default: '30m' },
];

/** `talosctl reset`; it returns when the node's services have stopped, not when it is off. */
export const reset: CommandSpec = {
  name: 'reset',
  flags: [
    ...connectionFlags,
    { name: 'graceful', kind: 'bool', default: true },
    { name: 'reboot', kind: 'bool' },
    { name: 'insecure', kind: 'bool' },
    {
      name: 'wipe-mode',
      kind: 'string',
      default: 'all',
      choices: ['all', 'system-disk', 'user-disks'],
    },
    { name: 'user-disks-to-wipe', kind: 'list' },
    { name: 'system-labels-to-wipe', kind: 'list' },
    ...trackingFlags,
  ],
  run: (invocation) => {
    if (invocation.isSet('wait') && invocation.isSet('insecure')) {
      throw new CommandError('cannot use --wait and --insecure together');
    }
    return act(invocation, 'Reset', {
      graceful: invocation.isSet('graceful'),
      reboot: invocation.isSet('reboot'),
      wipeMode: invocation.text('wipe-mode') as 'all' | 'system-disk' | 'user-disks',
      systemLabelsToWipe: invocation.list('system-labels-to-wipe'),
    });
  },
};

/** `talosctl reboot` */
export const reboot: CommandSpec = {
  name: 'reboot',
  flags: [
    ...connectionFlags,
    { name: 'progress', kind: 'string', default: 'auto', choices: ['auto', 'plain'] },
    {
      name: 'mode',
      short: 'm',
      kind: 'string',
      default: 'default',
      choices: ['default', 'powercycle', 'force'],
    },
    { name: 'drain', kind: 'bool' },
    { name: 'drain-timeout', kind: 'duration', default: '5m' },
    ...trackingFlags,
  ],
  run: (invocation) => act(invocation, 'Reboot', {}),
};

/** `talosctl shutdown` */
export const shutdown: CommandSpec = {
  name: 'shutdown',
  flags: [...connectionFlags, { name: 'force', kind: 'bool' }, ...trackingFlags],
  run: (invocation) => act(invocation, 'Shutdown', {}),
};

async function act<M extends 'Reboot' | 'Reset' | 'Shutdown'>(
  invocation: CommandInvocation,
  method: M,
  parameters: TalosMethods[M]['parameters'],
): Promise<void> {
  const client = connect(invocation);
  const isTracked = invocation.isSet('wait') || invocation.isSet('debug');
  if (isTracked) await warnOfOlderServers(client);
  for (const node of client.nodes) {
    const report = (message: string): void => {
      if (isTracked) invocation.printError(`"${node}": ${message}`);
    };
    report('waiting for actor ID');
    try {
      const { actor } = await client.call(method, node, parameters);
      report(`actor ID: ${actor}`);
      report('events check condition met');
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      if (!isTracked) {
        throw new CommandError(`error executing ${method.toLowerCase()}: ${error.message}`);
      }
      report(error.message);
      throw new CommandError(error.message, true);
    }
  }
}

async function warnOfOlderServers(client: TalosClient): Promise<void> {
  const { io } = client.invocation;
  for (const node of client.nodes) {
    try {
      const { tag } = await client.call('Version', node, {});
      if (isOlder(tag, io.version)) {
        const versions = `server version ${bare(tag)} is older than client version ${bare(io.version)}`;
        client.invocation.printError(`WARNING: ${node}: ${versions}`);
      }
    } catch (error) {
      // The real tool asks only for this warning and goes on without an answer.
      if (!(error instanceof RpcError)) throw error;
    }
  }
}

function bare(version: string): string {
  return version.replace(/^v/, '');
}

function isOlder(a: string, b: string): boolean {
  const [left, right] = [a, b].map((version) => bare(version).split(/[.-]/).map(Number));
  for (let index = 0; index < 3; index++) {
    const difference = (left?.[index] ?? 0) - (right?.[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
