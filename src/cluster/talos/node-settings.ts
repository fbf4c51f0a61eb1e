import { createHash } from 'node:crypto';
import type { ClusterConfig } from '../../config/schema.js';
import { machineNeeds } from '../../addons/wanted.js';
import { schematicId } from '../catalogue/schematic.js';
import type { Labels } from '../state/cluster-state.js';
import { poolsOf, type RolePool } from '../state/node-pools.js';

/** What of cluster.yaml a node is made of; each is a key of the file, a pool's own without its place. */
export const nodeKeys = [
  'talos.version',
  'talos.kubernetes_version',
  'talos.hcloud_snapshot_id',
  'talos.schematic.extensions',
  'talos.schematic.kernel_args',
  'talos.schematic_id',
  'talos.cluster_endpoint',
  'talos.pod_cidr',
  'talos.service_cidr',
  'talos.config_patches',
  'talos.control_plane_patches',
  'talos.worker_patches',
  'addons',
  'labels',
  'taints',
  'workers',
] as const;

export type NodeKey = (typeof nodeKeys)[number];

/**
 * What a node is made of, key by key, as short texts that hold no secrets: of patches, which may
 * hold some, only how many there are and a digest. A key that is missing is not known, or of no
 * concern for this node.
 */
export type NodeSettings = Readonly<Partial<Record<NodeKey, string>>>;

/** What a node of this pool is made of when it is made now. */
export function nodeSettings(config: ClusterConfig, { role, pool }: RolePool): NodeSettings {
  const { talos } = config;
  const isControlPlane = role === 'control-plane';
  return {
    'talos.version': talos.version,
    'talos.kubernetes_version': talos.kubernetes_version,
    ...(talos.hcloud_snapshot_id !== undefined && {
      'talos.hcloud_snapshot_id': String(talos.hcloud_snapshot_id),
    }),
    // Only where something is added: nodes from before this key are made of the same as ever.
    ...schematicSettings(talos),
    'talos.cluster_endpoint': talos.cluster_endpoint ?? 'none',
    'talos.pod_cidr': talos.pod_cidr,
    'talos.service_cidr': talos.service_cidr,
    'talos.config_patches': patchesText(textsOf(talos.config_patches)),
    ...(isControlPlane
      ? {
          'talos.control_plane_patches': patchesText(textsOf(talos.control_plane_patches)),
          workers: takesWorkloads(config) ? noWorkers : someWorkers,
        }
      : { 'talos.worker_patches': patchesText(textsOf(talos.worker_patches)) }),
    ...addonSettings(config),
    labels: labelsText(pool.labels),
    taints: taintsText(pool.taints),
  };
}

/** The value of what a record leaves out: nothing is added to Talos. */
export const noSchematic = 'none';

function schematicSettings(talos: ClusterConfig['talos']): NodeSettings {
  const { extensions, kernel_args } = talos.schematic;
  const id = schematicId(talos);
  return {
    ...(extensions.length > 0 && { 'talos.schematic.extensions': extensions.join(', ') }),
    ...(kernel_args.length > 0 && { 'talos.schematic.kernel_args': kernel_args.join(' ') }),
    ...(id !== undefined && { 'talos.schematic_id': id.slice(0, 12) }),
  };
}

/** Only where an addon needs something of nodes: those from before are made of the same as ever. */
function addonSettings(config: ClusterConfig): NodeSettings {
  const needs = machineNeeds(config).map(({ needs: { what } }) => what);
  return needs.length > 0 ? { addons: needs.join(', ') } : {};
}

/** Without workers the control planes take the pods, which their machine configuration says. */
export function takesWorkloads(config: ClusterConfig): boolean {
  return !poolsOf(config).some(({ role, pool }) => role === 'worker' && pool.count > 0);
}

const noWorkers = 'none: control planes take pods';
const someWorkers = 'some: control planes take no pods';

export function workloadsText(takes: boolean): string {
  return takes ? noWorkers : someWorkers;
}

function textsOf(patches: readonly { readonly text: string }[]): readonly string[] {
  return patches.map(({ text }) => text);
}

/** `none`, or `2 (sha256 0d6be69b264717f2)`. */
function patchesText(patches: readonly string[]): string {
  if (patches.length === 0) return 'none';
  return `${patches.length} (sha256 ${digest(JSON.stringify(patches), 16)})`;
}

/** `none`, or `disk=nvme, tier=web`. */
export function labelsText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return pairs.sort().join(', ') || 'none';
}

/** `none`, or `dedicated=db:NoSchedule`. */
export function taintsText(
  taints: readonly { readonly key: string; readonly value: string; readonly effect: string }[],
): string {
  const texts = taints.map(({ key, value, effect }) => `${key}${value && '='}${value}:${effect}`);
  return texts.sort().join(', ') || 'none';
}

/** Short enough for a label; the same settings always give the same one. */
export function settingsHash(settings: NodeSettings): string {
  const entries = nodeKeys.flatMap((key) =>
    settings[key] === undefined ? [] : [[key, settings[key]]],
  );
  return digest(JSON.stringify(entries), 12);
}

function digest(text: string, length: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, length);
}
