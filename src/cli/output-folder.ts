import { basename, isAbsolute, join, normalize, relative, resolve } from 'node:path';
import { UsageError } from '../lib/errors.js';
import type { SecretsFolder } from '../lib/folders.js';
import { unfinishedFile } from '../lib/unfinished.js';
import { ClusterFiles } from '../steps/run/context.js';
import type { GlobalOptions } from './io.js';
import { refuseOldRehearsal } from './old-rehearsal.js';
import { transcriptsFolder } from './tool-transcripts.js';

const rehearsalName = 'rehearsal';

/**
 * Where a rehearsal keeps what is its own: below the output folder, so that it is never in the way of the
 * real cluster. A folder of that name is one itself.
 */
export function rehearsalFolder(output: string): string {
  const folder = normalize(output);
  return basename(folder) === rehearsalName ? folder : join(folder, rehearsalName);
}

/** The files that a run works with. Throws when its folder cannot be its own. */
export async function filesOf({ output, sandbox }: Wish): Promise<ClusterFiles> {
  checkOutputFolder(output);
  const folder = normalize(output);
  const rehearsal = rehearsalFolder(output);
  if (folder !== rehearsal)
    await refuseOldRehearsal(secretsFolder(new ClusterFiles(folder)), rehearsal);
  return new ClusterFiles(sandbox ? rehearsal : folder);
}

type Wish = Pick<GlobalOptions, 'output' | 'sandbox'>;

/** Where the sandbox of a rehearsal's folder is kept. */
export function sandboxFolder(folder: string): string {
  return join(folder, 'sandbox');
}

/** The output folder with everything that oxide itself puts into it. */
export function secretsFolder(files: ClusterFiles): SecretsFolder {
  const { folder, secrets, talosconfig, kubeconfig, sshKey, sshPublicKey } = files;
  const { volumesPassphrase, backups, machineConfigs, lock } = files;
  const own = [secrets, talosconfig, kubeconfig, sshKey, sshPublicKey, backups, machineConfigs];
  const others = [
    volumesPassphrase,
    lock,
    unfinishedFile(folder),
    sandboxFolder(folder),
    rehearsalName,
  ];
  const names = [...own, ...others].map((path) => basename(path));
  return { path: folder, names: [...names, transcriptsFolder] };
}

/** A folder of its own: it belongs to one cluster, and nobody but its owner enters it. */
function checkOutputFolder(folder: string): void {
  const here = relative(resolve(folder), process.cwd());
  if (!here.startsWith('..') && !isAbsolute(here)) {
    throw new UsageError(
      `--output ${folder} is the folder that you are in, or one above it`,
      'Name a folder that is for this cluster only, such as output.',
    );
  }
}
