import { candidateText, isSameCandidate, type Candidate } from './candidates.js';
import type { Catalogue, ServerTypeInfo, ServerTypeOffer } from './catalogue.js';
import { offerIn } from './prices.js';
import { monthlyText } from '../state/cost.js';
import { distance } from 'fastest-levenshtein';

const suggested = 3;
const suggestedInZone = 4;

/** What can be ordered in a location instead of a type, nearest first, as a sentence. */
export function orderableInstead(catalogue: Catalogue, type: string, location: string): string {
  const wanted = catalogue.serverTypes.find(({ name }) => name === type);
  const nearest = catalogue.serverTypes
    .filter((candidate) => candidate.name !== type && offerIn(candidate, location)?.available)
    .filter((candidate) => !wanted || candidate.architecture === wanted.architecture)
    .map((candidate) => ({ candidate, far: farness(candidate, wanted ?? type) }))
    .sort((a, b) => a.far - b.far || priceOf(a.candidate) - priceOf(b.candidate))
    .slice(0, suggested)
    .map(({ candidate }) => describe(catalogue, { type: candidate, location }));
  if (nearest.length === 0) return `Nothing of its kind can be ordered in ${location} now.`;
  return `Can be ordered there: ${nearest.join(', ')}.`;

  function priceOf(candidate: ServerTypeInfo): number {
    return offerIn(candidate, location)?.price?.monthlyGross ?? Infinity;
  }
}

interface Offer {
  readonly type: ServerTypeInfo;
  readonly location: string;
}

/** `cx33 (4 vCPU, 8 GB, €8.49 net a month)` */
function describe(catalogue: Catalogue, { type, location }: Offer, called = type.name): string {
  const price = offerIn(type, location)?.price;
  const cost = price
    ? `, ${monthlyText({ net: price.monthlyNet, currency: catalogue.currency })}`
    : '';
  return `${called} (${type.cores} vCPU, ${type.memory} GB${cost})`;
}

/**
 * What can be ordered now in the network zone of what was wanted, as a sentence: nearest types
 * first, and without what Hetzner has just refused although its catalogue offers it.
 */
export function availableNow(
  catalogue: Catalogue,
  asked: { readonly wanted: readonly Candidate[]; readonly refused: readonly Candidate[] },
): string {
  const [first] = asked.wanted;
  const zone = catalogue.locations.find(({ name }) => name === first?.location)?.networkZone;
  const type = catalogue.serverTypes.find(({ name }) => name === first?.type);
  if (zone === undefined || !type) return '';
  const offers = catalogue.serverTypes
    .filter(({ architecture }) => architecture === type.architecture)
    .flatMap((other) =>
      other.offers.filter(({ available }) => available).map((offer) => ({ type: other, offer })),
    )
    .filter(({ offer }) => isIn(catalogue, offer.location, zone))
    .map((one) => ({ ...one, as: { type: one.type.name, location: one.offer.location } }))
    .filter(({ as }) => !asked.refused.some((refused) => isSameCandidate(refused, as)))
    .map((one) => ({ ...one, far: farness(one.type, type) }))
    .sort((a, b) => a.far - b.far || monthly(a.offer) - monthly(b.offer))
    .slice(0, suggestedInZone)
    .map(({ as, type: info }) =>
      describe(catalogue, { type: info, location: as.location }, candidateText(as)),
    );
  if (offers.length === 0) return `Nothing of its kind can be ordered in ${zone} now.`;
  return `Available now in ${zone}: ${offers.join(', ')}.`;
}

function isIn(catalogue: Catalogue, location: string, zone: string): boolean {
  return catalogue.locations.some(
    ({ name, networkZone }) => name === location && networkZone === zone,
  );
}

function monthly({ price }: ServerTypeOffer): number {
  return price?.monthlyGross ?? Infinity;
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
