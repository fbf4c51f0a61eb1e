import { tmpdir } from 'node:os';
import type { ClusterConfig } from '../config/schema.js';
import type { OfflineCheck } from '../steps/talos/offline-check.js';
import { cleanEnvironment } from '../tools/environment.js';
import { isMissing, notFound } from '../tools/on-path.js';
import type { CliIo, GlobalOptions } from './io.js';

/**
 * Checks the machine configurations with the user's talosctl, or with --sandbox with the stand-in. What
 * that takes is not even loaded when there is none.
 */
export async function offlineCheck(
  config: ClusterConfig,
  { sandbox }: GlobalOptions,
  { io, onWarning }: { readonly io: CliIo; readonly onWarning: (text: string) => void },
): Promise<OfflineCheck> {
  if (!sandbox && isMissing('talosctl', cleanEnvironment(io.env))) {
    return { checked: false, why: notFound('talosctl') };
  }
  const { offlineTalosctl } = await import('./offline-talosctl.js');
  const { checkOffline } = await import('../steps/talos/offline-check.js');
  const run = offlineTalosctl(io, { sandbox, version: config.talos.version, onWarning });
  return checkOffline({ config, run, folder: tmpdir() });
}
