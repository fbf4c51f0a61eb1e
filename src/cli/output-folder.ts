import { basename, isAbsolute, join, relative, resolve } from 'node:path';
import { UsageError } from '../lib/errors.js';
import type { SecretsFolder } from '../lib/folders.js';
import { unfinishedFile } from '../lib/unfinished.js';
import type { ClusterFiles } from '../steps/run/context.js';
import { transcriptsFolder } from './tool-transcripts.js';

/** Where the sandbox of an output folder is kept. */
export function sandboxFolder(output: string): string {
  return join(output, 'sandbox');
}

/** The output folder with everything that oxide itself puts into it. */
export function secretsFolder(files: ClusterFiles): SecretsFolder {
  const { folder, secrets, talosconfig, kubeconfig, sshKey, sshPublicKey } = files;
  const { backups, machineConfigs, lock } = files;
  const own = [secrets, talosconfig, kubeconfig, sshKey, sshPublicKey, backups, machineConfigs];
  const others = [lock, unfinishedFile(folder), sandboxFolder(folder)];
  const names = [...own, ...others].map((path) => basename(path));
  return { path: folder, names: [...names, transcriptsFolder] };
}

/** A folder of its own: it belongs to one cluster, and nobody but its owner enters it. */
export function checkOutputFolder(folder: string): void {
  const here = relative(resolve(folder), process.cwd());
  if (!here.startsWith('..') && !isAbsolute(here)) {
    throw new UsageError(
      `--output ${folder} is the folder that you are in, or one above it`,
      'Name a folder that is for this cluster only, such as output.',
    );
  }
}
