import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { accessKubernetes } from '../../flows/access.js';
import { oxide } from '../../lib/commands.js';
import { ExitCode, UsageError } from '../../lib/errors.js';
import { renderKubernetesAccess } from '../../ui/access.js';
import { withCluster } from '../context.js';
import type { CliIo, GlobalOptions } from '../io.js';
import { rehearsalFolder, sandboxFolder } from '../output-folder.js';

export interface KubeconfigOptions extends GlobalOptions {
  readonly merge?: boolean;
  readonly context?: string;
}

/** `oxide kubeconfig`: fetches the kubeconfig again, and adds it to the user's own with `--merge`. */
export function kubeconfigCommand(options: KubeconfigOptions, io: CliIo): Promise<ExitCode> {
  const { merge = false, context } = options;
  if (context !== undefined && !merge) {
    throw new UsageError(
      '--context names the context that --merge adds, and --merge is not there',
      `Add it to your own kubeconfig: ${oxide`kubeconfig --merge --context NAME`}`,
    );
  }
  return withCluster({ ...options, lock: 'kubeconfig' }, io, async ({ flow, ui }) => {
    const wish = { path: ownKubeconfig(options, io), context: context ?? flow.config.cluster_name };
    const access = await accessKubernetes(flow, merge ? wish : undefined);
    ui.print(access, (shown) => renderKubernetesAccess(shown, ui.looks));
    return ExitCode.done;
  });
}

/** The file that kubectl would write to; in a rehearsal that of the sandbox's own home. */
function ownKubeconfig({ sandbox, output }: GlobalOptions, { env }: CliIo): string {
  const home = sandbox ? join(sandboxFolder(rehearsalFolder(output)), 'home') : homedir();
  const listed = sandbox ? undefined : env['KUBECONFIG'];
  return listed?.split(delimiter).find((path) => path !== '') ?? join(home, '.kube', 'config');
}
