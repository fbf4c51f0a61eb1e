import { parseScript, UnknownSyntax, type Command, type Script, type Word } from './parse.js';
import { Pipe, type Sink } from './pipe.js';
import { BrokenPipe, type Process, type Tool } from './process.js';

export interface Shell {
  /** What `$0` is. */
  readonly name: string;
  readonly args: readonly string[];
  readonly tools: Readonly<Record<string, Tool>>;
  readonly fds: Map<number, Sink>;
  statuses: readonly number[];
  /** What still runs behind `>(…)`. */
  readonly behind: Promise<unknown>[];
}

/** Runs what is given to `bash -c`, and gives its exit status. */
export async function runScript(shell: Shell, text: string): Promise<number> {
  let script: Script;
  try {
    script = parseScript(text);
  } catch (error) {
    if (!(error instanceof UnknownSyntax)) throw error;
    const [first = ''] = text.trim().split(/\s/);
    await say(shell, `bash: line 1: ${first}: command not found`);
    return 127;
  }
  return runPipelines(shell, script);
}

async function runPipelines(shell: Shell, script: Script): Promise<number> {
  for (const pipeline of script) {
    let before: Pipe | undefined;
    const runs = pipeline.map((command, index) => {
      const stdin = before;
      const next = index < pipeline.length - 1 ? new Pipe() : undefined;
      before = next;
      return runCommand(shell, command, { stdin, next });
    });
    shell.statuses = await Promise.all(runs);
  }
  return shell.statuses.at(-1) ?? 0;
}

interface Place {
  readonly stdin: Pipe | undefined;
  readonly next: Pipe | undefined;
}

async function runCommand(shell: Shell, command: Command, { stdin, next }: Place): Promise<number> {
  const fds = new Map(shell.fds);
  if (next) fds.set(1, next);
  for (const { from, to } of command.redirects) {
    const target = fds.get(to);
    if (target) fds.set(from, target);
  }
  const files = new Map<string, Pipe>();
  const [name = '', ...args] = command.words.map((word) =>
    expanded({ ...shell, fds }, word, files),
  );
  try {
    if (name === 'exec' && args.length === 0) return takeOver(shell, fds);
    const run = { args, stdin, files, out: sink(fds, 1), err: sink(fds, 2) };
    if (name === 'bash') return await inner({ ...shell, fds }, args);
    const tool = builtins[name] ?? shell.tools[name];
    if (tool) return await tool(run);
    await say({ name: shell.name, fds }, `${shell.name}: line 1: ${name}: command not found`);
    return 127;
  } catch (error) {
    if (!(error instanceof BrokenPipe)) throw error;
    return 141;
  } finally {
    stdin?.abandon();
    next?.end();
    for (const file of files.values()) file.end();
  }
}

function takeOver(shell: Shell, fds: Map<number, Sink>): number {
  for (const [fd, target] of fds) shell.fds.set(fd, target);
  return 0;
}

function expanded(shell: Shell, word: Word, files: Map<string, Pipe>): string {
  return word
    .map((part) => {
      if ('text' in part) return part.text;
      if ('parameter' in part)
        return part.parameter === 0 ? shell.name : (shell.args[part.parameter - 1] ?? '');
      if ('statuses' in part) return shell.statuses.join(' ');
      return behind(shell, part.into, files);
    })
    .join('');
}

/** Starts what reads from `>(…)`, and names the file that leads there. */
function behind(shell: Shell, script: Script, files: Map<string, Pipe>): string {
  const pipe = new Pipe();
  const path = `/dev/fd/${63 - files.size}`;
  files.set(path, pipe);
  const [first = [], ...others] = script;
  const started = { ...shell, statuses: [] };
  shell.behind.push(runFed(started, first, pipe).then(() => runPipelines(started, others)));
  return path;
}

async function runFed(shell: Shell, pipeline: readonly Command[], stdin: Pipe): Promise<void> {
  let before: Pipe | undefined = stdin;
  await Promise.all(
    pipeline.map((command, index) => {
      const from = before;
      const next = index < pipeline.length - 1 ? new Pipe() : undefined;
      before = next;
      return runCommand(shell, command, { stdin: from, next });
    }),
  );
}

async function inner(shell: Shell, args: readonly string[]): Promise<number> {
  const [flag, text = '', name = 'bash', ...rest] = args;
  if (flag !== '-c') {
    await say(shell, `bash: ${flag ?? ''}: No such file or directory`);
    return 127;
  }
  return runScript({ ...shell, name, args: rest, statuses: [] }, text);
}

const builtins: Readonly<Record<string, Tool>> = {
  echo: async ({ args, out }: Process) => {
    await out.write(Buffer.from(`${args.join(' ')}\n`));
    return 0;
  },
  export: () => Promise.resolve(0),
};

function sink(fds: Map<number, Sink>, fd: number): Sink {
  return fds.get(fd) ?? { write: () => Promise.resolve(true) };
}

async function say({ fds }: Pick<Shell, 'name' | 'fds'>, line: string): Promise<void> {
  await sink(fds, 2).write(Buffer.from(`${line}\n`));
}
