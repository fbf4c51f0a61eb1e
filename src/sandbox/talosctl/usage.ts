import type { CommandSpec, FlagSpec } from './command.js';

/** The usage text of a command, in cobra's layout. */
export function usageOf(root: CommandSpec, command: CommandSpec, path: string): string {
  const lines = ['Usage:'];
  if (command.run) lines.push(`  ${[path, command.usage, '[flags]'].filter(Boolean).join(' ')}`);
  if (command.subcommands) {
    lines.push(`  ${path} [command]`, '', 'Available Commands:');
    lines.push(...command.subcommands.map(({ name }) => `  ${name}`));
  }
  if (command === root) return `${lines.join('\n')}\n`;
  const flags = [...(command.flags ?? []), { name: 'help', short: 'h', kind: 'bool' as const }];
  lines.push('', 'Flags:', ...flags.map(flagLine));
  return `${lines.join('\n')}\n`;
}

function flagLine({ name, short, kind }: FlagSpec): string {
  const start = short === undefined ? '      ' : `  -${short}, `;
  const types = {
    bool: '',
    string: ' string',
    list: ' strings',
    repeated: ' stringArray',
    duration: ' duration',
  };
  return `${start}--${name}${types[kind]}`;
}
