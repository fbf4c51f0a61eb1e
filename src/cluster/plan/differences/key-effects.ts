import type { ClusterConfig, PoolConfig } from '../../../config/schema.js';
import { oxide, tool } from '../../../lib/commands.js';
import type { Secret } from '../../../lib/secret.js';
import type { Effect, Means } from '../difference.js';

/** A key that holds other keys; lists and free mappings are values. */
type IsSection<T> = T extends Secret | string | number | boolean | readonly unknown[]
  ? false
  : string extends keyof T
    ? false
    : true;

type KeysOf<T, Path extends string> = {
  [K in keyof T & string]-?: IsSection<NonNullable<T[K]>> extends true
    ? KeysOf<NonNullable<T[K]>, `${Path}${K}.`>
    : `${Path}${K}`;
}[keyof T & string];

/** Every key of cluster.yaml; those of pools once, as `pool.labels`, the waits and the addons as one. */
export type ConfigKey =
  | KeysOf<Omit<ClusterConfig, 'control_planes' | 'workers' | 'timeouts' | 'addons'>, ''>
  | `pool.${Extract<keyof PoolConfig, string>}`
  | 'addons'
  | 'timeouts';

/** What a changed key does to a running cluster, and what brings it about. */
export interface KeyEffect {
  readonly effect: Effect;
  readonly by: Means;
  /** What to do; `<wanted>` stands for the value of cluster.yaml, `<installer>` for Talos's installer. */
  readonly way: string;
}

/** A key that says nothing of the cluster as it is, with the reason. */
interface NoEffect {
  readonly none: string;
}

const never = (way: string): KeyEffect => ({ effect: 'impossible', by: 'never', way });
const byCreate: KeyEffect = { effect: 'live', by: 'create', way: oxide`create` };
const byNewNodes: KeyEffect = {
  effect: 'replacement',
  by: 'replace',
  way: oxide`replace --pool POOL`,
};
const byPatch: KeyEffect = {
  effect: 'restart',
  by: 'apply',
  way: 'new nodes get it; until oxide applies it to others: patch their machine configuration with talosctl',
};
const fixedRange = never('a cluster keeps its ranges; another range needs a new cluster');

/**
 * Every key of cluster.yaml. A key that is added there and not here does not compile: what a user
 * writes is never ignored silently.
 */
export const keyEffects: Readonly<Record<ConfigKey, KeyEffect | NoEffect>> = {
  cluster_name: { none: 'another name is another cluster' },
  'hcloud.token': { none: 'it is how oxide gets in, and no part of the cluster' },
  'hcloud.cluster_token': { none: 'what the controllers have is told by a mark in their values' },
  'hcloud.location': byNewNodes,
  'hcloud.network.cidr': fixedRange,
  'hcloud.network.subnet_cidr': fixedRange,
  'hcloud.network.zone': never('a network stays in its zone; another zone needs a new cluster'),
  'hcloud.firewall.allowed_cidrs': byCreate,
  'hcloud.firewall.extra_rules': byCreate,
  'api.endpoint': never(
    'a cluster keeps its endpoint; until oxide moves it: make a load balancer of your own before the control planes, and let talos.cluster_endpoint lead there; another endpoint from the first boot on needs a new cluster',
  ),
  'api.load_balancer.type': byCreate,
  'api.load_balancer.location': never(
    'a load balancer stays where it was made; delete it by hand, and create makes it anew where it should be',
  ),
  'api.load_balancer.public': byCreate,
  'talos.version': {
    effect: 'restart',
    by: 'upgrade',
    way: `until oxide upgrades nodes, one at a time: ${tool`talosctl upgrade --image <installer>:<wanted> --nodes ADDRESS`}`,
  },
  'talos.kubernetes_version': {
    effect: 'restart',
    by: 'upgrade',
    way: `until oxide upgrades Kubernetes: ${tool`talosctl upgrade-k8s --to <wanted>`}`,
  },
  'talos.hcloud_snapshot_id': byNewNodes,
  'talos.schematic.extensions': byNewNodes,
  'talos.schematic.kernel_args': byNewNodes,
  'talos.schematic_id': byNewNodes,
  'talos.build_images': { none: 'it is how oxide comes to an image, and no part of the cluster' },
  'talos.image_url': { none: 'it is where an image comes from; nodes are compared by schematic' },
  'talos.cluster_endpoint': {
    effect: 'live',
    by: 'apply',
    way: 'the kubeconfig has it already; for the certificates, until oxide applies it: patch machine.certSANs and, on control planes, cluster.apiServer.certSANs with talosctl',
  },
  'talos.pod_cidr': fixedRange,
  'talos.service_cidr': fixedRange,
  'talos.config_patches': byPatch,
  'talos.control_plane_patches': byPatch,
  'talos.worker_patches': byPatch,
  'cilium.version': byCreate,
  'cilium.enable_hubble': byCreate,
  'cilium.enable_ipv6': { none: 'it can only be false' },
  'cilium.helm_values': byCreate,
  'cilium.block_metadata': byCreate,
  'cilium.chart': {
    none: 'it is where the chart comes from; what is installed is compared by version and values',
  },
  addons: { none: 'each is compared with what is installed' },
  'pool.name': { none: 'another name is another pool' },
  'pool.count': { effect: 'removal', by: 'scale', way: oxide`scale ROLE --count NUMBER` },
  'pool.server_type': byNewNodes,
  'pool.server_types': byNewNodes,
  'pool.location': byNewNodes,
  'pool.locations': byNewNodes,
  'pool.placement': byNewNodes,
  'pool.labels': {
    effect: 'live',
    by: 'apply',
    way: 'new nodes get them; until oxide applies them to others: patch machine.nodeLabels with talosctl',
  },
  'pool.taints': {
    effect: 'live',
    by: 'apply',
    way: 'new nodes get them; until oxide applies them to others: taint the nodes with kubectl, and patch them with talosctl so that they stay',
  },
  timeouts: { none: 'it is how long oxide waits' },
};

/** What addons need of nodes that were made without it. */
export const machineEffect: KeyEffect = byPatch;

/** What of an addon differs from cluster.yaml. */
export const addonEffect: KeyEffect = byCreate;

/** Whether control planes take pods depends on whether there are workers. */
export const workloadsEffect: KeyEffect = {
  effect: 'live',
  by: 'apply',
  way: 'until oxide applies it: patch cluster.allowSchedulingOnControlPlanes with talosctl',
};

/** The effect of a key that has one. */
export function effectOf(key: ConfigKey): KeyEffect {
  const effect = keyEffects[key];
  if ('none' in effect) throw new Error(`${key} has no effect on a cluster: ${effect.none}`);
  return effect;
}
