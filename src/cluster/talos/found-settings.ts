import type { MachineParts } from '../../addons/addon.js';
import { machineAddons } from '../../addons/wanted.js';
import type { ClusterConfig } from '../../config/schema.js';
import type { Labels } from '../state/cluster-state.js';
import type { RolePool } from '../state/node-pools.js';
import {
  labelsText,
  noSchematic,
  nodeSettings,
  taintsText,
  workloadsText,
  type NodeSettings,
} from './node-settings.js';

/** What a node's machine configuration says, without its secrets. */
export interface ConfigurationFacts {
  /** `1.34.1` */
  readonly kubernetes: string | undefined;
  readonly podSubnets: readonly string[];
  readonly serviceSubnets: readonly string[];
  readonly certificateNames: readonly string[];
  readonly labels: Labels;
  readonly taints: readonly {
    readonly key: string;
    readonly value: string;
    readonly effect: string;
  }[];
  readonly takesWorkloads: boolean;
  /** What of it addons may need; undefined where it was not read. */
  readonly parts?: MachineParts;
}

/** All that is known of what a node is made of. */
export interface KnownOfNode {
  /** What it was last brought to, as the cluster keeps it; undefined when that is not known. */
  readonly recorded: NodeSettings | undefined;
  /** Its machine configuration; undefined when Talos was not asked, or did not answer. */
  readonly configuration: ConfigurationFacts | undefined;
  /** The versions that it runs, as Talos or Kubernetes tell them: `v1.13.9` and `1.34.1`. */
  readonly running: {
    readonly talos?: string | undefined;
    readonly kubernetes?: string | undefined;
  };
}

/**
 * What the node is made of, key by key: what it runs and what its configuration says goes before
 * what was written down. Of patches nobody can tell afterwards, so of them there is only the record.
 */
export function foundSettings(
  config: ClusterConfig,
  rolePool: RolePool,
  known: KnownOfNode,
): NodeSettings {
  const { recorded = {}, configuration, running } = known;
  return {
    ...recorded,
    ...(configuration && readSettings(config, rolePool, { recorded, configuration })),
    ...(running.talos !== undefined && { 'talos.version': running.talos }),
    ...(running.kubernetes !== undefined && { 'talos.kubernetes_version': running.kubernetes }),
  };
}

function readSettings(
  config: ClusterConfig,
  rolePool: RolePool,
  { recorded, configuration: found }: { recorded: NodeSettings; configuration: ConfigurationFacts },
): NodeSettings {
  const { pool, role } = rolePool;
  const wanted = nodeSettings(config, rolePool);
  const touched = keysOfPatches(config, rolePool);
  // A patch of the user's may set labels and taints as well: what it sets is none of the pool's.
  const ofPool = (key: string, keys: Iterable<string>): boolean =>
    !touched.has(key) && [...keys].includes(key);
  const labelKeys = [...Object.keys(pool.labels), ...keysIn(recorded.labels)];
  const taintKeys = [...pool.taints.map(({ key }) => key), ...keysIn(recorded.taints)];
  const labels = Object.entries(found.labels).filter(([key]) => ofPool(key, labelKeys));
  const kept = Object.entries(pool.labels).filter(([key]) => touched.has(key));
  const taints = found.taints.filter(({ key }) => ofPool(key, taintKeys));
  const keptTaints = pool.taints.filter(({ key }) => touched.has(key));
  const host = endpointHost(config);
  const named = host === undefined || found.certificateNames.includes(host);
  return {
    ...(found.kubernetes !== undefined && { 'talos.kubernetes_version': found.kubernetes }),
    ...(found.podSubnets.length > 0 && { 'talos.pod_cidr': found.podSubnets.join(',') }),
    ...(found.serviceSubnets.length > 0 && {
      'talos.service_cidr': found.serviceSubnets.join(','),
    }),
    ...(!named && { 'talos.cluster_endpoint': recorded['talos.cluster_endpoint'] ?? 'none' }),
    ...(named && host !== undefined && pick(wanted, 'talos.cluster_endpoint')),
    labels: labelsText(Object.fromEntries([...labels, ...kept])),
    taints: taintsText([...taints, ...keptTaints]),
    ...(role === 'control-plane' && { workers: workloadsText(found.takesWorkloads) }),
    ...(found.parts && {
      // What a patch of the user's adds is no addon's.
      addons: needsText(
        needsIn(found.parts, role === 'control-plane').filter((what) =>
          [wanted.addons, recorded.addons].some((text) => text?.includes(what)),
        ),
      ),
    }),
  };
}

/** What of the needs of addons a machine configuration has. */
function needsIn(parts: MachineParts, isControlPlane: boolean): readonly string[] {
  return machineAddons.filter(({ isIn }) => isIn(parts, isControlPlane)).map(({ what }) => what);
}

function needsText(needs: readonly string[]): string {
  return needs.join(', ') || noSchematic;
}

/** Whether a control plane has what an addon needs of it; undefined: nobody can say. */
export function hasAddonNeed(known: KnownOfNode | undefined, what: string): boolean | undefined {
  const { configuration, recorded } = known ?? {};
  if (configuration?.parts) return needsIn(configuration.parts, true).includes(what);
  return recorded && (recorded.addons?.includes(what) ?? false);
}

function pick(settings: NodeSettings, key: keyof NodeSettings): NodeSettings {
  return settings[key] === undefined ? {} : { [key]: settings[key] };
}

function endpointHost({ talos }: ClusterConfig): string | undefined {
  if (talos.cluster_endpoint === undefined) return undefined;
  return new URL(talos.cluster_endpoint).hostname.replace(/^\[|\]$/g, '');
}

/** The keys of a text that `labelsText` or `taintsText` wrote. */
function keysIn(text: string | undefined): readonly string[] {
  if (text === undefined || text === 'none') return [];
  return text.split(', ').map((part) => part.split(/[=:]/)[0] ?? '');
}

/** Keys of labels and taints that a patch mentions; read as text, because a patch may be of any kind. */
function keysOfPatches(config: ClusterConfig, { role, pool }: RolePool): ReadonlySet<string> {
  const { config_patches, control_plane_patches, worker_patches } = config.talos;
  const own = role === 'control-plane' ? control_plane_patches : worker_patches;
  const text = [...config_patches, ...own].map((patch) => patch.text).join('\n');
  const keys = [...Object.keys(pool.labels), ...pool.taints.map(({ key }) => key)];
  return new Set(keys.filter((key) => text.includes(key)));
}
