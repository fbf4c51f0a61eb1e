import ipaddr from 'ipaddr.js';
import { enumerate } from '../../lib/format.js';
import { canonicalSource } from './cidr.js';

/** What a service said of the caller's address. */
export interface AddressAnswer {
  /** The service's host. */
  readonly service: string;
  readonly address: string;
}

/** What is taken for the own address in one family of addresses. */
export interface OwnAddressFinding {
  /** Undefined: nothing that could be believed was answered. */
  readonly address: string | undefined;
  /** Answers that were not believed, in words. */
  readonly notes: readonly string[];
  /** The services see different addresses: which one is right is not for oxide to say. */
  readonly contradiction: string | undefined;
}

/**
 * The address that all services see. A firewall opened for a wrong one admits somebody else: a private
 * address is never the own one on the internet, and of two different ones none is guessed.
 */
export function ownAddressOf(answers: readonly AddressAnswer[]): OwnAddressFinding {
  const findings = answers.map((answer) => ({ ...answer, range: rangeName(answer.address) }));
  const notes = findings.flatMap(({ service, address, range }) =>
    range === undefined ? [] : [`${service} answered ${address}, ${range}: not taken`],
  );
  const believed = findings.filter(({ range }) => range === undefined);
  const [first] = believed;
  const seen = new Set(believed.map(({ address }) => canonicalSource(address)));
  if (!first || seen.size === 1)
    return { address: first?.address, notes, contradiction: undefined };
  const said = believed.map(({ service, address }) => `${address} by ${service}`);
  const contradiction = `this machine is seen with different addresses: ${enumerate(said)}`;
  return { address: undefined, notes, contradiction };
}

/** Blocks that only documentation uses, and the sandbox for its simulated internet. */
const documentation = ['192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24', '2001:db8::/32'];
/** All that is given out of IPv6 so far (RFC 4291, IANA). */
const globalIpv6 = '2000::/3';

/** Ranges that no machine is seen with on the internet (IANA's special-purpose registries). */
const rangeNames: Readonly<Record<string, string>> = {
  private: 'a private address',
  uniqueLocal: 'a private address',
  loopback: 'a loopback address',
  linkLocal: 'a link-local address',
  carrierGradeNat: "an address inside a provider's network",
  multicast: 'a multicast address',
  unspecified: 'the zero address',
};

/** What an address is that is no public one, in words; undefined when it is. */
function rangeName(text: string): string | undefined {
  const address = ipaddr.parse(text);
  const isIn = (range: string): boolean => {
    const [base, length] = ipaddr.parseCIDR(range);
    return base.kind() === address.kind() && address.match([base, length]);
  };
  const isPublic = address.range() === 'unicast' && (address.kind() === 'ipv4' || isIn(globalIpv6));
  if (isPublic || documentation.some(isIn)) return undefined;
  return rangeNames[address.range()] ?? 'a reserved address';
}
