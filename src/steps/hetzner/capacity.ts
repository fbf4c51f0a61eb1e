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

/** A type in a location that Hetzner refused to sell. */
export interface CapacityRefusal {
  readonly candidate: Candidate;
  readonly error: HetznerError;
}

/** Nothing was made, and something else may well be had. */
export function isCapacityRefusal({ code }: HetznerError): boolean {
  return code === 'resource_unavailable' || code === 'placement_error';
}

/** The same code as for what is sold out; only Hetzner's words tell that waiting does not help. */
export function isClosedLocation({ reason }: HetznerError): boolean {
  return reason.includes('location disabled');
}

/** The end of all tries: what was asked for, and what the catalogue offers at this moment. */
export async function capacityError(
  ctx: FlowContext,
  { pool, type, candidates }: PlannedServer,
  refusals: readonly CapacityRefusal[],
): Promise<OxideError> {
  const catalogue = await readCatalogue(ctx).catch((reason: unknown) => {
    ctx.signal.throwIfAborted();
    if (!(reason instanceof OxideError)) throw reason;
    return undefined;
  });
  const refused = refusals.map(({ candidate }) => candidate);
  const instead = catalogue ? ` ${availableNow(catalogue, { wanted: candidates, refused })}` : '';
  const reasons = refusals
    .filter(({ candidate }) => candidates.some((one) => isSameCandidate(one, candidate)))
    .map(({ error: { code, reason } }) => `${code}: ${reason}`);
  return new OxideError(
    `Hetzner has no capacity for ${type} (${[...new Set(reasons)].join('; ')}). ` +
      `Tried: ${candidates.map(candidateText).join(', ')}.${instead}`,
    {
      hint: `${capacityHint(`the pool ${pool}`)}\nWhat exists is kept; the same command goes on from there.`,
      exitCode: ExitCode.refused,
      errorCode: 'hetzner.capacity',
    },
  );
}
