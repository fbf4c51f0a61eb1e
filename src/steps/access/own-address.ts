import { canonicalSource } from '../../cluster/network/cidr.js';
import { PreconditionError } from '../../lib/errors.js';
import type { StepIo } from '../../lib/step.js';
import { ownAddress } from '../../tools/download.js';
import type { FlowContext } from '../run/context.js';

/** The public addresses of this machine, as far as they could be found. */
export interface OwnAddresses {
  /** By which it reaches the nodes. */
  readonly ipv4: string | undefined;
  /** All of them, as firewalls take them. */
  readonly ranges: readonly string[];
  /** Families that were not found, in words. */
  readonly notes: readonly string[];
  /** Why there is none; undefined when there are. */
  readonly failure: PreconditionError | undefined;
}

/**
 * Finds the own public addresses, which are to be admitted or only compared with who is. Not finding
 * them is a note: few runs cannot do without.
 */
export async function findOwnAddresses(
  ctx: FlowContext,
  use: 'admit' | 'compare',
  io: StepIo,
): Promise<OwnAddresses> {
  const own = await lookUp(ctx, ctx.endpoints.ownIpv6);
  const { ipv4, ranges, failure, notes } = own;
  io.summary(ranges.length === 0 ? 'not found' : ranges.join(', '));
  if (failure) io.note(`${failure.message}; whether the firewall admits it is not known`);
  else if (use === 'admit') for (const note of notes) io.note(note);
  else if (ipv4 === undefined) {
    io.note(
      'no public IPv4 address was found; whether the firewall admits this machine is not known',
    );
  }
  return own;
}

/** This machine's public IPv4 address; undefined when it cannot be found. */
export async function publicIpv4(ctx: FlowContext): Promise<string | undefined> {
  return (await lookUp(ctx, [])).ipv4;
}

async function lookUp(ctx: FlowContext, ipv6: readonly string[]): Promise<OwnAddresses> {
  const { endpoints, clock, signal } = ctx;
  try {
    const { ownIpv4: ipv4, outbound } = endpoints;
    const found = await ownAddress({ ipv4, ipv6, outbound, clock, signal });
    const ranges = [found.ipv4, found.ipv6].flatMap((address) =>
      address === undefined ? [] : [canonicalSource(address)],
    );
    return { ipv4: found.ipv4, ranges, notes: found.notes, failure: undefined };
  } catch (error) {
    if (!(error instanceof PreconditionError)) throw error;
    return { ipv4: undefined, ranges: [], notes: [], failure: error };
  }
}
