import type { OwnedResource } from '../../cluster/state/owned-resources.js';
import {
  isGoing,
  isLeft,
  isMarkedVolume,
  isOwn,
  isVolumeOf,
  labelKeys,
  storageDriver,
} from '../../cluster/state/labels.js';
import type { Labels } from '../../cluster/state/cluster-state.js';
import type { LoadBalancer } from '../../hetzner/load-balancers.js';
import type { FloatingIp, PrimaryIp, Volume } from '../../hetzner/resources.js';
import type { FlowContext } from '../run/context.js';
import type { KubernetesClaims } from './kubernetes-claims.js';
import { isIn, ownedFloatingIp, ownedPrimaryIp, type ProjectLists } from './to-owned-resource.js';

/** hcloud-cloud-controller-manager sets nothing else (its source, internal/hcops/load_balancer.go). */
const controllerLoadBalancerLabel = 'hcloud-ccm/service-uid';

/** What of the cluster other things hang on. */
export interface Surroundings {
  readonly servers: readonly number[];
  readonly networks: readonly number[];
  /** Undefined when Kubernetes could not be asked. */
  readonly claims: KubernetesClaims | undefined;
}

/** Load balancers in the cluster's network, before its servers, or of one of its Services. */
export function attachedLoadBalancers(
  { config }: FlowContext,
  all: readonly LoadBalancer[],
  { servers, networks, claims }: Surroundings,
): (LoadBalancer & Pick<OwnedResource, 'owner'>)[] {
  return all
    .filter(({ labels }) => !isOwn(config.cluster_name, labels))
    .flatMap((one) => {
      const service = one.labels[controllerLoadBalancerLabel];
      const leadsHere = one.targets.some(({ server }) => server && servers.includes(server.id));
      const claimed = service !== undefined && claims?.serviceUids.includes(service) === true;
      const hangsOn = isIn(one, networks) || (service !== undefined && leadsHere) || claimed;
      if (!hangsOn && !isGoing(config.cluster_name, one.labels)) return [];
      return [{ ...one, owner: service === undefined ? ('other' as const) : 'controller' }];
    });
}

/** Volumes at the cluster's servers, of one of its PersistentVolumes, or with the labels of its driver. */
export function attachedVolumes(
  { config }: FlowContext,
  all: readonly Volume[],
  { servers, networks, claims }: Surroundings,
): (Volume & Pick<OwnedResource, 'owner'>)[] {
  return all
    .filter(({ labels }) => !isOwn(config.cluster_name, labels))
    .flatMap((one) => {
      const attached = one.server !== null && servers.includes(one.server);
      const claimed = isOfCsi(one) && claims?.volumeIds.includes(one.id) === true;
      const left = isKnownAsLeft(config, one, { servers, networks });
      const going = isGoing(config.cluster_name, one.labels);
      const marked = isVolumeOf(config.cluster_name, one.labels);
      if (!attached && !claimed && !going && !marked && !left) return [];
      const isControllers = isOfCsi(one) && (attached || claimed || going || marked);
      return [{ ...one, owner: isControllers ? 'controller' : ('other' as const) }];
    });
}

interface AddressLists extends ProjectLists {
  readonly primaryIps: readonly PrimaryIp[];
  readonly floatingIps: readonly FloatingIp[];
}

/**
 * Whether controllers made something in the project that hangs on nothing: only the cluster's Kubernetes
 * can say then whether it is its own.
 */
export function onlyKubernetesKnows(
  { config }: FlowContext,
  all: { readonly loadBalancers: readonly LoadBalancer[]; readonly volumes: readonly Volume[] },
  { servers, networks }: Pick<Surroundings, 'servers' | 'networks'>,
): boolean {
  const isUnclear = ({ labels }: { readonly labels: Labels }): boolean =>
    !isOwn(config.cluster_name, labels) && !isGoing(config.cluster_name, labels);
  return (
    all.volumes.some(
      (one) =>
        isOfCsi(one) &&
        !isMarkedVolume(one.labels) &&
        isUnclear(one) &&
        !(one.server !== null && servers.includes(one.server)),
    ) ||
    all.loadBalancers.some(
      (one) =>
        one.labels[controllerLoadBalancerLabel] !== undefined &&
        isUnclear(one) &&
        !isIn(one, networks) &&
        !one.targets.some(({ server }) => server && servers.includes(server.id)),
    )
  );
}

/** Addresses of others that stay when a server of the cluster goes, or that a scale left. */
export function attachedAddresses(
  ctx: FlowContext,
  lists: AddressLists,
  surroundings: Surroundings,
): readonly OwnedResource[] {
  const { config } = ctx;
  const concerns = (labels: Labels, server: number | null): boolean =>
    !isOwn(config.cluster_name, labels) &&
    ((server !== null && surroundings.servers.includes(server)) ||
      isKnownAsLeft(config, { labels }, surroundings));
  return [
    ...lists.primaryIps
      // One that goes with its server is part of it.
      .filter((ip) => !ip.auto_delete && concerns(ip.labels, ip.assignee_id))
      .map((ip) => remembered(ctx, ip, ownedPrimaryIp({ ...ip, owner: 'other' }, lists))),
    ...lists.floatingIps
      .filter((ip) => concerns(ip.labels, ip.server))
      .map((ip) => remembered(ctx, ip, ownedFloatingIp({ ...ip, owner: 'other' }, lists))),
  ];
}

/** What a scale left is named while its cluster exists; afterwards it is nobody's but its owner's. */
function isKnownAsLeft(
  { cluster_name: cluster }: FlowContext['config'],
  { labels }: { readonly labels: Labels },
  { servers, networks }: Pick<Surroundings, 'servers' | 'networks'>,
): boolean {
  return isLeft(cluster, labels) && servers.length + networks.length > 0;
}

/** Adds whether a scale of the cluster left it. */
export function remembered(
  { config }: FlowContext,
  { labels }: { readonly labels: Labels },
  resource: OwnedResource,
): OwnedResource {
  return isLeft(config.cluster_name, labels) ? { ...resource, left: true } : resource;
}

/** True for a volume that Hetzner's storage driver made, of this cluster or of another. */
export function isOfCsi({ labels }: Volume): boolean {
  return labels[labelKeys.managedBy] === storageDriver;
}
