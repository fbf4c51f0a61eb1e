import type { ClusterConfig } from '../../config/schema.js';
import { controlPlaneAddress, type NodeNetwork } from './node-addresses.js';

/** What answers at the cluster's endpoint. */
export type ApiEndpoint = NonNullable<ClusterConfig['api']['endpoint']>;

/** What cluster.yaml says, or means by saying nothing. */
export function apiEndpoint({ api, talos }: ClusterConfig): ApiEndpoint {
  return api.endpoint ?? (talos.cluster_endpoint === undefined ? 'first' : 'dns');
}

/** True when a load balancer of oxide's own stands before the control planes. */
export function isBalanced(config: ClusterConfig): boolean {
  return apiEndpoint(config) === 'load_balancer';
}

/** The network that the nodes' addresses are in. */
export function nodeNetwork({ hcloud }: ClusterConfig): NodeNetwork {
  return { cidr: hcloud.network.cidr, subnetCidr: hcloud.network.subnet_cidr };
}

/**
 * The private address at which nodes find the Kubernetes API, for as long as the cluster lives. The
 * first control plane has it, or the load balancer: either is known before any server exists.
 */
export function endpointAddress(config: ClusterConfig): string {
  return controlPlaneAddress(nodeNetwork(config), 0);
}

/** The addresses of the network that no control plane may have. */
export function balancedAddresses(config: ClusterConfig): readonly string[] {
  return isBalanced(config) ? [endpointAddress(config)] : [];
}
