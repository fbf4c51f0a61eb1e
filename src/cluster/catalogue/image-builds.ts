import type { ClusterConfig } from '../../config/schema.js';
import { leaseLabels, readLease, type Lease } from '../state/lease.js';
import { buildsLabels, buildsSelector, isOfBuilds, labelKeys } from '../state/labels.js';
import type { Labels } from '../state/cluster-state.js';
import { formatMoney } from '../state/cost.js';
import type { Candidate } from './candidates.js';
import { candidateText } from './candidates.js';
import type { Architecture, Catalogue, ServerTypeInfo } from './catalogue.js';
import { hourlyCost } from './prices.js';
import { diskImageUrl, plainSchematic, schematicId, schematicLabel } from './schematic.js';

/** Which image of Talos it is. */
export interface ImageIdentity {
  readonly architecture: Architecture;
  /** With a `v`. */
  readonly version: string;
  /** The first 32 characters of the schematic's id. */
  readonly schematic: string;
}

/** A Talos image that is to be made. */
export interface ImageBuild extends ImageIdentity {
  /** What the temporary server may be ordered as, the preferred one first. */
  readonly candidates: readonly Candidate[];
}

/** Who takes the image, and where it comes from. */
export interface BuildWish {
  readonly config: ClusterConfig;
  readonly catalogue: Catalogue;
  readonly architecture: Architecture;
  /** GB of the smallest disk that servers of it have; undefined: not known yet. */
  readonly disk?: number | undefined;
  /** What the temporary server has to be; undefined: the cheapest that can be had. */
  readonly type?: string | undefined;
  readonly location?: string | undefined;
}

/** `Talos v1.13.9 (x86)` */
export function buildName({ version, architecture }: ImageIdentity): string {
  return `Talos ${version} (${architecture})`;
}

/** What has to be done for an image that is not there. It has no candidates when nothing can be ordered. */
export function imageBuild(wish: BuildWish): ImageBuild {
  const { config, architecture } = wish;
  const { talos } = config;
  return {
    architecture,
    version: talos.version,
    schematic: schematicLabel(schematicId(talos) ?? plainSchematic),
    candidates: builderCandidates(wish),
  };
}

/** Where the temporary server downloads the image; `factory` is the base of the Image Factory. */
export function imageUrl(
  talos: ClusterConfig['talos'],
  architecture: Architecture,
  factory: string,
): string {
  const own = talos.image_url;
  if (own === undefined) return diskImageUrl(talos, architecture, factory);
  return own
    .replaceAll('{version}', talos.version)
    .replaceAll('{arch}', architecture === 'arm' ? 'arm64' : 'amd64');
}

/**
 * What a builder may be, smallest disk first: the snapshot asks for a disk of its size. Then by
 * price, and the cluster's own location first; any other one does as well.
 */
function builderCandidates(wish: BuildWish): readonly Candidate[] {
  const { config, catalogue, architecture, disk = Infinity } = wish;
  const types = catalogue.serverTypes
    .filter((type) => type.architecture === architecture && type.disk <= disk)
    .filter(({ name }) => wish.type === undefined || name === wish.type)
    .sort((a, b) => a.disk - b.disk || cheapest(a) - cheapest(b));
  const home = config.hcloud.location;
  const zone = catalogue.locations.find(({ name }) => name === home)?.networkZone;
  const inZone = (name: string): boolean =>
    catalogue.locations.some((one) => one.name === name && one.networkZone === zone);
  const distance = (name: string): number => (name === home ? 0 : inZone(name) ? 1 : 2);
  return types.flatMap((type) =>
    type.offers
      .filter(({ available }) => available)
      .filter(({ location }) => wish.location === undefined || location === wish.location)
      .sort((a, b) => distance(a.location) - distance(b.location))
      .map(({ location }) => ({ type: type.name, location })),
  );
}

function cheapest({ offers }: ServerTypeInfo): number {
  const prices = offers.flatMap(({ available, price }) => (available && price ? [price] : []));
  return Math.min(...prices.map(({ hourlyNet }) => hourlyNet), Number.MAX_VALUE);
}

/** `cx23 in nbg1 for about 3 min (€0.01 net, removed afterwards)` */
export function builderText({ candidates }: ImageBuild, catalogue: Catalogue): string {
  const [first] = candidates;
  if (!first) return 'nothing can be ordered to make it on';
  const { net, currency } = hourlyCost(catalogue, [first]);
  // Hetzner bills begun hours.
  const price = `${formatMoney(Math.max(net, 0.01), currency)} net`;
  return `made on a ${candidateText(first)} in about 3 min (${price}; the server goes afterwards)`;
}

const buildKey = 'image-build';

/** The selector of what one build has. */
export function selectorOfBuild(id: string): string {
  return `${buildsSelector},${buildKey}=${id}`;
}

/**
 * Labels of what a build needs for a time. None of them is what a snapshot is looked for by: one
 * that was not checked must not become a node.
 */
export function temporaryLabels(image: ImageIdentity, id: string): Labels {
  return { ...buildsLabels, [buildKey]: id, ...identityLabels(image) };
}

/** The same on what lives as long as the build is at work: until then it is not to be removed. */
export function heldLabels(image: ImageIdentity, id: string, lease: Lease): Labels {
  return { ...temporaryLabels(image, id), ...leaseLabels(lease) };
}

/** Labels of a snapshot that was checked. */
export function imageLabels(image: ImageIdentity): Labels {
  return { os: 'talos', [labelKeys.managedBy]: 'oxide', ...identityLabels(image) };
}

function identityLabels({ architecture, version, schematic }: ImageIdentity): Labels {
  return { [labelKeys.talosVersion]: version, arch: architecture, schematic };
}

/** Something that a build of an image has, or has left. */
export interface BuildPart {
  readonly id: number;
  readonly labels: Labels;
}

/** The build that this is a part of; undefined: its labels do not say. */
export function buildOf({ labels }: Pick<BuildPart, 'labels'>): string | undefined {
  return isOfBuilds(labels) ? labels[buildKey] : undefined;
}

/** `Talos v1.13.9 (x86)`, by the labels of a part; what they do not say is left out. */
export function imageNameOf(labels: Labels): string {
  const version = labels[labelKeys.talosVersion];
  const arch = labels['arch'];
  return ['Talos', version, arch && `(${arch})`].filter((part) => part !== undefined).join(' ');
}

export function isOfImage({ labels }: BuildPart, image: ImageIdentity): boolean {
  return Object.entries(identityLabels(image)).every(([key, value]) => labels[key] === value);
}

/** Builds that are at work now, by what they hold; those of this run's own past are not. */
export function buildsAtWork(
  parts: readonly Pick<BuildPart, 'labels'>[],
  { now, own }: { readonly now: number; readonly own: Pick<Lease, 'id'> },
): ReadonlySet<string> {
  const held = parts.filter(({ labels }) => {
    const lease = readLease(labels);
    return lease !== undefined && lease.until > now && lease.id !== own.id;
  });
  return new Set(held.flatMap((part) => buildOf(part) ?? []));
}
