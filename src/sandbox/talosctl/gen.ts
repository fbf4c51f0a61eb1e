import type { CommandSpec } from './command.js';
import { genConfig } from './gen-config.js';
import { genSecrets } from './gen-secrets.js';

/** `talosctl gen …` */
export const gen: CommandSpec = {
  name: 'gen',
  flags: [{ name: 'force', short: 'f', kind: 'bool' }],
  subcommands: [genConfig, genSecrets],
};
