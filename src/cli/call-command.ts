import { CommanderError } from 'commander';
import { ExitCode } from '../lib/errors.js';
import { buildProgram } from './build-program.js';
import type { CliIo } from './io.js';
import type { Asked } from './locate.js';
import { misunderstood } from './usage.js';

/** Reads the options of the command that was asked for, and runs it. */
export async function callCommand(
  args: readonly string[],
  asked: Asked,
  io: CliIo,
): Promise<number> {
  let exitCode: number = ExitCode.done;
  const done = (code: number): void => {
    exitCode = code;
  };
  const program = buildProgram(io, done, asked.command ? [asked.command] : undefined);
  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    throw error instanceof CommanderError ? misunderstood(error, asked) : error;
  }
  return exitCode;
}
