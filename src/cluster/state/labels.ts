import type { Labels, Role } from './cluster-state.js';

/** The keys that oxide sets on Hetzner resources. A pool's own labels never replace them. */
export const labelKeys = {
  managedBy: 'managed-by',
  cluster: 'cluster',
  role: 'role',
  pool: 'pool',
  index: 'index',
  talosVersion: 'talos-version',
  /** What the server's machine configuration was made of, as a hash: `settingsHash`. */
  configHash: 'config-hash',
  caFingerprint: 'ca-fingerprint',
  /** On servers whose endpoint is not the first control plane: `load-balancer`. */
  endpoint: 'api-endpoint',
  /** How far a server's removal has come; only there while it goes on. */
  removal: 'removal',
  /** On a server that is replaced, and on the one made for it until all of the command is done. */
  replacement: 'replacement',
  /** On what hung on a server that a scale removed: the cluster that left it. */
  leftBy: 'left-by-oxide',
  /** On the network: who works on the cluster, and until when at most. */
  lease: 'lease',
} as const;

/** Labels of everything that belongs to a cluster. */
export function clusterLabels(cluster: string): Labels {
  return { [labelKeys.managedBy]: 'oxide', [labelKeys.cluster]: cluster };
}

/** The label selector that finds everything of a cluster, and nothing else. */
export function clusterSelector(cluster: string): string {
  return selectorOf(clusterLabels(cluster));
}

function selectorOf(labels: Labels): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}

/** True when a resource with these labels belongs to the cluster. */
export function isOwn(cluster: string, labels: Labels): boolean {
  return Object.entries(clusterLabels(cluster)).every(([key, value]) => labels[key] === value);
}

/**
 * Labels of what builds of images have in the project for a time. The value of `cluster` can be no
 * cluster's: their names have no such character. So one question finds a cluster's and theirs.
 */
export const buildsLabels: Labels = {
  ...clusterLabels('image_build'),
  purpose: 'image-build',
};

/** The selector of all that builds of images have. */
export const buildsSelector = selectorOf(buildsLabels);

/** True when a build of an image made what has these labels. */
export function isOfBuilds(labels: Labels): boolean {
  return Object.entries(buildsLabels).every(([key, value]) => labels[key] === value);
}

/** Finds everything of a cluster, and everything of builds of images. */
export function withBuildsSelector(cluster: string): string {
  const names = [cluster, buildsLabels[labelKeys.cluster]].join(',');
  return `${labelKeys.managedBy}=oxide,${labelKeys.cluster} in (${names})`;
}

/**
 * Labels of the network: it also carries which certificate authority the cluster has. `fingerprint`
 * are the first 32 hex digits of the SHA-256; Hetzner's label values end at 63 characters.
 */
export function networkLabels(cluster: string, fingerprint: string): Labels {
  return { ...clusterLabels(cluster), [labelKeys.caFingerprint]: fingerprint };
}

/** Whose servers a placement group holds: all control planes', or those of a pool. */
export interface PlacementIdentity {
  readonly role: Role;
  /** Of a group of workers. */
  readonly pool: string;
  /** From 1. */
  readonly index: number;
}

/** Labels of a placement group. */
export function placementLabels(cluster: string, { role, pool, index }: PlacementIdentity): Labels {
  return {
    ...clusterLabels(cluster),
    [labelKeys.role]: role,
    ...(role === 'worker' ? { [labelKeys.pool]: pool } : {}),
    [labelKeys.index]: String(index),
  };
}

/** Whose servers a placement group holds; undefined when its labels do not tell. */
export function readPlacement(labels: Labels): PlacementIdentity | undefined {
  const all =
    labels[labelKeys.role] === 'control-plane' ? { [labelKeys.pool]: '-', ...labels } : labels;
  return readServerIdentity(all);
}

/** What a server is, as its labels say it. */
export interface ServerIdentity {
  readonly role: Role;
  readonly pool: string;
  readonly index: number;
}

export interface ServerLabelOptions extends ServerIdentity {
  readonly cluster: string;
  readonly talosVersion: string;
  /** Of what it is made of. */
  readonly configHash: string;
  /** A load balancer is the endpoint in its machine configuration. */
  readonly isBalanced?: boolean;
  /** The pool's own labels from cluster.yaml. */
  readonly poolLabels: Labels;
}

/** Labels of a server. Keys under `hetzner.cloud/` are Hetzner's own and refused by its API. */
export function serverLabels(options: ServerLabelOptions): Labels {
  const own = Object.entries(options.poolLabels).filter(
    ([key]) => !key.startsWith('hetzner.cloud/') && key !== labelKeys.endpoint,
  );
  return {
    ...Object.fromEntries(own),
    ...clusterLabels(options.cluster),
    [labelKeys.role]: options.role,
    [labelKeys.pool]: options.pool,
    [labelKeys.index]: String(options.index),
    [labelKeys.talosVersion]: options.talosVersion,
    [labelKeys.configHash]: options.configHash,
    ...(options.isBalanced ? { [labelKeys.endpoint]: balanced } : {}),
  };
}

const balanced = 'load-balancer';

/** True for a server that was made with a load balancer as its endpoint. */
export function isMadeForBalancer(labels: Labels): boolean {
  return labels[labelKeys.endpoint] === balanced;
}

/** Role, pool and index of a server; undefined when its labels do not tell all three. */
export function readServerIdentity(labels: Labels): ServerIdentity | undefined {
  const role = labels[labelKeys.role];
  const pool = labels[labelKeys.pool];
  const index = labels[labelKeys.index];
  if (role !== 'control-plane' && role !== 'worker') return undefined;
  if (pool === undefined || pool === '') return undefined;
  if (index === undefined || !/^[1-9]\d*$/.test(index)) return undefined;
  return { role, pool, index: Number(index) };
}

/**
 * Labels that a destroy adds to what controllers made, before the servers go: without Kubernetes
 * nobody could tell afterwards that it was the cluster's.
 */
export function goingLabels(cluster: string): Labels {
  return { [labelKeys.cluster]: cluster, [labelKeys.removal]: 'destroy' };
}

/** True when a destroy of the cluster has begun that was to delete what carries these labels. */
export function isGoing(cluster: string, labels: Labels): boolean {
  return Object.entries(goingLabels(cluster)).every(([key, value]) => labels[key] === value);
}

/**
 * The label of what hung on a server that a scale removed: without the server nobody could tell
 * afterwards whose it was. Its key is oxide's own, because the thing may be anybody's.
 */
export function leftLabels(cluster: string): Labels {
  return { [labelKeys.leftBy]: cluster };
}

/** The label selector that finds these. */
export function leftSelector(cluster: string): string {
  return `${labelKeys.leftBy}=${cluster}`;
}

/** True when a scale of the cluster left what carries these labels. */
export function isLeft(cluster: string, labels: Labels): boolean {
  return labels[labelKeys.leftBy] === cluster;
}

/** What Hetzner's storage driver is told to write on volumes, beside its own label (src/addons/hcloud-csi.ts). */
function volumeLabels(cluster: string): Labels {
  return { [labelKeys.cluster]: cluster, 'installed-by': 'oxide' };
}

/** True for a volume that was made by a storage driver which oxide installed in this cluster. */
export function isVolumeOf(cluster: string, labels: Labels): boolean {
  return (
    labels[labelKeys.managedBy] === storageDriver &&
    Object.entries(volumeLabels(cluster)).every(([key, value]) => labels[key] === value)
  );
}

/** The same of any cluster. */
export function isMarkedVolume(labels: Labels): boolean {
  return isVolumeOf(labels[labelKeys.cluster] ?? '', labels);
}

/** hcloud-csi-driver's own label (its source, internal/driver/controller.go). */
export const storageDriver = 'csi-driver';

/** A removal begins with the drain, and cannot be taken back once the node was told to reset itself. */
export type RemovalStage = 'drain' | 'reset';

/** How far the removal of a server has come that some run began; undefined: it is not being removed. */
export function removalStage(labels: Labels): RemovalStage | undefined {
  const stage = labels[labelKeys.removal];
  return stage === 'drain' || stage === 'reset' ? stage : undefined;
}
