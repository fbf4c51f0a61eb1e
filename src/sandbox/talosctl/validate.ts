import { decodeConfig } from '../talos/machine-config/decode.js';
import { validateConfig, type RuntimeMode } from '../talos/machine-config/validate.js';
import { CommandError, type CommandSpec } from './command.js';
import { readText } from './files.js';

const modes: readonly string[] = ['metal', 'cloud', 'container'];

/** `talosctl validate` */
export const validate: CommandSpec = {
  name: 'validate',
  flags: [
    { name: 'config', short: 'c', kind: 'string' },
    { name: 'mode', short: 'm', kind: 'string', required: true },
    { name: 'strict', kind: 'bool' },
  ],
  run(invocation) {
    const file = invocation.text('config');
    const talosVersion = invocation.io.version;
    const config = decodeConfig(readText(invocation, file), talosVersion);
    const mode = invocation.text('mode');
    if (!modes.includes(mode)) throw new CommandError(`unknown runtime mode: "${mode}"`);
    const strict = invocation.isSet('strict');
    const { warnings, error } = validateConfig(config, mode as RuntimeMode, {
      strict,
      talosVersion,
    });
    for (const warning of warnings) invocation.printError(`WARNING: ${warning}`);
    if (error !== undefined) throw new CommandError(error);
    invocation.print(`${file} is valid for ${mode} mode`);
  },
};
