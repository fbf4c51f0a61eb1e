import type { ClusterConfig } from '../../config/schema.js';
import { oxide } from '../../lib/commands.js';
import { plainSchematic, schematicId, schematicLabel } from './schematic.js';
import type { Architecture, Catalogue, ImageInfo, ServerTypeInfo } from './catalogue.js';

/** The label that Talos snapshots carry; its value is always `talos`. */
export const imageSelector = 'os=talos';

/** Both spellings are in use: the one of hcloud-k8s and the one of oxide. */
const versionLabels = ['talos_version', 'talos-version'];

/** Both are in use, with the first 32 characters of the id. */
const schematicLabels = ['schematic', 'talos_schematic_id'];

/** An image, or why there is none. */
export type ImageChoice = { readonly found: ImageInfo } | { readonly missing: string };

/**
 * The Talos snapshot for a server type: the configured one, or else the newest that is labelled
 * with the Talos version and has the type's architecture.
 */
export function chooseImage(
  config: ClusterConfig,
  catalogue: Catalogue,
  type: ServerTypeInfo,
): ImageChoice {
  const id = config.talos.hcloud_snapshot_id;
  const choice =
    id === undefined
      ? newestImage(config, catalogue, type.architecture)
      : configuredImage(id, config, catalogue);
  if ('missing' in choice) return choice;
  const reason = misfit(choice.found, type);
  return reason === undefined ? choice : { missing: reason };
}

function configuredImage(id: number, config: ClusterConfig, catalogue: Catalogue): ImageChoice {
  const image = catalogue.images.find((candidate) => candidate.id === id);
  if (!image) return { missing: `there is no snapshot ${id} in this project` };
  const version = versionOf(image);
  if (version !== undefined && version !== config.talos.version) {
    return {
      missing: `snapshot ${id} is of Talos ${version}, but talos.version is ${config.talos.version}`,
    };
  }
  const [made, wanted] = [schematicOf(image), schematicId(config.talos)];
  if (wanted !== undefined && made !== undefined && made !== schematicLabel(wanted)) {
    return {
      missing: `snapshot ${id} was made with the schematic ${made}…, cluster.yaml asks for ${schematicLabel(wanted)}…`,
    };
  }
  return { found: image };
}

function newestImage(
  config: ClusterConfig,
  catalogue: Catalogue,
  architecture: Architecture,
): ImageChoice {
  const { version } = config.talos;
  const wanted = schematicId(config.talos);
  const matching = catalogue.images
    .filter((image) => image.labels['os'] === 'talos' && versionOf(image) === version)
    .filter((image) => image.architecture === architecture && image.status === 'available')
    .filter((image) => wanted === undefined || schematicOf(image) === schematicLabel(wanted))
    .sort((a, b) => Date.parse(b.created) - Date.parse(a.created));
  // Talos as it is comes first; other tools' snapshots with more in them do as well.
  const best = matching.find((image) => wanted !== undefined || isPlain(image)) ?? matching[0];
  if (best) return { found: best };
  if (wanted === undefined) {
    return { missing: `no Talos image ${version} (${architecture}) in this project` };
  }
  const made = `${schematicLabel(wanted)}…`;
  return {
    missing: `no Talos image ${version} (${architecture}) with the schematic ${made} in this project`,
  };
}

function misfit(image: ImageInfo, type: ServerTypeInfo): string | undefined {
  if (image.status !== 'available') return `snapshot ${image.id} is not ready: ${image.status}`;
  if (image.architecture !== type.architecture) {
    return `snapshot ${image.id} is for ${image.architecture}, ${type.name} is ${type.architecture}`;
  }
  if (image.diskSize > type.disk) {
    return `snapshot ${image.id} needs a disk of ${image.diskSize} GB, ${type.name} has ${type.disk} GB`;
  }
  return undefined;
}

/** The beginning of the id of what the image has beyond Talos; undefined: its labels do not say. */
export function schematicOf({ labels }: ImageInfo): string | undefined {
  const label = schematicLabels.map((key) => labels[key]).find((value) => value !== undefined);
  return label === undefined ? undefined : schematicLabel(label);
}

function isPlain(image: ImageInfo): boolean {
  return [undefined, schematicLabel(plainSchematic)].includes(schematicOf(image));
}

/** The Talos version of a snapshot, with a `v`; undefined: its labels do not say. */
export function versionOf(image: ImageInfo): string | undefined {
  const label = versionLabels.map((key) => image.labels[key]).find((value) => value !== undefined);
  return label === undefined ? undefined : `v${label.replace(/^v/, '')}`;
}

/** How to come to the snapshot that is missing. */
export function imageHint({ talos }: ClusterConfig, architecture: Architecture): string {
  return talos.hcloud_snapshot_id === undefined
    ? `Make it: ${oxide`image build --arch ${architecture}`}`
    : `Leave talos.hcloud_snapshot_id out, or name one that fits: ${oxide`image list`}`;
}
