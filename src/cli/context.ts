import { hostname } from 'node:os';
import { normalize } from 'node:path';
import { loadConfig } from '../config/load.js';
import type { ClusterConfig } from '../config/schema.js';
import type { HetznerApi } from '../hetzner/api.js';
import { asFileError } from '../lib/file-errors.js';
import { demandPrivate, ensurePrivate } from '../lib/folders.js';
import { plural } from '../lib/format.js';
import type { FlowContext, Holder } from '../steps/run/context.js';
import { withAftermath } from './after-failure.js';
import { withTranscript } from './tool-transcripts.js';
import { composeFlow, type ClusterOptions, type Composition } from './compose-flow.js';
import { holdFolder } from './hold-folder.js';
import type { CliIo } from './io.js';
import { withRehearsalNote } from './old-rehearsal.js';
import { filesOf, rehearsalFolder, secretsFolder } from './output-folder.js';
import { rehearsed } from './rehearsed.js';
import { openWorld } from './surroundings.js';
import { causeOf, closing } from './world.js';
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
  try {
    return await onCluster(options, io, use);
  } catch (error) {
    // Whoever makes the real cluster now knows that there is only a rehearsal.
    if (options.sandbox || options.command === 'create') throw error;
    throw withRehearsalNote(error, normalize(options.output), rehearsalFolder(options.output));
  }
}

async function onCluster<T>(
  options: ClusterOptions,
  io: CliIo,
  use: (command: ClusterCommand) => Promise<T>,
): Promise<T> {
  const loaded = await loadConfig(options.config);
  const wished = options.build === false ? withoutBuilds(loaded) : loaded;
  const config = options.sandbox ? rehearsed(wished) : wished;
  const files = await filesOf(options);
  const { lock: command, breakLock: breakIt = false } = options;
  if (command !== undefined) await demandPrivate(secretsFolder(files));
  const ui = createUi(io, options);
  const world = await openWorld(options, { config, files, io });
  const run = (holder: Holder): Promise<T> =>
    runCommand({ config, files, world, ui, io, options, holder }, use);
  return closing(world, async () => {
    try {
      if (command === undefined) return await run(onlooker(breakIt));
      // Not before the token was found: a run that cannot begin leaves no folder behind.
      await ensurePrivate(secretsFolder(files));
      return await holdFolder(files, { command, breakIt }, run);
    } finally {
      ui.stop();
    }
  });
}

/** A command that writes nothing holds nothing. */
function onlooker(takesOver: boolean): Holder {
  return { id: 'none', host: hostname(), takesOver, hasLease: false };
}

/** The lock that a command takes: a dry run changes nothing, so it needs none. */
export function lockOf(command: string, { dryRun }: { readonly dryRun?: boolean }) {
  return dryRun ? undefined : command;
}

async function runCommand<T>(
  composition: Composition,
  use: (command: ClusterCommand) => Promise<T>,
): Promise<T> {
  const { ui, options, world } = composition;
  const clients: HetznerApi[] = [];
  const flow = composeFlow(composition, clients);
  try {
    return await use({ flow, ui });
  } catch (thrown) {
    ui.stop();
    const error = await withTranscript(causeOf(thrown, world), flow.files.folder);
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

/** `--no-build` is the same as the key of cluster.yaml. */
function withoutBuilds(config: ClusterConfig): ClusterConfig {
  return { ...config, talos: { ...config.talos, build_images: false } };
}
