import { availableParallelism, constants } from 'node:os';
import type { Readable } from 'node:stream';
import type { Options, Subprocess } from 'execa';
import { limitConcurrency } from '../lib/concurrency-limit.js';
import { InterruptedError, PreconditionError } from '../lib/errors.js';
import { realSleep, type Clock } from '../lib/wait.js';
import { isMissing, notFound } from './on-path.js';
import { commandLine, type Invocation, type ToolName, type ToolOutput } from './invocation.js';
import { runStandIn, type StandIn } from './stand-in.js';
import { ToolError } from './tool-error.js';
import { warningsOf } from './tool-output.js';

export type { Invocation, ToolName, ToolOutput } from './invocation.js';
export { ToolError } from './tool-error.js';

/** Runs a tool. Throws a `ToolError` unless it ended by itself with exit code 0. */
export type RunTool = (invocation: Invocation) => Promise<ToolOutput>;

/** How a tool is started: `kubectl`, or node with a script. */
export interface ToolCommand {
  readonly file: string;
  readonly args: readonly string[];
  /** The same in this process, where it is part of this program. */
  readonly standIn?: StandIn;
}

export interface ToolRunnerOptions {
  readonly commands: Readonly<Record<ToolName, ToolCommand>>;
  /** The whole environment of the tools: see `cleanEnvironment`. */
  readonly env: Readonly<Record<string, string>>;
  readonly clock: Clock;
  /** Aborted: running tools get SIGTERM, and SIGKILL ten seconds later. */
  readonly signal: AbortSignal;
  readonly onDebug?: ((line: string) => void) | undefined;
  /** Gets what calls warn of that succeed, each text once in the life of this runner. */
  readonly onWarning?: ((text: string) => void) | undefined;
}

/** Loaded for the first process: a command that starts none is done before that. */
function processes() {
  return import('execa');
}

const killAfterMs = 10_000;
/** What a tool has written is read at once when it has ended; this is for a busy machine. */
const lastOutputMs = 500;
/** Manifests and lists of pods are megabytes at most; more is a tool gone wild. */
const maxBuffer = 64 * 1024 * 1024;

const installation: Readonly<Record<ToolName, string>> = {
  talosctl: 'https://www.talos.dev/latest/talos-guides/install/talosctl/',
  kubectl: 'https://kubernetes.io/docs/tasks/tools/',
  helm: 'https://helm.sh/docs/intro/install/',
};

/** Processes that work at the same time, for each core of this machine: more only slow each other down. */
const processesPerCore = 2;

/**
 * Lets so many calls work at the same time; the others wait for their turn, and their deadlines begin
 * with it. What only waits for the cluster, as a drain does, takes no place.
 */
export function limitProcesses(
  run: RunTool,
  places = processesPerCore * availableParallelism(),
): RunTool {
  const limited = limitConcurrency(places);
  return (invocation) => (invocation.waits ? run(invocation) : limited(() => run(invocation)));
}

export function createToolRunner(options: ToolRunnerOptions): RunTool {
  return limitProcesses(createUnlimitedRunner(options));
}

function createUnlimitedRunner(options: ToolRunnerOptions): RunTool {
  const { clock, signal, onDebug } = options;
  const warn = onceEach(options.onWarning);
  return async (invocation) => {
    signal.throwIfAborted();
    const command = options.commands[invocation.tool];
    if (isMissing(command.file, options.env)) {
      onDebug?.(`${commandLine(invocation)}: is not on the PATH`);
      throw missing(invocation.tool);
    }
    const began = clock.steady();
    const result = await clock.during(await start(command, options, invocation), {
      waits: invocation.waits ?? false,
    });
    const { exitCode, timedOut } = result;
    // Output that breaks off is as good as none; execa says so by failing without an exit code.
    const ended = result.signal ?? (timedOut ? 'timeout' : exitCode);
    const ms = Math.round(clock.steady() - began);
    onDebug?.(`${commandLine(invocation)}: ${ended ?? 'did not start'}, ${ms} ms`);
    // A tool that was told to stop may still exit with 0: that is no success.
    if (signal.aborted) throw interruption(signal);
    if (result.code === 'ENOENT' || result.code === 'EACCES') throw missing(invocation.tool);
    const output = { stdout: result.stdout, stderr: result.stderr };
    if (!result.failed && exitCode === 0) {
      for (const text of warningsOf(invocation.tool, output)) warn(`${invocation.tool}: ${text}`);
      return output;
    }
    const cause = result.originalMessage ?? result.shortMessage;
    throw new ToolError({
      ...output,
      invocation,
      exitCode,
      signal: result.signal,
      timedOut,
      cause,
    });
  };
}

/** How a call ended, of a process or of a stand-in. */
interface Outcome extends ToolOutput {
  readonly exitCode?: number | undefined;
  readonly timedOut: boolean;
  readonly failed: boolean;
  readonly signal?: string | undefined;
  readonly code?: string | undefined;
  readonly originalMessage?: string | undefined;
  readonly shortMessage?: string | undefined;
}

/** The call, ready to begin. */
async function start(
  { file, args, standIn }: ToolCommand,
  options: ToolRunnerOptions,
  invocation: Invocation,
): Promise<() => Promise<Outcome>> {
  if (standIn) {
    const env = { ...options.env, ...invocation.env };
    const call = { args: invocation.args, env, signal: options.signal };
    return () => runStandIn(standIn, call, invocation.timeoutMs);
  }
  const { execa } = await processes();
  const all = [...args, ...invocation.args];
  return () => outcomeOf(execa(file, all, processOptions(options, invocation)));
}

/** A program that a user runs: its streams are theirs. */
export interface UserProgram extends ToolCommand {
  readonly env: Readonly<Record<string, string>>;
  /** `inherit`: the process's own, so that a terminal stays one. */
  readonly stdin: 'inherit' | Readable;
  readonly stdout: 'inherit' | ((text: string) => void);
  readonly stderr: 'inherit' | ((text: string) => void);
  /** Aborted: it gets SIGTERM, and SIGKILL ten seconds later. */
  readonly signal: AbortSignal;
}

/** Runs a program in the place of the user, who sees its output as it comes. Returns its exit code. */
export async function runForUser(program: UserProgram): Promise<number> {
  const { file, args, env, stdin, stdout, stderr, signal } = program;
  signal.throwIfAborted();
  const { execa } = await processes();
  const running = execa(file, args, {
    ...{ env, extendEnv: false, reject: false, buffer: false, windowsHide: true },
    ...{ cancelSignal: signal, forceKillAfterDelay: killAfterMs },
    stdin: stdin === 'inherit' ? 'inherit' : 'pipe',
    stdout: stdout === 'inherit' ? 'inherit' : 'pipe',
    stderr: stderr === 'inherit' ? 'inherit' : 'pipe',
  });
  if (stdin !== 'inherit' && running.stdin) {
    // A program need not read all that it is given.
    running.stdin.on('error', () => undefined);
    stdin.pipe(running.stdin);
  }
  if (stdout !== 'inherit') running.stdout?.setEncoding('utf8').on('data', stdout);
  if (stderr !== 'inherit') running.stderr?.setEncoding('utf8').on('data', stderr);
  const { code, exitCode, signal: killedBy } = await running;
  if (code === 'ENOENT' || code === 'EACCES') throw missing(file);
  // As shells say it: bash(1), "Exit status".
  return exitCode ?? 128 + (killedBy === undefined ? 0 : constants.signals[killedBy]);
}

function onceEach(tell: (text: string) => void = () => undefined): (text: string) => void {
  const told = new Set<string>();
  return (text) => {
    if (told.has(text)) return;
    told.add(text);
    tell(text);
  };
}

/**
 * Waits until the tool itself has ended. Something that it has started and left behind may keep its
 * output open for ever, and no deadline would end that.
 */
async function outcomeOf<T>(
  running: Promise<T> & Pick<Subprocess, 'once' | 'stdout' | 'stderr'>,
): Promise<T> {
  const closed = new AbortController();
  const letGo = (): void => {
    running.stdout?.destroy();
    running.stderr?.destroy();
  };
  running.once('exit', () => {
    // Twice: what waits to be read is read between two sleeps, however busy this process was.
    realSleep(lastOutputMs, closed.signal)
      .then(() => realSleep(lastOutputMs, closed.signal))
      .then(letGo, () => undefined);
  });
  try {
    return await running;
  } finally {
    closed.abort();
  }
}

function processOptions(
  { env, signal }: ToolRunnerOptions,
  invocation: Invocation,
): {
  reject: false;
  stripFinalNewline: false;
  cancelSignal: AbortSignal;
  timeout: number;
} & Pick<
  Options,
  'env' | 'extendEnv' | 'forceKillAfterDelay' | 'maxBuffer' | 'windowsHide' | 'stdin' | 'input'
> {
  return {
    reject: false,
    stripFinalNewline: false,
    cancelSignal: signal,
    timeout: invocation.timeoutMs,
    forceKillAfterDelay: killAfterMs,
    env: { ...env, ...invocation.env },
    extendEnv: false,
    maxBuffer,
    windowsHide: true,
    ...(invocation.stdin === undefined ? { stdin: 'ignore' } : { input: invocation.stdin }),
  };
}

function interruption(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new InterruptedError();
}

function missing(program: string): PreconditionError {
  const page = (installation as Readonly<Record<string, string>>)[program];
  return new PreconditionError(
    notFound(program),
    `Install ${program} so that it is on the PATH${page === undefined ? '.' : `: ${page}`}`,
    'tool.missing',
  );
}
