import type { Pipe, Sink } from './pipe.js';

/** Whoever read what a command writes is gone: the command dies of SIGPIPE. */
export class BrokenPipe extends Error {}

/** A command that runs. */
export interface Process {
  readonly args: readonly string[];
  readonly stdin: Pipe | undefined;
  readonly out: Sink;
  readonly err: Sink;
  /** The files of `>(…)`. */
  readonly files: ReadonlyMap<string, Sink>;
}

/** Runs a command and gives its exit status. */
export type Tool = (run: Process) => Promise<number>;

/** Writes, or dies of it. */
export async function put(sink: Sink, content: Buffer | string): Promise<void> {
  const chunk = typeof content === 'string' ? Buffer.from(content) : content;
  if (chunk.length > 0 && !(await sink.write(chunk))) throw new BrokenPipe();
}

/** All that comes in, part by part. */
export async function* parts({ stdin }: Process): AsyncGenerator<Buffer, void> {
  for (;;) {
    const part = await stdin?.read();
    if (!part) return;
    yield part;
  }
}

/** Says something on stderr and gives the status. */
export async function fail(run: Process, line: string, status = 1): Promise<number> {
  await run.err.write(Buffer.from(`${line}\n`));
  return status;
}
