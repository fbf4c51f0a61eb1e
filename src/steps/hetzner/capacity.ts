import {
  candidateText,
  isSameCandidate,
  type Candidate,
} from '../../cluster/catalogue/candidates.js';
import { availableNow } from '../../cluster/catalogue/orderable-types.js';
import type { PlannedServer } from '../../cluster/plan/planned-servers.js';
import { capacityHint } from '../../cluster/catalogue/order-checks.js';
import type { HetznerError } from '../../hetzner/errors.js';
import { ExitCode, OxideError } from '../../lib/errors.js';
import type { FlowContext } from '../run/context.js';
import { readCatalogue } from '../observe/observe.js';

/** What a server is ordered as, and in which placement group; undefined: in none. */
export interface Offer extends Candidate {
  readonly group?: string | undefined;
}

/** A type in a location that Hetzner refused to sell, or to place in a group. */
export interface CapacityRefusal {
  readonly offer: Offer;
  readonly error: HetznerError;
}

/** Nothing was made, and something else may well be had. */
export function isCapacityRefusal({ code }: HetznerError): boolean {
  return code === 'resource_unavailable' || isAboutGroup(code);
}

/** There are such servers, but none on a host that the group's others are not on. */
function isAboutGroup(code: string): boolean {
  return code === 'placement_error' || code === 'placement_group_member_limit_reached';
}

/** What a refusal says of an offer: a group that has no host says nothing of others. */
export function refuses({ offer, error }: CapacityRefusal, other: Offer): boolean {
  if (!isSameCandidate(offer, other)) return false;
  return !isAboutGroup(error.code) || offer.group === other.group;
}

/** What a server may be ordered as, in the order of preference. */
export function offersOf({ candidates, group }: PlannedServer): readonly Offer[] {
  if (!group) return candidates;
  const grouped = candidates.map((one): Offer => ({ ...one, group: group.name }));
  return group.isMust ? grouped : [...grouped, ...candidates];
}

/** The same code as for what is sold out; only Hetzner's words tell that waiting does not help. */
export function isClosedLocation({ reason }: HetznerError): boolean {
  return reason.includes('location disabled');
}

/** The end of all tries: what was asked for, and what the catalogue offers at this moment. */
export async function capacityError(
  ctx: FlowContext,
  { pool, type, candidates, group }: PlannedServer,
  refusals: readonly CapacityRefusal[],
): Promise<OxideError> {
  const catalogue = await readCatalogue(ctx).catch((reason: unknown) => {
    ctx.signal.throwIfAborted();
    if (!(reason instanceof OxideError)) throw reason;
    return undefined;
  });
  const refused = refusals.map(({ offer }) => offer);
  const instead = catalogue ? ` ${availableNow(catalogue, { wanted: candidates, refused })}` : '';
  const reasons = refusals
    .filter(({ offer }) => candidates.some((one) => isSameCandidate(one, offer)))
    .map(({ error: { code, reason } }) => `${code}: ${reason}`);
  const isGroups = refusals.some(({ error }) => isAboutGroup(error.code)) && group?.isMust === true;
  const alone = isGroups
    ? `\nOr let a server be made without a host of its own: placement: best-effort.`
    : '';
  return new OxideError(
    `Hetzner has no capacity for ${type} (${[...new Set(reasons)].join('; ')}). ` +
      `Tried: ${candidates.map(candidateText).join(', ')}.${instead}`,
    {
      hint: `${capacityHint(`the pool ${pool}`)}${alone}\nWhat exists is kept; the same command goes on from there.`,
      exitCode: ExitCode.refused,
      errorCode: 'hetzner.capacity',
    },
  );
}
