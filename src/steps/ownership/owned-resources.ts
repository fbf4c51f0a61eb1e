import {
  type OwnedResource,
  type OwnedResources,
  countByKind,
} from '../../cluster/state/owned-resources.js';
import { clusterSelector, isGoing, isOwn, labelKeys } from '../../cluster/state/labels.js';
import type { Labels } from '../../cluster/state/cluster-state.js';
import type { LoadBalancer, Network, Server, Volume } from '../../hetzner/resources.js';
import { enumerate } from '../../lib/format.js';
import type { StepIo } from '../../lib/step.js';
import { inParallel } from '../../lib/parallel.js';
import type { FlowContext } from '../run/context.js';
import { askKubernetes, type KubernetesClaims } from './kubernetes-claims.js';
import {
  ownedFirewall,
  isIn,
  ownedLoadBalancer,
  ownedNetwork,
  ownedPlacementGroup,
  ownedPrimaryIp,
  ownedServer,
  ownedSshKey,
  ownedVolume,
} from './to-owned-resource.js';

/** hcloud-cloud-controller-manager sets nothing else (its source, internal/hcops/load_balancer.go). */
const controllerLoadBalancerLabel = 'hcloud-ccm/service-uid';
/** hcloud-csi-driver's own label (its source, internal/driver/controller.go). */
const csiManager = 'csi-driver';

/**
 * Everything in the project that carries the cluster's labels, and the load balancers and volumes
 * that hang on it. Looks at nothing else of cluster.yaml than its name, so that a cluster can go
 * whose server types or image are long retired.
 */
export async function observeOwnedResources(
  ctx: FlowContext,
  io?: StepIo,
): Promise<OwnedResources> {
  const lists = await readProject(ctx);
  const own = <T extends { readonly labels: Labels }>(all: readonly T[]) =>
    all.filter(({ labels }) => isOwn(ctx.config.cluster_name, labels)).map(asOwn);
  const [servers, networks] = [own(lists.servers), own(lists.networks)];
  const claims = servers.length > 0 ? await askKubernetes(ctx, { networks, servers }) : undefined;
  const surroundings = { ...surroundingsOf(servers, networks), claims };
  const found = [
    ...servers.map((one) => ownedServer(one, lists)),
    ...own(lists.loadBalancers).map((one) => ownedLoadBalancer(one, lists)),
    ...attachedLoadBalancers(ctx, lists.loadBalancers, surroundings).map((one) =>
      ownedLoadBalancer(one, lists),
    ),
    ...own(lists.volumes).map((one) => ownedVolume(one, lists)),
    ...attachedVolumes(ctx, lists.volumes, surroundings).map((one) => ownedVolume(one, lists)),
    ...own(lists.firewalls).map((one) => ownedFirewall(one, lists)),
    ...own(lists.placementGroups).map((one) => ownedPlacementGroup(one, lists)),
    ...own(lists.primaryIps).map((one) => ownedPrimaryIp(one, lists)),
    ...own(lists.sshKeys).map(ownedSshKey),
    ...networks.map((one) => ownedNetwork(one, lists)),
  ];
  io?.summary(found.length === 0 ? 'nothing' : enumerate(countByKind(found)));
  const notes = claims ? [] : unknownVolumes(lists.volumes, found);
  return { found, notes, currency: lists.pricing.currency };
}

/** Load balancers and volumes of controllers carry no cluster label, so these lists are whole. */
async function readProject({ hetzner, config }: FlowContext) {
  const selector = clusterSelector(config.cluster_name);
  const [servers, loadBalancers, volumes, pricing] = await inParallel(
    hetzner.servers(),
    hetzner.loadBalancers(),
    hetzner.volumes(),
    hetzner.pricing(),
  );
  const [networks, firewalls, sshKeys, placementGroups, primaryIps] = await inParallel(
    hetzner.networks(selector),
    hetzner.firewalls(selector),
    hetzner.sshKeys(selector),
    hetzner.placementGroups(selector),
    hetzner.primaryIps(selector),
  );
  return {
    ...{ servers, loadBalancers, volumes, pricing },
    ...{ networks, firewalls, sshKeys, placementGroups, primaryIps },
  };
}

function asOwn<T>(one: T): T & Pick<OwnedResource, 'owner'> {
  return { ...one, owner: 'cluster' };
}

interface Surroundings {
  readonly servers: readonly number[];
  readonly networks: readonly number[];
  /** Undefined when Kubernetes could not be asked. */
  readonly claims: KubernetesClaims | undefined;
}

function surroundingsOf(servers: readonly Server[], networks: readonly Network[]) {
  return { servers: servers.map(({ id }) => id), networks: networks.map(({ id }) => id) };
}

/** Load balancers in the cluster's network, before its servers, or of one of its Services. */
function attachedLoadBalancers(
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

/** Volumes at the cluster's servers, or of one of its PersistentVolumes. */
function attachedVolumes(
  { config }: FlowContext,
  all: readonly Volume[],
  { servers, claims }: Surroundings,
): (Volume & Pick<OwnedResource, 'owner'>)[] {
  return all
    .filter(({ labels }) => !isOwn(config.cluster_name, labels))
    .flatMap((one) => {
      const attached = one.server !== null && servers.includes(one.server);
      const claimed = isOfCsi(one) && claims?.volumeIds.includes(one.id) === true;
      if (!attached && !claimed && !isGoing(config.cluster_name, one.labels)) return [];
      return [{ ...one, owner: isOfCsi(one) ? 'controller' : ('other' as const) }];
    });
}

function isOfCsi({ labels }: Volume): boolean {
  return labels[labelKeys.managedBy] === csiManager;
}

/** Volumes that may be the cluster's: nobody but its Kubernetes could tell. */
function unknownVolumes(volumes: readonly Volume[], found: readonly OwnedResource[]): string[] {
  const known = found.flatMap(({ kind, id }) => (kind === 'volume' ? [id] : []));
  const loose = volumes.filter(
    (one) => isOfCsi(one) && one.server === null && !known.includes(one.id),
  );
  if (loose.length === 0) return [];
  const names = loose.map(({ name, id }) => `${name} (id ${id})`);
  return [
    `Only its Kubernetes could tell whether these unattached volumes are the cluster's; they stay: ${names.join(', ')}`,
  ];
}
