import { parseAllDocuments } from 'yaml';
import type { ClusterConfig } from '../../config/schema.js';

/**
 * Whether the patches of cluster.yaml keep control planes from finding each other by Talos'
 * discovery service, which is on unless told. The last patch that says something counts.
 */
export function discoveryIsOff({ talos }: ClusterConfig): boolean {
  return [...talos.config_patches, ...talos.control_plane_patches]
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
