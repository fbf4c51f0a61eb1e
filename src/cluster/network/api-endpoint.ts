import type { ClusterConfig } from '../../config/schema.js';
import type { ClusterState } from '../state/cluster-state.js';
import { isMadeForBalancer } from '../state/labels.js';
import { controlPlaneAddress, type NodeNetwork } from './node-addresses.js';

/** What answers at the cluster's endpoint. */
export type ApiEndpoint = NonNullable<ClusterConfig['api']['endpoint']>;

/** From so many control planes on, one of them may fail: then no one's address should matter. */
const balancedFrom = 3;

/** What cluster.yaml says, or means by saying nothing. */
export function apiEndpoint(config: ClusterConfig): ApiEndpoint {
  const { api, talos } = config;
  if (api.endpoint !== undefined) return api.endpoint;
  if (talos.cluster_endpoint !== undefined) return 'dns';
  return controlPlaneCount(config) < balancedFrom ? 'first' : 'load_balancer';
}

/** How many control planes cluster.yaml asks for. */
export function controlPlaneCount({ control_planes }: ClusterConfig): number {
  return control_planes.reduce((total, { count }) => total + count, 0);
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

/**
 * Whether the nodes have a load balancer as their endpoint: by who holds its address, and by labels,
 * which anybody can edit, only while nobody does.
 */
export function hasBalancer(config: ClusterConfig, { servers, balancer }: ClusterState): boolean {
  // Whoever wanted none made none; while it is new it is in no network yet.
  if (servers.length === 0) return balancer !== undefined;
  const address = endpointAddress(config);
  if (servers.some(({ privateIp }) => privateIp === address)) return false;
  return balancer?.privateIp === address || servers.some(({ labels }) => isMadeForBalancer(labels));
}

/**
 * cluster.yaml with the endpoint that the cluster was made with, where the file says nothing of it: what
 * it means by that is for clusters that are still to be made.
 */
export function withFoundEndpoint(config: ClusterConfig, state: ClusterState): ClusterConfig {
  const { servers, balancer } = state;
  const isFound = servers.length > 0 || balancer !== undefined;
  if (config.api.endpoint !== undefined || !isFound) return config;
  const other = config.talos.cluster_endpoint === undefined ? 'first' : 'dns';
  const endpoint = hasBalancer(config, state) ? 'load_balancer' : other;
  return { ...config, api: { ...config.api, endpoint } };
}

/** True when one of several control planes has the address that all nodes go by. */
export function isOneOfMany(config: ClusterConfig): boolean {
  return apiEndpoint(config) === 'first' && controlPlaneCount(config) >= balancedFrom;
}
