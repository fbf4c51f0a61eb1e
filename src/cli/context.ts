import { hostname } from 'node:os';
import { normalize } from 'node:path';
import { loadConfig } from '../config/load.js';
import type { ClusterConfig } from '../config/schema.js';
import type { HetznerApi } from '../hetzner/api.js';
import { asFileError } from '../lib/file-errors.js';
import { ensurePrivateFolder, removeLeftovers } from '../lib/files.js';
import { plural } from '../lib/format.js';
import { takeLock, type FileLock } from '../lib/lock-file.js';
import { ClusterFiles, type FlowContext, type Holder } from '../steps/run/context.js';
import { isChartUrl } from '../tools/helm.js';
import { withAftermath } from './after-failure.js';
import { withTranscript } from './tool-transcripts.js';
import { composeFlow, type ClusterOptions, type Composition } from './compose-flow.js';
import type { CliIo } from './io.js';
import { checkOutputFolder, openWorld } from './surroundings.js';
import { createUi, type Ui } from './ui.js';

/** What a command works with. */
export interface ClusterCommand {
  readonly flow: FlowContext;
  readonly ui: Ui;
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
  } catch (thrown) {
    ui.stop();
    const error = await withTranscript(thrown, flow.files.folder);
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

/** A mirror of the Cilium chart is not there in the simulated internet; its own repository is. */
function rehearsed(config: ClusterConfig): ClusterConfig {
  const { chart, ...cilium } = config.cilium;
  return chart !== undefined && isChartUrl(chart) ? { ...config, cilium } : config;
}
