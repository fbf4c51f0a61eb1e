import { talosctlCommand } from '../sandbox/talosctl-command.js';
import type { ToolCommand } from '../tools/exec.js';

/**
 * The stand-in for talosctl: flows call it in this process, because starting one takes longer than what
 * it does. What users start themselves, in a shell of the sandbox, is a process like any other tool.
 */
export function standInTalosctl(): ToolCommand {
  return {
    ...talosctlCommand(),
    standIn: async (call) => (await import('../sandbox/talosctl/call.js')).callTalosctl(call),
  };
}
