import { ExitCode } from '../../lib/errors.js';
import { completionScripts } from '../completion-scripts.js';
import type { CliIo, GlobalOptions } from '../io.js';

export interface CompletionOptions extends GlobalOptions {
  readonly shell: keyof typeof completionScripts;
}

/** `oxide completion bash`: prints what makes a shell complete calls of oxide. */
export function completionCommand({ shell }: CompletionOptions, io: CliIo): Promise<ExitCode> {
  io.stdout.write(completionScripts[shell]);
  return Promise.resolve(ExitCode.done);
}
