import { distance } from 'fastest-levenshtein';
import type { Catalogue, ServerTypeInfo } from './catalogue.js';
import { formatMoney, offerIn } from './cost.js';

const suggested = 3;

/** What can be ordered in a location instead of a type, nearest first, as a sentence. */
export function orderableInstead(catalogue: Catalogue, type: string, location: string): string {
  const wanted = catalogue.serverTypes.find(({ name }) => name === type);
  const nearest = catalogue.serverTypes
    .filter((candidate) => candidate.name !== type && offerIn(candidate, location)?.available)
    .filter((candidate) => !wanted || candidate.architecture === wanted.architecture)
    .map((candidate) => ({ candidate, far: farness(candidate, wanted ?? type) }))
    .sort((a, b) => a.far - b.far || priceOf(a.candidate) - priceOf(b.candidate))
    .slice(0, suggested)
    .map(({ candidate }) => describe(candidate));
  if (nearest.length === 0) return `Nothing of its kind can be ordered in ${location} now.`;
  return `Can be ordered there: ${nearest.join(', ')}.`;

  function priceOf(candidate: ServerTypeInfo): number {
    return offerIn(candidate, location)?.price?.monthlyGross ?? Infinity;
  }
  function describe(candidate: ServerTypeInfo): string {
    const { name, cores, memory } = candidate;
    const price = offerIn(candidate, location)?.price;
    const cost = price ? `, ${formatMoney(price.monthlyGross, catalogue.currency)}/month` : '';
    return `${name} (${cores} vCPU, ${memory} GB${cost})`;
  }
}

/** Other locations of the same network zone where a type can be ordered now. */
export function orderableElsewhere(
  catalogue: Catalogue,
  type: ServerTypeInfo,
  location: string,
): readonly string[] {
  const zone = catalogue.locations.find(({ name }) => name === location)?.networkZone;
  return catalogue.locations
    .filter(({ name, networkZone }) => name !== location && networkZone === zone)
    .filter(({ name }) => offerIn(type, name)?.available)
    .map(({ name }) => name);
}

/** How different two types are in size; by name when the wanted one is not in the catalogue any more. */
function farness(candidate: ServerTypeInfo, wanted: ServerTypeInfo | string): number {
  if (typeof wanted === 'string') return distance(candidate.name, wanted);
  return (
    Math.abs(Math.log2(candidate.memory / wanted.memory)) +
    Math.abs(Math.log2(candidate.cores / wanted.cores))
  );
}
