import { resolve } from 'node:path';
import { loadConfig } from '../config/load.js';
import { inQuotes } from '../lib/shell.js';
import type { ClusterFiles } from '../steps/run/context.js';
import type { CliIo, GlobalOptions } from './io.js';
import { filesOf, sandboxFolder } from './output-folder.js';
import { writeShims } from './sandbox-shims.js';
import { closing, type Surroundings } from './world.js';

/** An open sandbox, and the files of the cluster in it. */
export interface SandboxPlace {
  readonly world: Surroundings;
  readonly files: ClusterFiles;
}

/** Opens the sandbox of an output folder, or joins the process that runs it, for a while. */
export async function inSandbox<T>(
  options: GlobalOptions,
  io: CliIo,
  use: (place: SandboxPlace) => Promise<T>,
): Promise<T> {
  const { openSandboxWorld } = await import('./sandbox-world.js');
  const config = await loadConfig(options.config);
  const files = await filesOf({ ...options, sandbox: true });
  const world = await openSandboxWorld({ config, files, io });
  return closing(world, () => use({ world, files }));
}

/** What leads kubectl, talosctl and helm to the sandbox's cluster. */
export function toolAccess({ world, files }: SandboxPlace): Record<string, string> {
  const own = Object.entries(world.toolEnvironment).filter(([name]) =>
    /^(OXIDE_|HELM_|KUBECACHEDIR$)/.test(name),
  );
  return {
    ...Object.fromEntries(own),
    KUBECONFIG: resolve(files.kubeconfig),
    TALOSCONFIG: resolve(files.talosconfig),
  };
}

/** What leads clients of Hetzner's API to the simulated project; its token opens nothing else. */
export function projectAccess({ world }: SandboxPlace): Record<string, string> {
  const { endpoints, token } = world;
  return { HCLOUD_ENDPOINT: endpoints.hcloud, HCLOUD_TOKEN: token.token.reveal() };
}

/** What a shell needs on top of its own environment. */
export interface ShellAccess {
  /** Before all else on the PATH: the sandbox's tools under their own names. */
  readonly bin: string;
  readonly variables: Readonly<Record<string, string>>;
}

/** What leads every client to the sandbox, Hetzner's own included. */
export async function shellAccess(place: SandboxPlace): Promise<ShellAccess> {
  return {
    bin: await writeShims(resolve(sandboxFolder(place.files.folder)), place.world),
    variables: {
      ...toolAccess(place),
      ...projectAccess(place),
    },
  };
}

/** The same as lines for a shell. */
export function exportLines({ bin, variables }: ShellAccess): string {
  const lines = Object.entries(variables).map(
    ([name, value]) => `export ${name}=${inQuotes(value)}`,
  );
  return [`export PATH=${inQuotes(bin)}:"$PATH"`, ...lines, ''].join('\n');
}
