import type { ClusterConfig } from '../../config/schema.js';
import type { Architecture, Catalogue, ImageInfo, ServerTypeInfo } from './catalogue.js';

/** The label that Talos snapshots carry; its value is always `talos`. */
export const imageSelector = 'os=talos';

/** Both spellings are in use: the one of hcloud-k8s and the one of oxide. */
const versionLabels = ['talos_version', 'talos-version'];

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
  return { found: image };
}

function newestImage(
  config: ClusterConfig,
  catalogue: Catalogue,
  architecture: Architecture,
): ImageChoice {
  const { version } = config.talos;
  const matching = catalogue.images
    .filter((image) => image.labels['os'] === 'talos' && versionOf(image) === version)
    .filter((image) => image.architecture === architecture && image.status === 'available');
  const newest = matching.sort((a, b) => Date.parse(b.created) - Date.parse(a.created))[0];
  if (newest) return { found: newest };
  return { missing: `no Talos image ${version} (${architecture}) in this project` };
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

function versionOf(image: ImageInfo): string | undefined {
  const label = versionLabels.map((key) => image.labels[key]).find((value) => value !== undefined);
  return label === undefined ? undefined : `v${label.replace(/^v/, '')}`;
}

/** The schematic of an unchanged Talos, the same for everybody (Talos image factory). */
const plainSchematic = '376567988ad370138ad8b2698212367b8edcb69b5fd68c80be1f2ec7d603b4ba';

/** How to make the snapshot that is missing. */
export function imageHint(talosVersion: string, architecture: Architecture): string {
  const file = `hcloud-${architecture === 'arm' ? 'arm64' : 'amd64'}.raw.xz`;
  return (
    'Make one with the hcloud-upload-image tool:\n' +
    `  hcloud-upload-image upload --architecture ${architecture} --compression xz \\\n` +
    `    --image-url https://factory.talos.dev/image/${plainSchematic}/${talosVersion}/${file} \\\n` +
    `    --labels os=talos,talos_version=${talosVersion}`
  );
}
