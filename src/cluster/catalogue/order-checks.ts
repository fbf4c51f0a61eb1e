import type { CatalogueInput, Obstacle, MissingServers } from './obstacles.js';
import { ExitCode, OxideError, PreconditionError, UsageError } from '../../lib/errors.js';
import type { ClusterConfig } from '../../config/schema.js';
import { typesOf } from './candidates.js';
import { serversInANetwork } from '../network/node-addresses.js';
import type { ServerTypeInfo } from './catalogue.js';
import { imageBuild, buildName, type ImageBuild } from './image-builds.js';
import { chooseImage, imageHint } from './images.js';
import { locationProblems } from './locations.js';
import { typeObstacles } from './type-obstacles.js';

/** What servers are made of. */
export interface ServerImages {
  /** The id of the snapshot by server type, where there is one. */
  readonly images: ReadonlyMap<string, number>;
  /** Those that are made first: of architectures whose snapshot is missing. */
  readonly builds: readonly ImageBuild[];
}

/** The same for servers that are not those of cluster.yaml's counts. */
export function validateOrders(
  input: CatalogueInput,
  missing: readonly MissingServers[],
): ServerImages {
  const { config, state, catalogue } = input;
  const images = new Map<string, number>();
  const imageless: ServerTypeInfo[] = [];
  const obstacles: Obstacle[] = locationProblems(config, catalogue).map(usage);
  for (const servers of missing) {
    obstacles.push(...typeObstacles(servers, input));
    const names = typesOf(servers.pool);
    for (const type of catalogue.serverTypes.filter(({ name }) => names.includes(name))) {
      const image = chooseImage(config, catalogue, type);
      if ('found' in image) {
        images.set(type.name, image.found.id);
      } else if (mayBuild(config)) {
        imageless.push(type);
      } else {
        const hint = imageHint(config, type.architecture);
        obstacles.push({ kind: 'image', text: image.missing, hint });
      }
    }
  }
  const total = missing.reduce((sum, { count }) => sum + count, state.servers.length);
  if (total > serversInANetwork) {
    const text = `${total} servers are more than the ${serversInANetwork} that a Hetzner network holds`;
    obstacles.push(usage(text));
  }
  const builds = buildsFor(imageless, input);
  obstacles.push(...builds.filter(({ candidates }) => candidates.length === 0).map(nowhere));
  if (obstacles.length > 0) throw errorOf(obstacles);
  return { images, builds };
}

/** A snapshot that is named is the user's own. */
function mayBuild({ talos }: ClusterConfig): boolean {
  return talos.build_images && talos.hcloud_snapshot_id === undefined;
}

/** One for each architecture, on a disk that is no larger than that of its servers. */
function buildsFor(
  types: readonly ServerTypeInfo[],
  { config, catalogue }: CatalogueInput,
): readonly ImageBuild[] {
  const architectures = [...new Set(types.map(({ architecture }) => architecture))];
  return architectures.map((architecture) => {
    const disks = types.filter((one) => one.architecture === architecture).map(({ disk }) => disk);
    return imageBuild({ config, catalogue, architecture, disk: Math.min(...disks) });
  });
}

function nowhere(build: ImageBuild): Obstacle {
  const text = `${buildName(build)} is missing, and Hetzner has no server to make it on at present`;
  return { kind: 'capacity', text };
}

function usage(text: string): Obstacle {
  return { kind: 'usage', text };
}

function errorOf(obstacles: readonly Obstacle[]): OxideError {
  const lines = [...new Set(obstacles.map(({ text }) => text))];
  const message =
    lines.length === 1 ? lines.join('') : `the cluster cannot be made as it is:\n${list(lines)}`;
  if (obstacles.some(({ kind }) => kind === 'usage')) {
    return new UsageError(message, 'Change cluster.yaml and run the same command again.');
  }
  const hints = [...new Set(obstacles.flatMap(({ hint }) => hint ?? []))];
  if (hints.length > 0) return new PreconditionError(message, hints.join('\n'));
  return new OxideError(message, {
    exitCode: ExitCode.refused,
    errorCode: 'hetzner.capacity',
    hint: capacityHint('the pool'),
  });
}

/** What to do when Hetzner has nothing to sell for a pool. */
export function capacityHint(pool: string): string {
  return (
    `Give ${pool} in cluster.yaml more to choose from: server_types and locations take several, in the\n` +
    'order of preference. Or try again later. Status: https://status.hetzner.com'
  );
}

function list(lines: readonly string[]): string {
  return lines.map((line) => `  ${line}`).join('\n');
}
