import { homedir } from 'node:os';
import { isAbsolute, join, normalize, relative, resolve } from 'node:path';
import { loadConfig } from '../config/load.js';
import { resolveToken, type Token } from '../config/token.js';
import type { ClusterConfig } from '../config/schema.js';
import { createActionWaiter } from '../hetzner/actions.js';
import { createHetznerApi } from '../hetzner/api.js';
import { publicEndpoints, type Endpoints } from '../lib/endpoints.js';
import { UsageError } from '../lib/errors.js';
import { ensurePrivateFolder } from '../lib/files.js';
import { plural } from '../lib/format.js';
import { createStepRunner } from '../lib/step.js';
import { realClock, type Clock } from '../lib/wait.js';
import { isChartUrl } from '../tools/helm.js';
import { ClusterFiles, type FlowContext } from '../steps/context.js';
import { cleanEnvironment } from '../tools/environment.js';
import { createToolRunner, type ToolCommand, type ToolName } from '../tools/exec.js';
import { withAftermath } from './after-failure.js';
import type { CliIo, GlobalOptions } from './io.js';
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
  /** Set by commands that change something: a failure then says what exists and how to go on. */
  readonly command?: 'create' | 'destroy' | `scale ${string}`;
}

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
  const world = options.sandbox
    ? await (await sandboxModule()).openSandboxWorld({ config, files, io })
    : await realWorld(config, io);
  try {
    // Not before the token was found: a run that cannot begin leaves no folder behind.
    await ensurePrivateFolder(files.folder);
    const flow = composeFlow({ config, files, world, ui, io, options });
    try {
      return await use({ flow, ui });
    } catch (error) {
      ui.stop();
      const { command } = options;
      if (command === undefined || !ui.carriesOut()) throw error;
      throw await withAftermath(error, { config, world, options: { ...options, command } });
    } finally {
      const message = plural(flow.hetzner.requestCount(), 'request');
      ui.reporter.emit({ type: 'debug', message: `${message} to the Hetzner API` });
    }
  } finally {
    ui.stop();
    await world.close();
  }
}

/** A folder of its own: its rights are narrowed, which would lock others out of the user's folder. */
function checkOutputFolder(folder: string): void {
  const here = relative(resolve(folder), process.cwd());
  if (!here.startsWith('..') && !isAbsolute(here)) {
    throw new UsageError(
      `--output ${folder} is the folder that you are in, or one above it`,
      'Name a folder that is for this cluster only, such as output.',
    );
  }
}

/** A mirror of the Cilium chart is not there in the simulated internet; its own repository is. */
function rehearsed(config: ClusterConfig): ClusterConfig {
  const { chart, ...cilium } = config.cilium;
  return chart !== undefined && isChartUrl(chart) ? { ...config, cilium } : config;
}

/** Loaded on demand: a run on the real cloud need not carry a simulated one. */
function sandboxModule() {
  return import('./sandbox-world.js');
}

interface Composition {
  readonly config: ClusterConfig;
  readonly files: ClusterFiles;
  readonly world: Surroundings;
  readonly ui: Ui;
  readonly io: CliIo;
  readonly options: ClusterOptions;
}

function composeFlow({ config, files, world, ui, io, options }: Composition): FlowContext {
  const { endpoints, token, clock, commands, toolEnvironment } = world;
  const { signal } = io;
  const onDebug = (message: string): void => {
    ui.reporter.emit({ type: 'debug', message });
  };
  const hetzner = createHetznerApi({
    endpoint: endpoints.hcloud,
    token: token.token,
    tokenSource: token.source,
    clock,
    signal,
    onDebug,
    onNotice: (message) => {
      ui.reporter.emit({ type: 'note', message });
    },
  });
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
    step: createStepRunner(ui.reporter, clock, signal),
    rehearsal: options.sandbox ?? false,
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
