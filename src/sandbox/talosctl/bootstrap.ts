import { connect, connectionFlags, RpcError } from './client.js';
import { CommandError, type CommandSpec } from './command.js';
import { readText } from './files.js';

/** `talosctl bootstrap` */
export const bootstrap: CommandSpec = {
  name: 'bootstrap',
  flags: [
    ...connectionFlags,
    { name: 'recover-from', kind: 'string' },
    { name: 'recover-skip-hash-check', kind: 'bool' },
  ],
  async run(invocation) {
    const client = connect(invocation);
    const node = client.oneNode('bootstrap');
    const snapshot = invocation.text('recover-from');
    if (snapshot !== '') readText(invocation, snapshot);
    try {
      await client.call('Bootstrap', node, { recover: snapshot !== '' });
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      const text = client.asksEachNode ? error.message : client.describe([{ node, error }]);
      throw new CommandError(`error executing bootstrap: ${text}`);
    }
  },
};
