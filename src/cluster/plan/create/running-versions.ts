import type { ClusterConfig } from '../../../config/schema.js';
import type { ClusterState } from '../../state/cluster-state.js';
import type { KnownOfNode } from '../../talos/found-settings.js';

/**
 * cluster.yaml with the versions that the control planes run, the oldest where they differ: a new
 * node joins them, and no kubelet may be newer than an API server. What is not known stays as it is.
 */
export function withRunningVersions(
  config: ClusterConfig,
  { servers }: ClusterState,
  known: ReadonlyMap<number, KnownOfNode>,
): ClusterConfig {
  const running = servers
    .filter(({ role }) => role === 'control-plane')
    .flatMap(({ id }) => known.get(id)?.running ?? []);
  const talos = oldest(running.map((one) => one.talos)) ?? config.talos.version;
  const kubernetes =
    oldest(running.map((one) => one.kubernetes)) ?? config.talos.kubernetes_version;
  return { ...config, talos: { ...config.talos, version: talos, kubernetes_version: kubernetes } };
}

function oldest(versions: readonly (string | undefined)[]): string | undefined {
  return versions
    .flatMap((version) => version ?? [])
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))[0];
}
