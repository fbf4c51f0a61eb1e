import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ToolError, type ToolName } from '../../src/tools/exec.js';

/** What a real tool once wrote to stderr. The folder `recorded/` holds them, each with its story. */
export interface Recording {
  readonly tool: ToolName;
  /** The file's name without `.txt`: `drain-ending`. */
  readonly name: string;
  /** Versions, exit code and how it was provoked. */
  readonly header: string;
  readonly exitCode: number;
  readonly stderr: string;
}

const root = join(import.meta.dirname, 'recorded');

export const recordings: readonly Recording[] = (['talosctl', 'kubectl', 'helm'] as const).flatMap(
  (tool) =>
    readdirSync(join(root, tool))
      .filter((file) => file.endsWith('.txt'))
      .map((file) => read(tool, join(root, tool, file))),
);

/** The recording of this tool and name. */
export function recorded(tool: ToolName, name: string): Recording {
  const found = recordings.find((one) => one.tool === tool && one.name === name);
  if (!found) throw new Error(`there is no test/tools/recorded/${tool}/${name}.txt`);
  return found;
}

/** The error that such a call ends with. */
export function recordedError(tool: ToolName, name: string): ToolError {
  const { stderr, exitCode } = recorded(tool, name);
  const invocation = { tool, args: ['demo'], timeoutMs: 30_000 };
  return new ToolError({ invocation, exitCode, timedOut: false, stdout: '', stderr });
}

function read(tool: ToolName, path: string): Recording {
  const text = readFileSync(path, 'utf8');
  const [versions = '', how = '', ...said] = text.split('\n');
  return {
    ...{ tool, name: basename(path, '.txt'), header: `${versions}\n${how}` },
    exitCode: Number(/exit code (\d+)$/.exec(versions)?.[1]),
    stderr: said.join('\n'),
  };
}
