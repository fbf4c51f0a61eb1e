import type { ClusterConfig } from '../../../config/schema.js';
import { UsageError } from '../../../lib/errors.js';
import type { Catalogue, LoadBalancerTypeInfo } from '../../catalogue/catalogue.js';
import { networkZone, zoneOf } from '../../catalogue/locations.js';
import { balancerPrice } from '../../catalogue/prices.js';
import {
  controlPlaneCount,
  endpointAddress,
  isBalanced,
  isOneOfMany,
} from '../../network/api-endpoint.js';
import { wantedServices } from '../../network/balancer-services.js';
import { discoveryIsOff } from '../../talos/discovery.js';
import type { ClusterState, Role } from '../../state/cluster-state.js';
import type { Cost } from '../../state/cost.js';
import { clusterLabels } from '../../state/labels.js';
import { sharedResourceName } from '../../state/names.js';
import { isAboutBalancer } from '../differences/balancer-differences.js';
import { sidesText, type Difference } from '../difference.js';
import type { Change, PlannedBalancer } from '../plan.js';

interface BalancerInput {
  readonly config: ClusterConfig;
  readonly state: ClusterState;
  readonly catalogue: Catalogue;
}

/** Undefined: none is asked for. Throws when what is still to be made cannot be. */
export function plannedBalancer(input: BalancerInput): PlannedBalancer | undefined {
  const { config, state } = input;
  if (!isBalanced(config)) return undefined;
  const { type, public: isPublic } = config.api.load_balancer;
  checkDiscovery(config);
  checkType(input);
  return {
    ...{ name: sharedResourceName(config.cluster_name), type, isPublic },
    location: balancerLocation(config),
    privateIp: endpointAddress(config),
    labels: clusterLabels(config.cluster_name),
    existing: state.balancer,
  };
}

/** Where the load balancer is to be. */
function balancerLocation({ api, hcloud }: ClusterConfig): string {
  return api.load_balancer.location ?? hcloud.location;
}

/**
 * Workers get their certificates at 50001 of the control planes, and new control planes ask etcd's
 * members at 2379: the load balancer leads to neither, so that they have to be found by discovery.
 */
function checkDiscovery(config: ClusterConfig): void {
  const roles: readonly Role[] = ['control-plane', 'worker'];
  if (!roles.some((role) => discoveryIsOff(config, role))) return;
  throw new UsageError(
    "a patch of cluster.yaml turns Talos' discovery off: behind a load balancer, which leads to 6443 and 50000 only, workers and new control planes would not find the others",
    'Take cluster.discovery out of the patches, or let api.endpoint be first.',
  );
}

function checkType({ config, state, catalogue }: BalancerInput): void {
  const { type: name } = config.api.load_balancer;
  if (state.balancer?.type === name) return;
  const problem = typeProblem(config, catalogue);
  if (problem === undefined) return;
  throw new UsageError(problem, 'Change cluster.yaml and run the same command again.');
}

function typeProblem(config: ClusterConfig, catalogue: Catalogue): string | undefined {
  const { type: name } = config.api.load_balancer;
  const location = balancerLocation(config);
  const { loadBalancerTypes: types = [], locations } = catalogue;
  const path = 'api.load_balancer';
  const zone = zoneOf(catalogue, location);
  if (zone === undefined) {
    const known = locations.map((one) => one.name).join(', ');
    return `${path}.location: Hetzner has no location "${location}"; it has ${known}`;
  }
  const own = networkZone(config, catalogue);
  if (zone !== own) {
    return `${path}.location: ${location} is in ${zone}, the network in ${own}; a load balancer reaches its own zone only`;
  }
  const type = types.find((one) => one.name === name);
  if (!type) {
    const known = types.map((one) => one.name).join(', ');
    return `${path}.type: Hetzner has no load balancer type "${name}"; it has ${known}`;
  }
  return roomProblem(config, type);
}

function roomProblem(config: ClusterConfig, type: LoadBalancerTypeInfo): string | undefined {
  const { name, maxServices, maxTargets } = type;
  const targets = controlPlaneCount(config);
  const { length: services } = wantedServices;
  if (services > maxServices) {
    return `api.load_balancer.type: ${name} has ${maxServices} services, and ${services} are needed`;
  }
  if (targets <= maxTargets) return undefined;
  return `api.load_balancer.type: ${name} has ${maxTargets} targets, and there are ${targets} control planes`;
}

/** What a load balancer costs per month; undefined: Hetzner names no price. */
export function balancerCost(
  catalogue: Catalogue,
  balancer: Pick<PlannedBalancer, 'type' | 'location'>,
): Cost | undefined {
  const price = balancerPrice(catalogue, balancer);
  const { currency } = catalogue;
  return price && { net: price.monthlyNet, gross: price.monthlyGross, currency };
}

/** What has to be done so that it stands before the control planes that run. */
export function balancerChanges(
  planned: PlannedBalancer | undefined,
  { catalogue, differences }: { catalogue: Catalogue; differences: readonly Difference[] },
): readonly Change[] {
  if (!planned) return [];
  const { name, type, location, privateIp, isPublic, existing } = planned;
  if (!existing) {
    const reach = isPublic ? 'open to the internet' : 'private';
    const detail = `${type} in ${location}, ${privateIp}, ${reach}`;
    const monthly = balancerCost(catalogue, planned);
    return [{ action: 'create', kind: 'load-balancer', name, detail, monthly }];
  }
  const details = [
    ...(existing.privateIp === undefined ? ['attach to the network'] : []),
    ...differences.filter((one) => isAboutBalancer(one) && one.by === 'create').map(sidesText),
  ];
  if (details.length === 0) return [];
  return [
    { action: 'update', kind: 'load-balancer', name: existing.name, detail: details.join(', ') },
  ];
}

/** In plain words, what an open load balancer means. */
export function balancerWarnings(planned: PlannedBalancer | undefined): readonly string[] {
  if (planned?.isPublic !== true) return [];
  return [
    'The load balancer opens 6443 and 50000 to the whole internet, because no firewall can stand before it: only client certificates of the cluster keep others out.',
  ];
}

/** Said when control planes come to a cluster that has another endpoint than a new one would have. */
export function endpointNotes(
  config: ClusterConfig,
  {
    keepsEndpoint = false,
    added,
  }: { readonly keepsEndpoint: boolean | undefined; readonly added: number },
): readonly string[] {
  if (!keepsEndpoint || added === 0 || !isOneOfMany(config)) return [];
  return [
    'The first control plane stays the endpoint, because the cluster was made with it: new nodes find the cluster there. ' +
      'A load balancer before all control planes needs a new cluster, or one of your own that talos.cluster_endpoint leads to.',
  ];
}
