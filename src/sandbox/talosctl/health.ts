import { connect, connectionFlags } from './client.js';
import { CommandError, type CommandSpec } from './command.js';

/** `talosctl health`, the server-side check only: it looks once and does not wait. */
export const health: CommandSpec = {
  name: 'health',
  flags: [
    ...connectionFlags,
    { name: 'init-node', kind: 'string' },
    { name: 'control-plane-nodes', kind: 'list' },
    { name: 'worker-nodes', kind: 'list' },
    { name: 'wait-timeout', kind: 'duration', default: '20m' },
    { name: 'k8s-endpoint', kind: 'string' },
    { name: 'server', kind: 'bool', default: true },
    { name: 'run-e2e', kind: 'bool' },
  ],
  async run(invocation) {
    const client = connect(invocation);
    const node = client.oneNode('health');
    const { nodes, checks } = await client.call('Health', node, {
      controlPlaneNodes: invocation.list('control-plane-nodes'),
      workerNodes: invocation.list('worker-nodes'),
    });
    const list = nodes.map((address) => `"${address}"`).join(' ');
    invocation.printError(`discovered nodes: [${list}]`);
    for (const { name, outcome, detail = '' } of checks) {
      invocation.printError(`waiting for ${name}: ...`);
      if (outcome !== 'FAIL') {
        invocation.printError(`waiting for ${name}: ${outcome}`);
        continue;
      }
      invocation.printError(`waiting for ${name}: ${detail}`);
      throw new CommandError(
        'healthcheck error: rpc error: code = DeadlineExceeded desc = context deadline exceeded',
      );
    }
  },
};
