import ipaddr from 'ipaddr.js';

/**
 * The first of the addresses that lies in one of the subnets; a subnet with a leading `!` excludes
 * what lies in it. Undefined when there is none.
 */
export function firstIn(
  subnets: readonly string[],
  addresses: readonly string[],
): string | undefined {
  const wanted = subnets.filter((subnet) => !subnet.startsWith('!'));
  const unwanted = subnets.filter((subnet) => subnet.startsWith('!'));
  return addresses.find(
    (address) =>
      (wanted.length === 0 || wanted.some((subnet) => contains(subnet, address))) &&
      !unwanted.some((subnet) => contains(subnet.slice(1), address)),
  );
}

/** Whether an address lies in a subnet (or is the address given in its place). */
function contains(subnet: string, address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  if (!subnet.includes('/')) {
    return ipaddr.isValid(subnet) && ipaddr.parse(subnet).toString() === parsed.toString();
  }
  const [range, bits] = ipaddr.parseCIDR(subnet);
  return parsed.kind() === range.kind() && parsed.match(range, bits);
}

/** The first usable address of a range: Kubernetes gives it to its own service. */
export function firstAddress(range: string): string {
  const [start] = ipaddr.parseCIDR(range);
  const bytes = start.toByteArray();
  const last = bytes.length - 1;
  bytes[last] = (bytes[last] ?? 0) + 1;
  return ipaddr.fromByteArray(bytes).toString();
}
