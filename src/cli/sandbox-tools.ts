import type { ClusterConfig } from '../config/schema.js';
import { PreconditionError } from '../lib/errors.js';
import { realClock } from '../lib/wait.js';
import { bundledTools } from '../sandbox/bundled-tools.js';
import { checkTools } from '../tools/check.js';
import { createToolRunner } from '../tools/exec.js';
import { cacheFolder } from './compile-cache.js';
import { standInTalosctl } from './stand-in.js';
import type { ToolCommands } from './world.js';
import type { CliIo } from './io.js';

interface SandboxToolsWish {
  readonly config: ClusterConfig;
  readonly io: CliIo;
  /** The whole environment of the tools. */
  readonly toolEnvironment: Readonly<Record<string, string>>;
}

/**
 * The tools of a rehearsal: a stand-in for talosctl, because a real one speaks to real nodes only;
 * the user's own kubectl and helm where their versions fit, otherwise those that come with the
 * project's development dependencies.
 */
export async function sandboxTools(wish: SandboxToolsWish): Promise<ToolCommands> {
  const talosctl = standInTalosctl();
  const own: ToolCommands = {
    talosctl,
    kubectl: { file: 'kubectl', args: [] },
    helm: { file: 'helm', args: [] },
  };
  try {
    await checkTools(
      createToolRunner({
        commands: own,
        env: wish.toolEnvironment,
        clock: realClock,
        signal: wish.io.signal,
      }),
      {
        talosVersion: wish.config.talos.version,
        kubernetesVersion: wish.config.talos.kubernetes_version,
      },
      // The stand-in is always there, and of the version that is wanted.
      ['kubectl', 'helm'],
    );
    return own;
  } catch (error) {
    if (!(error instanceof PreconditionError)) throw error;
    const bundled = await bundledTools(cacheFolder(wish.io.env));
    if (!bundled) throw error;
    return {
      talosctl,
      kubectl: { file: bundled.kubectl, args: [] },
      helm: { file: bundled.helm, args: [] },
    };
  }
}
