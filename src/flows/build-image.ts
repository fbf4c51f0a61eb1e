import type { Architecture, Catalogue } from '../cluster/catalogue/catalogue.js';
import { typesOf } from '../cluster/catalogue/candidates.js';
import { buildName, imageBuild, type ImageBuild } from '../cluster/catalogue/image-builds.js';
import { chooseImage } from '../cluster/catalogue/images.js';
import type { ClusterConfig } from '../config/schema.js';
import { ExitCode, OxideError } from '../lib/errors.js';
import { findMissing } from '../lib/parallel.js';
import { findOwnAddresses } from '../steps/access/own-address.js';
import { buildImages } from '../steps/image/build-images.js';
import { removeLeftovers } from '../steps/image/remove-build.js';
import { readSnapshots } from '../steps/observe/observe.js';
import type { FlowContext } from '../steps/run/context.js';
import { knownSchematic } from '../steps/talos/schematic.js';

export interface BuildImageWish {
  /** Undefined: all that the pools of cluster.yaml use. */
  readonly architecture: Architecture | undefined;
  /** What the temporary server has to be; undefined: the cheapest that can be had. */
  readonly type: string | undefined;
  readonly location: string | undefined;
  /** Also when there is one that does. */
  readonly force: boolean;
  /** Compares what was written with a second download, on this machine. */
  readonly verify: boolean;
}

/** A snapshot for the servers of cluster.yaml. */
export interface AvailableImage {
  readonly id: number;
  readonly architecture: Architecture;
  readonly talosVersion: string;
  readonly schematic: string;
  /** False: it was there before. */
  readonly made: boolean;
}

/** Makes the Talos snapshots that cluster.yaml asks for and the project lacks. */
export async function buildImage(
  ctx: FlowContext,
  wish: BuildImageWish,
): Promise<readonly AvailableImage[]> {
  const { config, step } = ctx;
  const [catalogue, own] = await findMissing(
    step('Look at what exists', () => readSnapshots(ctx)),
    step('Find the public address of this machine', (io) => findOwnAddresses(ctx, 'admit', io)),
  );
  const wanted = architecturesOf(config, catalogue, wish).map((architecture) => {
    const found = wish.force ? undefined : existing(config, catalogue, architecture);
    const disk = smallestDisk(config, catalogue, architecture);
    const { type, location } = wish;
    const build = imageBuild({ config, catalogue, architecture, disk, type, location });
    return { build, found };
  });
  const missing = wanted.filter(({ found }) => found === undefined).map(({ build }) => build);
  for (const build of missing) demandBuilder(build, wish);
  if (missing.length > 0) await knownSchematic(ctx, catalogue);
  // A build may have been stopped when its snapshot was there already.
  else await removeLeftovers(ctx);
  const { force, verify } = wish;
  const built = await buildImages(ctx, { builds: missing, own, force, verify });
  return wanted.map(({ build, found }) => {
    const { architecture, version: talosVersion, schematic } = build;
    const id = found ?? built.find((one) => one.build === build)?.id;
    if (id === undefined) throw new Error(`${buildName(build)} was not made`);
    return { id, architecture, talosVersion, schematic, made: found === undefined };
  });
}

function architecturesOf(
  config: ClusterConfig,
  { serverTypes }: Catalogue,
  { architecture }: BuildImageWish,
): readonly Architecture[] {
  if (architecture !== undefined) return [architecture];
  const names = new Set([...config.control_planes, ...config.workers].flatMap(typesOf));
  const used = serverTypes.filter(({ name }) => names.has(name));
  return [...new Set(used.map((type) => type.architecture))];
}

/** The snapshot that servers of the pools would be made of, whatever cluster.yaml names. */
function existing(
  config: ClusterConfig,
  catalogue: Catalogue,
  architecture: Architecture,
): number | undefined {
  const talos = { ...config.talos, hcloud_snapshot_id: undefined };
  const [smallest] = typesFor(config, catalogue, architecture);
  if (!smallest) return undefined;
  const choice = chooseImage({ ...config, talos }, catalogue, smallest);
  return 'found' in choice ? choice.found.id : undefined;
}

function smallestDisk(config: ClusterConfig, catalogue: Catalogue, architecture: Architecture) {
  return typesFor(config, catalogue, architecture)[0]?.disk;
}

/** The types of the pools, smallest disk first; all that Hetzner has when no pool uses the architecture. */
function typesFor(config: ClusterConfig, { serverTypes }: Catalogue, architecture: Architecture) {
  const names = new Set([...config.control_planes, ...config.workers].flatMap(typesOf));
  const all = serverTypes.filter((type) => type.architecture === architecture);
  const used = all.filter(({ name }) => names.has(name));
  return [...(used.length > 0 ? used : all)].sort((a, b) => a.disk - b.disk);
}

function demandBuilder(build: ImageBuild, { type, location }: BuildImageWish): void {
  if (build.candidates.length > 0) return;
  const asked = [type, location].filter((part) => part !== undefined).join(' in ');
  throw new OxideError(
    `${buildName(build)} cannot be made: Hetzner has no ${asked === '' ? 'server' : asked} for it at present`,
    {
      hint: 'The disk must not be larger than that of any pool of the architecture. Leave --type and --location out, or try again later.',
      exitCode: ExitCode.refused,
      errorCode: 'hetzner.capacity',
    },
  );
}
