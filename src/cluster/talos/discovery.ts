import { parseAllDocuments } from 'yaml';
import type { Role } from '../state/cluster-state.js';
import type { ClusterConfig } from '../../config/schema.js';

/**
 * Whether the patches of cluster.yaml keep nodes of this role from finding the others by Talos'
 * discovery service, which is on unless told. The last patch that says something counts.
 */
export function discoveryIsOff({ talos }: ClusterConfig, role: Role = 'control-plane'): boolean {
  const own = role === 'worker' ? talos.worker_patches : talos.control_plane_patches;
  return [...talos.config_patches, ...own]
    .flatMap(({ text }) =>
      [...parseAllDocuments(text)].map((document) => document.toJS() as unknown),
    )
    .reduce<boolean>((off, patch) => saysOff(patch) ?? off, false);
}

/** What a patch says of it; undefined: nothing. */
function saysOff(patch: unknown): boolean | undefined {
  const discovery = at(at(patch, 'cluster'), 'discovery');
  const service = at(at(discovery, 'registries'), 'service');
  const [enabled, disabled] = [at(discovery, 'enabled'), at(service, 'disabled')];
  if (enabled === false || disabled === true) return true;
  return enabled === true || disabled === false ? false : undefined;
}

function at(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !(key in value)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[key];
}
