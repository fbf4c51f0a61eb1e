import ipaddr from 'ipaddr.js';
import { list, text, type Mapping } from '../values.js';

/** Most bits between a pod network and a node's part of it, and of a service network's hosts. */
const mostNodeBits = 16;
const mostServiceBits = 20;
const fewestBits = 4;

interface Subnet {
  readonly text: string;
  readonly isIpv4: boolean;
  readonly bits: number;
  readonly all: number;
}

/** What is wrong with a `KubeNetworkConfig` (Talos v1.14.0-rc.1, types/k8s/network.go). */
export function networkErrors(body: Mapping): string[] {
  const [mask4, mask6] = [
    Number(body['nodeCIDRMaskSizeIPv4'] ?? 0) || 24,
    Number(body['nodeCIDRMaskSizeIPv6'] ?? 0) || 64,
  ];
  const is4Valid = mask4 >= 1 && mask4 <= 32;
  const is6Valid = mask6 >= 1 && mask6 <= 128;
  const podSize = ({ isIpv4, bits, text: shown }: Subnet): string | undefined => {
    const mask = isIpv4 ? mask4 : mask6;
    if (!(isIpv4 ? is4Valid : is6Valid)) return undefined;
    if (bits > mask) {
      return `invalid subnet: ${shown} is smaller than the per-node pod CIDR mask size /${mask}`;
    }
    if (mask - bits <= mostNodeBits) return undefined;
    return `invalid subnet: ${shown} is too large for the per-node pod CIDR mask size /${mask}, the difference must be at most ${mostNodeBits} bits`;
  };
  const serviceSize = ({ text: shown, bits, all }: Subnet): string | undefined =>
    all - bits > mostServiceBits
      ? `invalid subnet: ${shown} is too large, it must be at least /${all - mostServiceBits} (at most ${mostServiceBits} host identifier bits)`
      : undefined;
  const [pods, services] = [list(body['podSubnets']), list(body['serviceSubnets'])].map((subnets) =>
    subnets.map(text),
  ) as [string[], string[]];
  const whyPods = subnetsError(pods, podSize);
  const whyServices = subnetsError(services, serviceSize);
  return [
    ...(is4Valid ? [] : ['nodeCIDRMaskSizeIPv4 must be between 1 and 32']),
    ...(is6Valid ? [] : ['nodeCIDRMaskSizeIPv6 must be between 1 and 128']),
    ...(whyPods === undefined ? [] : [`pod subnets: ${whyPods}`]),
    ...(whyServices === undefined ? [] : [`service subnets: ${whyServices}`]),
    ...(pods.length === services.length
      ? []
      : ['the number of pod subnets must match the number of service subnets']),
  ];
}

function subnetsError(
  texts: readonly string[],
  sizeError: (subnet: Subnet) => string | undefined,
): string | undefined {
  if (texts.length === 0) return 'at least one subnet must be specified';
  if (texts.length > 2) return 'at most two subnets can be specified for dual-stack clusters';
  const families: boolean[] = [];
  for (const given of texts) {
    const subnet = read(given);
    if (typeof subnet === 'string') return subnet;
    const why = sizeError(subnet);
    if (why !== undefined) return why;
    families.push(subnet.isIpv4);
  }
  return families.length === 2 && families[0] === families[1]
    ? 'at most one IPv4 and one IPv6 subnet can be specified for dual-stack clusters'
    : undefined;
}

function read(given: string): Subnet | string {
  if (!ipaddr.isValidCIDR(given)) return 'invalid subnet: invalid Prefix';
  const [address, bits] = ipaddr.parseCIDR(given);
  const isIpv4 = address.kind() === 'ipv4';
  const network = (isIpv4 ? ipaddr.IPv4 : ipaddr.IPv6).networkAddressFromCIDR(given);
  if (network.toString() !== address.toString()) {
    return `invalid subnet: ${given} is not a valid CIDR`;
  }
  const all = isIpv4 ? 32 : 128;
  if (all - bits < fewestBits) {
    return `invalid subnet: /${bits} is too small, it must be larger than /${bits - fewestBits}`;
  }
  return { text: given, isIpv4, bits, all };
}
