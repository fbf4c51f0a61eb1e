import type { ClusterConfig } from '../../config/schema.js';
import { labelKeys } from '../state/labels.js';
import type { Cost } from '../state/cost.js';
import type { Labels } from '../state/cluster-state.js';
import { typesOf } from './candidates.js';
import type { Catalogue, ImageInfo } from './catalogue.js';
import { chooseImage, schematicOf, versionOf } from './images.js';

/** A snapshot with Talos, and who needs it. */
export interface Snapshot {
  readonly id: number;
  readonly description: string;
  /** Hetzner's word: available, creating or unavailable. */
  readonly status: string;
  readonly architecture: string;
  readonly talosVersion: string | null;
  /** The first 32 characters of the id; null: its labels do not say. */
  readonly schematic: string | null;
  /** GB that are paid for; null while it is being made. */
  readonly size: number | null;
  /** GB that a server's disk must have. */
  readonly disk: number;
  readonly created: string;
  readonly protected: boolean;
  /** Null: its size or the price is not known. */
  readonly monthly: Cost | null;
  /** Servers of the project that were made of it. */
  readonly usedBy: readonly SnapshotUse[];
  /** Clusters whose cluster.yaml would make servers of it now. */
  readonly wantedBy: readonly string[];
}

/** Servers of one pool, or of none that is known. */
export interface SnapshotUse {
  readonly cluster: string | null;
  readonly pool: string | null;
  readonly servers: readonly string[];
}

/** A server of the project, whoever made it. */
export interface ProjectServer {
  readonly name: string;
  readonly imageId: number | undefined;
  readonly labels: Labels;
}

export interface SnapshotsInput {
  /** Those of the project that have Talos. */
  readonly catalogue: Catalogue;
  readonly servers: readonly ProjectServer[];
  /** Of all clusters that share the project, as far as they were given. */
  readonly configs: readonly ClusterConfig[];
}

/** The Talos snapshots of a project, the newest first. */
export function snapshotsOf({ catalogue, servers, configs }: SnapshotsInput): readonly Snapshot[] {
  const wishes = configs.map((config) => ({ config, ids: wantedImages(config, catalogue) }));
  return [...catalogue.images]
    .sort((a, b) => Date.parse(b.created) - Date.parse(a.created))
    .map((image) => ({
      ...{ id: image.id, description: image.description, status: image.status },
      architecture: image.architecture,
      talosVersion: versionOf(image) ?? null,
      schematic: schematicOf(image) ?? null,
      size: image.size ?? null,
      disk: image.diskSize,
      created: image.created,
      protected: image.deleteProtected ?? false,
      monthly: priceOf(image, catalogue),
      usedBy: usesOf(servers.filter(({ imageId }) => imageId === image.id)),
      wantedBy: wishes
        .filter(({ ids }) => ids.has(image.id))
        .map(({ config }) => config.cluster_name),
    }));
}

/** Why a snapshot must stay, in words; undefined: nobody needs it. */
export function reasonToStay(snapshot: Snapshot): string | undefined {
  const { usedBy, wantedBy, status } = snapshot;
  const servers = usedBy.flatMap((use) => use.servers);
  if (servers.length > 0) return `${listed(servers)} came from it`;
  if (wantedBy.length > 0) return `cluster.yaml of ${listed(wantedBy)} asks for it`;
  if (snapshot.protected) return 'it is protected from deletion';
  return status === 'creating' ? 'it is being made' : undefined;
}

function listed(names: readonly string[]): string {
  return names.length > 3 ? `${names.slice(0, 3).join(', ')} and others` : names.join(', ');
}

/** The snapshots that servers of cluster.yaml would be made of now, also of pools without servers. */
function wantedImages(config: ClusterConfig, catalogue: Catalogue): ReadonlySet<number> {
  const named = config.talos.hcloud_snapshot_id;
  if (named !== undefined) return new Set([named]);
  const types = new Set([...config.control_planes, ...config.workers].flatMap(typesOf));
  return new Set(
    catalogue.serverTypes
      .filter(({ name }) => types.has(name))
      .map((type) => chooseImage(config, catalogue, type))
      .flatMap((choice) => ('found' in choice ? [choice.found.id] : [])),
  );
}

/** What these cost together; null when of none is known what it costs. */
export function priceOfAll(snapshots: readonly Snapshot[]): Cost | null {
  const costs = snapshots.flatMap(({ monthly }) => monthly ?? []);
  const [first] = costs;
  if (!first) return null;
  const total = (amounts: readonly number[]): number =>
    exact(amounts.reduce((sum, amount) => sum + amount, 0));
  return {
    net: total(costs.map(({ net }) => net)),
    gross: total(costs.map(({ gross }) => gross)),
    currency: first.currency,
  };
}

function priceOf({ size }: ImageInfo, { imageGb, currency }: Catalogue): Cost | null {
  if (size === undefined || imageGb === undefined) return null;
  return { net: exact(imageGb.net * size), gross: exact(imageGb.gross * size), currency };
}

/** A snapshot costs less than a cent. */
function exact(amount: number): number {
  return Math.round(amount * 10_000) / 10_000;
}

function usesOf(servers: readonly ProjectServer[]): readonly SnapshotUse[] {
  const uses = new Map<string, SnapshotUse>();
  for (const { name, labels } of servers) {
    const isOurs = labels[labelKeys.managedBy] === 'oxide';
    const cluster = (isOurs && labels[labelKeys.cluster]) || null;
    const pool = (isOurs && labels[labelKeys.pool]) || null;
    const key = JSON.stringify([cluster, pool]);
    const known = uses.get(key)?.servers ?? [];
    uses.set(key, { cluster, pool, servers: [...known, name] });
  }
  return [...uses.values()];
}
