import { ToolError, type ToolOutput } from '../../src/tools/exec.js';
import type { ToolFailure } from '../../src/tools/tool-error.js';

/** What was thrown when a tool wrote this to stderr. */
export function toolError(stderr: string, changes: Partial<ToolFailure> = {}): ToolError {
  const invocation = { tool: 'talosctl', args: ['version'], timeoutMs: 1_000 } as const;
  return new ToolError({
    ...{ invocation, exitCode: 1, timedOut: false, stdout: '', stderr },
    ...changes,
  });
}

export const output = (stdout: string): ToolOutput => ({ stdout, stderr: '' });
