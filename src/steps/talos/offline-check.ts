import type { ClusterConfig } from '../../config/schema.js';
import { talosctlProblem } from '../../tools/check.js';
import type { RunTool } from '../../tools/exec.js';
import { machineConfigsOf } from './machine-configs.js';

/** What became of a check of the machine configurations without a cluster. */
export type OfflineCheck =
  | { readonly checked: true; readonly pools: number }
  | { readonly checked: false; readonly why: string };

interface OfflineWish {
  readonly config: ClusterConfig;
  readonly run: RunTool;
  /** Where a scratch folder may be made. */
  readonly folder: string;
}

/**
 * Generates and checks the machine configurations with secrets that are thrown away, when a talosctl
 * that fits is at hand. Throws a UsageError that names each patch that is at fault.
 */
export async function checkOffline(wish: OfflineWish): Promise<OfflineCheck> {
  const { talos } = wish.config;
  const why = await talosctlProblem(wish.run, {
    talosVersion: talos.version,
    kubernetesVersion: talos.kubernetes_version,
  });
  if (why !== undefined) return { checked: false, why };
  const { texts } = await machineConfigsOf(wish);
  return { checked: true, pools: texts.size };
}
