import type { ClusterConfig, PoolConfig } from '../../config/schema.js';
import type { Catalogue } from './catalogue.js';
import { offerIn } from './prices.js';

/** A server type in a location: what a server can be ordered as. */
export interface Candidate {
  readonly type: string;
  readonly location: string;
}

/** The server types that a pool may have, the preferred one first. */
export function typesOf(pool: PoolConfig): readonly string[] {
  return pool.server_types ?? (pool.server_type === undefined ? [] : [pool.server_type]);
}

/** The locations that a pool may have, the preferred one first. */
export function locationsOf(config: ClusterConfig, pool: PoolConfig): readonly string[] {
  return pool.locations ?? [pool.location ?? config.hcloud.location];
}

/**
 * What the servers of a pool may be ordered as, in the order of preference. A type is tried in all
 * locations before the next type: another location costs nothing, a larger type costs money.
 */
export function candidatesOf(config: ClusterConfig, pool: PoolConfig): readonly Candidate[] {
  const locations = locationsOf(config, pool);
  return typesOf(pool).flatMap((type) => locations.map((location) => ({ type, location })));
}

/** Those that the catalogue says can be ordered now, in the same order. */
export function orderableNow(
  catalogue: Catalogue,
  candidates: readonly Candidate[],
): readonly Candidate[] {
  return candidates.filter(({ type: name, location }) => {
    const type = catalogue.serverTypes.find((known) => known.name === name);
    return offerIn(type, location)?.available === true;
  });
}

export function isSameCandidate(one: Candidate, other: Candidate): boolean {
  return one.type === other.type && one.location === other.location;
}

/** `cx33 in nbg1` */
export function candidateText({ type, location }: Candidate): string {
  return `${type} in ${location}`;
}

/** `cx33 or cpx32` */
export function typesText(candidates: readonly Candidate[]): string {
  return [...new Set(candidates.map(({ type }) => type))].join(' or ');
}

/** `nbg1 or fsn1` */
export function locationsText(candidates: readonly Candidate[]): string {
  return [...new Set(candidates.map(({ location }) => location))].join(' or ');
}

/** `cx33 or cpx32 in nbg1 or fsn1` */
export function wishText(candidates: readonly Candidate[]): string {
  return `${typesText(candidates)} in ${locationsText(candidates)}`;
}
