import { realClock } from '../lib/wait.js';
import { createToolRunner, type RunTool } from '../tools/exec.js';
import { cleanEnvironment } from '../tools/environment.js';
import type { CliIo } from './io.js';
import { standInTalosctl } from './stand-in.js';

interface OfflineWish {
  readonly sandbox?: boolean | undefined;
  /** The version that the stand-in says it has. */
  readonly version: string;
  readonly onWarning: (text: string) => void;
}

/** talosctl for what needs no cluster: the user's own, or with --sandbox the stand-in. */
export function offlineTalosctl(io: CliIo, wish: OfflineWish): RunTool {
  const { sandbox = false, version, onWarning } = wish;
  const talosctl = sandbox ? standInTalosctl() : { file: 'talosctl', args: [] };
  const none = { file: 'none', args: [] };
  const env = cleanEnvironment(io.env);
  return createToolRunner({
    commands: { talosctl, kubectl: none, helm: none },
    env: sandbox ? { ...env, OXIDE_SANDBOX_TALOSCTL_VERSION: version } : env,
    clock: realClock,
    signal: io.signal,
    onWarning,
  });
}
