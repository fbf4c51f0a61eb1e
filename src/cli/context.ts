import { homedir, hostname } from 'node:os';
import { isAbsolute, join, normalize, relative, resolve } from 'node:path';
import { loadConfig } from '../config/load.js';
import { resolveToken, type Token } from '../config/token.js';
import type { ClusterConfig } from '../config/schema.js';
import { createActionWaiter } from '../hetzner/actions.js';
import { createHetznerApi, type HetznerApi } from '../hetzner/api.js';
import { publicEndpoints, type Endpoints } from '../lib/endpoints.js';
import { UsageError, type OxideError } from '../lib/errors.js';
import { asFileError } from '../lib/file-errors.js';
import { ensurePrivateFolder, removeLeftovers } from '../lib/files.js';
import { plural } from '../lib/format.js';
import { takeLock, type FileLock } from '../lib/lock-file.js';
import { createStepRunner } from '../lib/step.js';
import { realClock, realDeadline, type Clock } from '../lib/wait.js';
import { isChartUrl } from '../tools/helm.js';
import { ClusterFiles, type FlowContext, type Holder } from '../steps/context.js';
import { cleanEnvironment } from '../tools/environment.js';
import { createToolRunner, type ToolCommand, type ToolName } from '../tools/exec.js';
import { withAftermath } from './after-failure.js';
import { confirmAdmission } from './confirm.js';
import type { CliIo, GlobalOptions } from './io.js';
import { ownCommand } from './own-command.js';
import { createUi, type Ui } from './ui.js';

/** How each tool is started. */
export type ToolCommands = Readonly<Record<ToolName, ToolCommand>>;

/** What differs between the real cloud and the sandbox, and nothing else does. */
export interface Surroundings {
  readonly endpoints: Endpoints;
  readonly token: Token;
  readonly clock: Clock;
  readonly commands: ToolCommands;
  /** The whole environment that tools see. */
  readonly toolEnvironment: Readonly<Record<string, string>>;
  readonly close: () => Promise<void>;
}

/** What a command works with. */
export interface ClusterCommand {
  readonly flow: FlowContext;
  readonly ui: Ui;
}

interface ClusterOptions extends GlobalOptions {
  readonly dryRun?: boolean;
  /** Set by commands that change the cluster: a failure then says what exists and how to go on. */
  readonly command?: 'create' | 'destroy' | `scale ${string}`;
  /** Set by commands that write anything: no other oxide may work in the output folder meanwhile. */
  readonly lock?: string | undefined;
}

/** Real milliseconds for the last words of a run: somebody waits for the prompt. */
const lastWordsMs = 5_000;

/** Composes everything for one command on one cluster, and takes it apart again at the end. */
export async function withCluster<T>(
  options: ClusterOptions,
  io: CliIo,
  use: (command: ClusterCommand) => Promise<T>,
): Promise<T> {
  const loaded = await loadConfig(options.config);
  const config = options.sandbox ? rehearsed(loaded) : loaded;
  const files = new ClusterFiles(normalize(options.output));
  checkOutputFolder(files.folder);
  const ui = createUi(io, options);
  const world = await openWorld(options, { config, files, io });
  try {
    // Not before the token was found: a run that cannot begin leaves no folder behind.
    await ensurePrivateFolder(files.folder);
    return await locked(files, options, (holder) =>
      runCommand({ config, files, world, ui, io, options, holder }, use),
    );
  } finally {
    ui.stop();
    await world.close();
  }
}

/** The lock that a command takes: a dry run changes nothing, so it needs none. */
export function lockOf(command: string, { dryRun }: { readonly dryRun?: boolean }) {
  return dryRun ? undefined : command;
}

/** Holds the output folder for a command that writes. */
async function locked<T>(
  files: ClusterFiles,
  { lock: command, breakLock: breakIt = false }: ClusterOptions,
  work: (holder: Holder) => Promise<T>,
): Promise<T> {
  const lock: FileLock | undefined =
    command === undefined ? undefined : await takeLock({ path: files.lock, command, breakIt });
  const { id, host } = lock ?? { id: 'none', host: hostname() };
  const holder: Holder = { id, host, takesOver: breakIt, hasLease: false };
  try {
    if (lock) await removeLeftovers(files.folder);
    return await work(holder);
  } finally {
    // With a lease left behind, the file keeps its id for the next run from here.
    if (!holder.hasLease) await lock?.release();
  }
}

async function runCommand<T>(
  composition: Composition,
  use: (command: ClusterCommand) => Promise<T>,
): Promise<T> {
  const { ui, options } = composition;
  const clients: HetznerApi[] = [];
  const flow = composeFlow(composition, clients);
  try {
    return await use({ flow, ui });
  } catch (error) {
    ui.stop();
    const { command } = options;
    if (command === undefined || !ui.carriesOut()) throw error;
    throw await withAftermath(asFileError(error) ?? error, {
      flow,
      options: { ...options, command },
    });
  } finally {
    const requests = clients.reduce((sum, client) => sum + client.requestCount(), 0);
    const message = `${plural(requests, 'request')} to the Hetzner API`;
    ui.reporter.emit({ type: 'debug', message });
  }
}

/** A folder of its own: its rights are narrowed, which would lock others out of the user's folder. */
export function checkOutputFolder(folder: string): void {
  const here = relative(resolve(folder), process.cwd());
  if (!here.startsWith('..') && !isAbsolute(here)) {
    throw new UsageError(
      `--output ${folder} is the folder that you are in, or one above it`,
      'Name a folder that is for this cluster only, such as output.',
    );
  }
}

interface Place {
  readonly config: ClusterConfig;
  readonly files: ClusterFiles;
  readonly io: CliIo;
}

/** The real cloud, for which a token has to be found, or the simulated one. */
export async function openWorld({ sandbox }: GlobalOptions, place: Place): Promise<Surroundings> {
  return sandbox
    ? (await sandboxModule()).openSandboxWorld(place)
    : realWorld(place.config, place.io);
}

/** Loaded on demand: a run on the real cloud need not carry a simulated one. */
function sandboxModule() {
  return import('./sandbox-world.js');
}

/** A mirror of the Cilium chart is not there in the simulated internet; its own repository is. */
function rehearsed(config: ClusterConfig): ClusterConfig {
  const { chart, ...cilium } = config.cilium;
  return chart !== undefined && isChartUrl(chart) ? { ...config, cilium } : config;
}

interface Composition {
  readonly config: ClusterConfig;
  readonly files: ClusterFiles;
  readonly world: Surroundings;
  readonly ui: Ui;
  readonly io: CliIo;
  readonly options: ClusterOptions;
  readonly holder: Holder;
}

/** Clients of the Hetzner API that the run makes are added to `clients`. */
function composeFlow(composition: Composition, clients: HetznerApi[]): FlowContext {
  const { config, files, world, ui, io, options, holder } = composition;
  const { endpoints, token, clock, commands, toolEnvironment } = world;
  const stopped = new AbortController();
  const signal = AbortSignal.any([io.signal, stopped.signal]);
  const onDebug = (message: string): void => {
    ui.reporter.emit({ type: 'debug', message });
  };
  const connect = (until: AbortSignal): HetznerApi => {
    const client = createHetznerApi({
      endpoint: endpoints.hcloud,
      token: token.token,
      tokenSource: token.source,
      clock,
      signal: until,
      onDebug,
      onNotice: (message) => {
        ui.reporter.emit({ type: 'note', message });
      },
    });
    clients.push(client);
    return client;
  };
  const hetzner = connect(signal);
  return {
    config,
    files,
    hetzner,
    actions: createActionWaiter({
      api: hetzner,
      clock,
      signal,
      timeoutMs: config.timeouts.hetzner,
    }),
    run: createToolRunner({ commands, env: toolEnvironment, clock, signal, onDebug }),
    endpoints,
    clock,
    signal,
    stop: (reason: OxideError) => {
      stopped.abort(reason);
    },
    lastly: () => connect(realDeadline(lastWordsMs)),
    holder,
    step: createStepRunner(ui.reporter, clock, signal),
    rehearsal: options.sandbox ?? false,
    admission: {
      ask: (question) => {
        if (options.dryRun) return Promise.resolve('preview');
        ui.stop();
        return confirmAdmission(question, options, io);
      },
      command: ownCommand(options, 'firewall allow-me'),
    },
    confirm: (plan) => {
      if (options.dryRun) return Promise.resolve(false);
      ui.showPlan(plan);
      return Promise.resolve(true);
    },
  };
}

async function realWorld(config: ClusterConfig, io: CliIo): Promise<Surroundings> {
  const { env } = io;
  return {
    token: await resolveToken({ env, config, home: homedir() }),
    endpoints: {
      ...publicEndpoints,
      hcloud: withoutEndSlash(env['HCLOUD_ENDPOINT']) ?? publicEndpoints.hcloud,
      gatewayApi: withoutEndSlash(env['OXIDE_GATEWAY_API']) ?? publicEndpoints.gatewayApi,
    },
    clock: realClock,
    commands: {
      talosctl: { file: 'talosctl', args: [] },
      kubectl: { file: 'kubectl', args: [] },
      helm: { file: 'helm', args: [] },
    },
    toolEnvironment: cleanEnvironment(env),
    close: () => Promise.resolve(),
  };
}

function withoutEndSlash(url: string | undefined): string | undefined {
  return url?.replace(/\/$/, '');
}

/** Where the sandbox of an output folder is kept. */
export function sandboxFolder(output: string): string {
  return join(output, 'sandbox');
}
