import type { ClusterConfig } from '../../../config/schema.js';
import type { ClusterState } from '../../state/cluster-state.js';
import { contains, parseIpv4Range } from '../../network/cidr.js';
import type { Difference } from '../difference.js';
import { effectOf } from './key-effects.js';

/** Ranges and zones of the network that are not those of cluster.yaml: a cluster keeps its own. */
export function networkDifferences(
  config: ClusterConfig,
  { network, servers }: ClusterState,
): readonly Difference[] {
  if (!network) return [];
  const { cidr, subnet_cidr: subnet, zone } = config.hcloud.network;
  const differs = (
    key: 'cidr' | 'subnet_cidr' | 'zone',
    found: string,
    wanted: string,
  ): readonly Difference[] => {
    if (found === wanted) return [];
    const path = `hcloud.network.${key}` as const;
    return [{ key: path, servers: [], found, wanted, ...effectOf(path) }];
  };
  const own = network.subnets.find((one) => one.cidr === subnet);
  const [other] = network.subnets;
  const range = parseIpv4Range(subnet);
  const outside = servers.some(
    ({ privateIp }) =>
      privateIp !== undefined && !contains(range, parseIpv4Range(`${privateIp}/32`)),
  );
  return [
    ...differs('cidr', network.cidr, cidr),
    // Without nodes in another one, the subnet is only still to be made.
    ...(other && outside ? differs('subnet_cidr', other.cidr, subnet) : []),
    ...(own && zone !== undefined ? differs('zone', own.zone, zone) : []),
  ];
}
