import { createHash } from 'node:crypto';
import minor from 'semver/functions/minor.js';
import type { ClusterConfig } from '../../config/schema.js';

/** The id of an unchanged Talos, the same for everybody (Image Factory, `TestID`). */
export const plainSchematic = '376567988ad370138ad8b2698212367b8edcb69b5fd68c80be1f2ec7d603b4ba';

/** Where the nodes get their installer, and everybody Talos images. */
const imageFactory = 'factory.talos.dev';

type TalosConfig = ClusterConfig['talos'];

/**
 * What is added to Talos as the Image Factory writes it down; undefined when nothing is, or only an
 * id is known. Its SHA-256 is the id (Image Factory, pkg/schematic). Extensions are sorted: their
 * order says nothing, and would be another id.
 */
export function schematicDocument({ schematic }: Pick<TalosConfig, 'schematic'>) {
  const { extensions, kernel_args } = schematic;
  if (extensions.length === 0 && kernel_args.length === 0) return undefined;
  const args = kernel_args.map((arg) => `        - ${arg}\n`);
  const names = [...new Set(extensions)].sort().map((name) => `            - ${name}\n`);
  return [
    'customization:\n',
    ...(args.length > 0 ? ['    extraKernelArgs:\n', ...args] : []),
    ...(names.length > 0
      ? ['    systemExtensions:\n', '        officialExtensions:\n', ...names]
      : []),
  ].join('');
}

/** The id of what cluster.yaml adds to Talos; undefined: nothing, it is Talos as it is. */
export function schematicId(talos: Pick<TalosConfig, 'schematic' | 'schematic_id'>) {
  const document = schematicDocument(talos);
  const id =
    document === undefined
      ? talos.schematic_id
      : createHash('sha256').update(document).digest('hex');
  return id === plainSchematic ? undefined : id;
}

/** What a snapshot for cluster.yaml has to be made with; undefined: nothing beyond Talos. */
export function addedToTalos(talos: Pick<TalosConfig, 'schematic' | 'schematic_id'>) {
  const id = schematicId(talos);
  return id === undefined ? undefined : { id, extensions: talos.schematic.extensions };
}

/** The part of an id that a label's value has room for. */
export function schematicLabel(id: string): string {
  return id.slice(0, 32);
}

/** The installer that keeps what is added to Talos, without its version; undefined: Talos's own. */
export function schematicInstaller(talos: TalosConfig): string | undefined {
  const id = schematicId(talos);
  if (id === undefined) return undefined;
  // One for each platform since Talos 1.10; the one before was for all.
  const name = minor(talos.version) >= 10 ? 'hcloud-installer' : 'installer';
  return `${imageFactory}/${name}/${id}`;
}

/** Where the image of a Talos disk is at the Image Factory, compressed with xz. */
export function diskImageUrl(
  talos: TalosConfig,
  architecture: 'x86' | 'arm',
  factory = `https://${imageFactory}`,
): string {
  const file = `hcloud-${architecture === 'arm' ? 'arm64' : 'amd64'}.raw.xz`;
  const id = schematicId(talos) ?? plainSchematic;
  return `${factory}/image/${id}/${talos.version}/${file}`;
}
