import { canonicalSource } from '../../cluster/network/cidr.js';
import { ownAddressOf, type OwnAddressFinding } from '../../cluster/network/own-address.js';
import { PreconditionError } from '../../lib/errors.js';
import type { StepIo } from '../../lib/step.js';
import { askOwnAddress } from '../../tools/own-address.js';
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
  if (ranges.length === 0) io.unmet('not found');
  else io.summary(ranges.join(', '));
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

async function lookUp(ctx: FlowContext, ownIpv6: readonly string[]): Promise<OwnAddresses> {
  const { endpoints, clock, signal } = ctx;
  const services = { ipv4: endpoints.ownIpv4, ipv6: ownIpv6 };
  const { outbound } = endpoints;
  const answers = await askOwnAddress({ ...services, outbound, clock, signal });
  const [ipv4, ipv6] = [ownAddressOf(answers.ipv4), ownAddressOf(answers.ipv6)];
  const doubts = [...ipv4.notes, ...ipv6.notes];
  const found = [ipv4.address, ipv6.address].flatMap((address) =>
    address === undefined ? [] : [canonicalSource(address)],
  );
  // The nodes are reached by IPv4: without that one, the other family helps nobody.
  const failure =
    ipv4.contradiction ?? (found.length === 0 ? notFound(services, doubts) : undefined);
  if (failure !== undefined) {
    const error = new PreconditionError(failure, whoMayHint);
    return { ipv4: undefined, ranges: [], notes: [], failure: error };
  }
  return {
    ipv4: ipv4.address,
    ranges: found,
    notes: [...doubts, ...missing(ipv4, 'IPv4'), ...missing(ipv6, 'IPv6')],
    failure: undefined,
  };
}

const whoMayHint =
  'Say in cluster.yaml who may reach the cluster: hcloud.firewall.allowed_cidrs, for example [203.0.113.7/32].';

function notFound(
  { ipv4, ipv6 }: { readonly ipv4: readonly string[]; readonly ipv6: readonly string[] },
  doubts: readonly string[],
): string {
  const asked = new Set([...ipv4, ...ipv6].map((url) => new URL(url).host));
  const what = `the public address of this machine could not be found (asked ${[...asked].join(', ')})`;
  return [what, ...doubts].join('; ');
}

function missing({ address, contradiction }: OwnAddressFinding, family: string): readonly string[] {
  if (address !== undefined) return [];
  return contradiction === undefined
    ? [`no public ${family} address was found; the firewall will admit only the other family`]
    : [`${contradiction}; the firewall will admit only the other family`];
}
