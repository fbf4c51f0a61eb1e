import { connect, connectInsecurely, connectionFlags, RpcError } from './client.js';
import { CommandError, type CommandSpec } from './command.js';
import { readText } from './files.js';
import { patchText } from './patches.js';

/** `talosctl apply-config` */
export const applyConfig: CommandSpec = {
  name: 'apply-config',
  aliases: ['apply'],
  args: { kind: 'range', min: 0, max: 1 },
  flags: [
    ...connectionFlags,
    { name: 'file', short: 'f', kind: 'string' },
    { name: 'insecure', short: 'i', kind: 'bool' },
    { name: 'dry-run', kind: 'bool' },
    { name: 'cert-fingerprint', kind: 'list' },
    { name: 'config-patch', short: 'p', kind: 'repeated' },
    { name: 'timeout', kind: 'duration', default: '1m' },
    {
      name: 'mode',
      short: 'm',
      kind: 'string',
      default: 'auto',
      choices: ['auto', 'no-reboot', 'reboot', 'staged', 'try'],
    },
  ],
  async run(invocation) {
    if (invocation.args.length > 0) throw new CommandError('expected no positional arguments');
    const file = invocation.text('file');
    if (file === '') throw new CommandError('no filename supplied for configuration');
    const text = readText(invocation, file);
    if (text === '') throw new CommandError('no configuration data read');
    const patches = invocation.list('config-patch');
    const config = patches.length > 0 ? patchText(invocation, text, patches) : text;
    const client = invocation.isSet('insecure')
      ? connectInsecurely(invocation)
      : connect(invocation);
    for (const node of client.nodes) {
      try {
        const { warnings, details } = await client.call('ApplyConfiguration', node, {
          config,
          mode: invocation.text('mode'),
          dryRun: invocation.isSet('dry-run'),
        });
        for (const warning of warnings) invocation.printError(`WARNING: ${warning}`);
        if (details !== '') invocation.printError(details);
      } catch (error) {
        if (!(error instanceof RpcError)) throw error;
        throw new CommandError(`error applying new configuration: ${error.message}`);
      }
    }
  },
};
