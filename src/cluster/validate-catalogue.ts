import type { ClusterConfig } from '../config/schema.js';
import { ExitCode, OxideError, PreconditionError, UsageError } from '../lib/errors.js';
import type { Catalogue, ServerTypeInfo } from './catalogue.js';
import { offerIn } from './cost.js';
import { chooseImage, imageHint } from './image.js';
import { locationProblems } from './locations.js';
import { orderableElsewhere, orderableInstead } from './orderable-types.js';
import { existingOf, poolsOf, wantedServers } from './planned-servers.js';
import type { ClusterState } from './state.js';

/** Hetzner's limit of servers in one network (Hetzner docs, "Networks"). */
const serversPerNetwork = 100;

export interface CatalogueInput {
  readonly config: ClusterConfig;
  readonly state: ClusterState;
  readonly catalogue: Catalogue;
}

/** A reason why servers cannot be made; `capacity`: it may work at another time. */
interface Obstacle {
  readonly kind: 'usage' | 'image' | 'capacity';
  readonly text: string;
  readonly hint?: string;
}

/** Servers of one pool that are still to be made. */
export interface MissingServers {
  /** As `workers.0`. */
  readonly path: string;
  readonly type: string;
  readonly location: string;
  readonly count: number;
}

/**
 * Checks what is still to be made against what Hetzner offers now, and chooses the snapshots.
 * Returns the image id by server type. Throws one error with all problems.
 */
export function validateCatalogue(input: CatalogueInput): ReadonlyMap<string, number> {
  return validateOrders(input, missingServers(input));
}

/** The same for servers that are not those of cluster.yaml's counts. */
export function validateOrders(
  { config, state, catalogue }: CatalogueInput,
  missing: readonly MissingServers[],
): ReadonlyMap<string, number> {
  const images = new Map<string, number>();
  const obstacles: Obstacle[] = locationProblems(config, catalogue).map(usage);
  for (const servers of missing) {
    const type = catalogue.serverTypes.find(({ name }) => name === servers.type);
    obstacles.push(...typeObstacles(servers, type, catalogue));
    if (!type) continue;
    const image = chooseImage(config, catalogue, type);
    if ('found' in image) {
      images.set(type.name, image.found.id);
    } else {
      const hint = imageHint(config.talos.version, type.architecture);
      obstacles.push({ kind: 'image', text: image.missing, hint });
    }
  }
  const total = missing.reduce((sum, { count }) => sum + count, state.servers.length);
  if (total > serversPerNetwork) {
    const text = `${total} servers are more than the ${serversPerNetwork} that a Hetzner network holds`;
    obstacles.push(usage(text));
  }
  if (obstacles.length > 0) throw errorOf(obstacles);
  return images;
}

function missingServers({ config, state }: CatalogueInput): readonly MissingServers[] {
  return poolsOf(config).flatMap((rolePool) => {
    const missing = wantedServers(config, rolePool, state).filter(
      (wanted) => !existingOf(state, wanted),
    );
    const first = missing[0];
    if (!first) return [];
    const { type, location } = first;
    return [{ path: rolePool.path, type, location, count: missing.length }];
  });
}

function typeObstacles(
  { path, type: name, location }: MissingServers,
  type: ServerTypeInfo | undefined,
  catalogue: Catalogue,
): readonly Obstacle[] {
  // An unknown location is a problem of its own: nothing is sold there.
  if (!catalogue.locations.some((known) => known.name === location)) return [];
  const offer = offerIn(type, location);
  if (offer?.available) return [];
  const field = `${path}.server_type:`;
  const instead = orderableInstead(catalogue, name, location);
  if (!type) return [usage(`${field} Hetzner has no server type "${name}". ${instead}`)];
  if (!offer) return [usage(`${field} ${name} is not offered in ${location}. ${instead}`)];
  if (offer.unavailableAfter !== undefined) {
    const day = offer.unavailableAfter.slice(0, 10);
    const text = `${field} ${name} can no longer be ordered in ${location} (retired ${day}). ${instead}`;
    return [usage(text)];
  }
  const elsewhere = orderableElsewhere(catalogue, type, location);
  const also = elsewhere.length > 0 ? ` ${name} can be ordered in ${elsewhere.join(', ')}.` : '';
  const text = `${field} ${name} is sold out in ${location} at present. ${instead}${also}`;
  return [{ kind: 'capacity', text }];
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
    hint: 'Change server_type or location in cluster.yaml, or try again later.',
  });
}

function list(lines: readonly string[]): string {
  return lines.map((line) => `  ${line}`).join('\n');
}
