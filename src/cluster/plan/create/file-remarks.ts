import type { ClusterConfig } from '../../../config/schema.js';
import { enumerate } from '../../../lib/format.js';
import { oxide } from '../../../lib/commands.js';
import { controlPlaneCount, isBalanced } from '../../network/api-endpoint.js';
import { locationsOf } from '../../catalogue/candidates.js';
import { wantedCiliumValues } from '../../../addons/cilium.js';
import { poolsOf } from '../../state/node-pools.js';
import { ciliumWarning } from '../../talos/versions.js';

/** What is right in cluster.yaml and still does not do what it looks like. Known from the file alone. */
export interface FileRemarks {
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
}

export function fileRemarks(config: ClusterConfig): FileRemarks {
  const places = poolsOf(config)
    .filter(({ role }) => role === 'control-plane')
    .flatMap(({ pool }) =>
      Array.from({ length: pool.count }, () => locationsOf(config, pool)[0] ?? ''),
    );
  const notes = [...spreadNotes(config, places), ...balancerNotes(config)];
  return { notes, warnings: fileWarnings(config) };
}

/** It costs money, and nobody wrote it into the file. */
function balancerNotes(config: ClusterConfig): readonly string[] {
  const { endpoint, load_balancer: balancer } = config.api;
  if (endpoint !== undefined || !isBalanced(config)) return [];
  return [
    `A new cluster gets a load balancer (${balancer.type}) before its ${controlPlaneCount(config)} control planes, so that any one of them may fail; ` +
      `what it costs is in the plan: ${oxide`create --dry-run`}. Without one: api.endpoint: first.`,
  ];
}

export function fileWarnings(config: ClusterConfig): readonly string[] {
  const { cilium, talos } = config;
  const untested = ciliumWarning(cilium.version, talos.kubernetes_version);
  return [...(untested === undefined ? [] : [untested]), ...keptValueWarnings(config)];
}

function keptValueWarnings(config: ClusterConfig): readonly string[] {
  const { kept } = wantedCiliumValues(config);
  return kept.map((key) => `cilium.helm_values.${key} is not taken: Talos needs oxide's value.`);
}

/** Other tools spread a pool over its locations; here they are what it falls back to. */
export function spreadNotes(config: ClusterConfig, places: readonly string[]): readonly string[] {
  const [place, another] = new Set(places);
  const names = config.control_planes.flatMap(({ locations = [] }) => locations);
  const listed = [...new Set(names)];
  if (places.length < 2 || place === undefined || another !== undefined || listed.length < 2) {
    return [];
  }
  return [
    `All ${places.length} control planes will be in ${place}: the locations of a pool are fallbacks, it is not ` +
      `spread over them. For one in each of ${enumerate(listed)}, write a pool with its own location for each.`,
  ];
}
