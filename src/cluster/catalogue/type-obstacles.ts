import { enumerate } from '../../lib/format.js';
import {
  candidatesOf,
  candidateText,
  orderableNow,
  typesOf,
  type Candidate,
} from './candidates.js';
import type { Catalogue, ServerTypeInfo } from './catalogue.js';
import { offerIn } from './prices.js';
import { availableNow, orderableElsewhere, orderableInstead } from './orderable-types.js';
import type { CatalogueInput, MissingServers, Obstacle } from './obstacles.js';

/** What of a pool's types and locations cannot be ordered, or not together. */
export function typeObstacles(
  servers: MissingServers,
  { config, catalogue }: CatalogueInput,
): readonly Obstacle[] {
  const { path, pool } = servers;
  // An unknown location is a problem of its own: nothing is sold there.
  const candidates = candidatesOf(config, pool).filter(({ location }) =>
    catalogue.locations.some(({ name }) => name === location),
  );
  const [first] = candidates;
  if (!first) return [];
  const field = pool.server_types ? `${path}.server_types` : `${path}.server_type`;
  const problems = [
    ...unknownTypes(field, first.location, { servers, catalogue }),
    ...mixedArchitectures(field, { servers, catalogue }),
  ].map(usage);
  if (problems.length > 0 || orderableNow(catalogue, candidates).length > 0) return problems;
  const [, second] = candidates;
  return [second ? noneOf(path, candidates, catalogue) : notThis(field, first, catalogue)];
}

interface Pool {
  readonly servers: MissingServers;
  readonly catalogue: Catalogue;
}

function unknownTypes(field: string, location: string, { servers, catalogue }: Pool): string[] {
  return typesOf(servers.pool).flatMap((name, i) => {
    if (typeNamed(catalogue, name)) return [];
    const place = servers.pool.server_types ? `${field}.${i}` : field;
    const instead = orderableInstead(catalogue, name, location);
    return [`${place}: Hetzner has no server type "${name}". ${instead}`];
  });
}

/** One image serves a pool, and pods that run on one of its nodes have to run on the others. */
function mixedArchitectures(field: string, { servers, catalogue }: Pool): string[] {
  const types = typesOf(servers.pool).flatMap((name) => typeNamed(catalogue, name) ?? []);
  if (new Set(types.map(({ architecture }) => architecture)).size < 2) return [];
  const each = types.map(({ name, architecture }) => `${name} is ${architecture}`);
  return [`${field}: ${enumerate(each)}; all types of a pool must have the same architecture`];
}

function notThis(field: string, candidate: Candidate, catalogue: Catalogue): Obstacle {
  const { type: name, location } = candidate;
  const type = typeNamed(catalogue, name);
  const { kind, sentence } = whyNot(type, candidate);
  const instead = orderableInstead(catalogue, name, location);
  const elsewhere =
    type && kind === 'capacity' ? orderableElsewhere(catalogue, type, location) : [];
  const also = elsewhere.length > 0 ? ` ${name} can be ordered in ${elsewhere.join(', ')}.` : '';
  return { kind, text: `${field}: ${sentence}. ${instead}${also}` };
}

/** It is a matter of time when at least one of them is only sold out. */
function noneOf(path: string, candidates: readonly Candidate[], catalogue: Catalogue): Obstacle {
  const reasons = candidates.map((candidate) =>
    whyNot(typeNamed(catalogue, candidate.type), candidate),
  );
  const kind = reasons.some((reason) => reason.kind === 'capacity') ? 'capacity' : 'usage';
  const listed = candidates.map((candidate, i) => {
    return `${candidateText(candidate)} (${reasons[i]?.short ?? ''})`;
  });
  const instead = availableNow(catalogue, { wanted: candidates, refused: candidates });
  const text = `${path}: none of its types can be ordered now: ${listed.join(', ')}. ${instead}`;
  return { kind, text };
}

interface Reason {
  readonly kind: Obstacle['kind'];
  readonly short: string;
  readonly sentence: string;
}

/** Why a candidate that is not available is not. */
function whyNot(type: ServerTypeInfo | undefined, { type: name, location }: Candidate): Reason {
  const offer = offerIn(type, location);
  if (!offer) {
    const sentence = `${name} is not offered in ${location}`;
    return { kind: 'usage', short: 'not offered', sentence };
  }
  if (offer.unavailableAfter !== undefined) {
    const short = `retired ${offer.unavailableAfter.slice(0, 10)}`;
    const sentence = `${name} can no longer be ordered in ${location} (${short})`;
    return { kind: 'usage', short, sentence };
  }
  const sentence = `${name} is sold out in ${location} at present`;
  return { kind: 'capacity', short: 'sold out', sentence };
}

function typeNamed(catalogue: Catalogue, name: string): ServerTypeInfo | undefined {
  return catalogue.serverTypes.find((type) => type.name === name);
}

function usage(text: string): Obstacle {
  return { kind: 'usage', text };
}
