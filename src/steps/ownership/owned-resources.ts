import {
  type OwnedResource,
  type OwnedResources,
  type ResourceKind,
  countByKind,
} from '../../cluster/state/owned-resources.js';
import {
  clusterSelector,
  isOwn,
  withBuildsSelector,
  isMarkedVolume,
} from '../../cluster/state/labels.js';
import type { BuildsSeen } from '../../cluster/catalogue/seen-builds.js';
import type { Labels } from '../../cluster/state/cluster-state.js';
import type { Network, Server, Volume } from '../../hetzner/resources.js';
import { enumerate } from '../../lib/format.js';
import type { StepIo } from '../../lib/step.js';
import { inParallel } from '../../lib/parallel.js';
import type { FlowContext } from '../run/context.js';
import {
  attachedAddresses,
  attachedLoadBalancers,
  attachedVolumes,
  isOfCsi,
  onlyKubernetesKnows,
  remembered,
} from './attached-resources.js';
import { observeBuilds } from './build-parts.js';
import { askKubernetes } from './kubernetes-claims.js';
import {
  ownedFirewall,
  ownedFloatingIp,
  ownedLoadBalancer,
  ownedNetwork,
  ownedPlacementGroup,
  ownedPrimaryIp,
  ownedServer,
  ownedSshKey,
  ownedVolume,
} from './to-owned-resource.js';
import { unclearServers } from './unclear-servers.js';

/**
 * Everything in the project that carries the cluster's labels, and the load balancers and volumes
 * that hang on it; beside it what builds of images have there. Looks at nothing else of cluster.yaml than its name, so that a cluster can go
 * whose server types or image are long retired.
 */
export async function observeOwnedResources(
  ctx: FlowContext,
  io?: StepIo,
): Promise<OwnedResources & { readonly builds: BuildsSeen }> {
  const lists = await readProject(ctx);
  const [owned, builds] = await inParallel(ownedAmong(ctx, lists, io), observeBuilds(ctx, lists));
  return { ...owned, builds };
}

/** What may be there of a cluster after its deletion although all of it was deleted: others make it. */
const madeByOthers: readonly ResourceKind[] = ['server', 'load-balancer', 'volume'];

/** What is known at the end of a deletion. */
export interface Deletion {
  /** The kinds of which something was left or could not be deleted. */
  readonly doubtful: readonly ResourceKind[];
  /** The cluster's servers as they were seen after all deletions; undefined: nobody has looked. */
  readonly servers: readonly Server[] | undefined;
}

/**
 * The same after a deletion. Of what is not doubtful, what Hetzner has deleted is gone, and nothing
 * else comes while the cluster is held.
 */
export async function observeRemains(
  ctx: FlowContext,
  { doubtful, servers }: Deletion,
  io?: StepIo,
): Promise<OwnedResources> {
  const kinds = [...madeByOthers, ...doubtful];
  const known = doubtful.includes('server') ? undefined : servers;
  const lists = await readProject(ctx, { isAsked: (kind) => kinds.includes(kind), servers: known });
  return ownedAmong(ctx, lists, io);
}

/** What of these lists is the cluster's, or hangs on it. */
export async function ownedAmong(
  ctx: FlowContext,
  lists: Awaited<ReturnType<typeof readProject>>,
  io?: StepIo,
): Promise<OwnedResources> {
  const own = <T extends { readonly labels: Labels }>(all: readonly T[]) =>
    all.filter(({ labels }) => isOwn(ctx.config.cluster_name, labels)).map(asOwn);
  const [servers, networks] = [own(lists.servers), own(lists.networks)];
  const around = surroundingsOf(servers, networks);
  const isAsked = servers.length > 0 && onlyKubernetesKnows(ctx, lists, around);
  const claims = isAsked ? await askKubernetes(ctx, { networks, servers }) : undefined;
  const surroundings = { ...around, claims };
  const found = [
    ...servers.map((one) => ownedServer(one, lists)),
    ...own(lists.loadBalancers).map((one) => ownedLoadBalancer(one, lists)),
    ...attachedLoadBalancers(ctx, lists.loadBalancers, surroundings).map((one) =>
      ownedLoadBalancer(one, lists),
    ),
    ...own(lists.volumes).map((one) => ownedVolume(one, lists)),
    ...attachedVolumes(ctx, lists.volumes, surroundings).map((one) =>
      remembered(ctx, one, ownedVolume(one, lists)),
    ),
    ...own(lists.firewalls).map((one) => ownedFirewall(one, lists)),
    ...own(lists.placementGroups).map((one) => ownedPlacementGroup(one, lists)),
    ...own(lists.primaryIps).map((one) => ownedPrimaryIp(one, lists)),
    ...own(lists.floatingIps).map((one) => ownedFloatingIp(one, lists)),
    ...attachedAddresses(ctx, lists, surroundings),
    ...own(lists.sshKeys).map(ownedSshKey),
    ...networks.map((one) => ownedNetwork(one, lists)),
  ];
  io?.summary(found.length === 0 ? 'nothing' : enumerate(countByKind(found)));
  const notes = [
    ...unclearServers(servers, networks, lists.servers),
    ...(claims ? [] : unknownVolumes(lists.volumes, found)),
  ];
  return { found, notes, currency: lists.pricing.currency };
}

interface Asked {
  readonly isAsked?: (kind: ResourceKind) => boolean;
  /** Those that were seen already. */
  readonly servers?: readonly Server[] | undefined;
}

/** Load balancers and volumes of controllers carry no cluster label, so these lists are whole. */
async function readProject(
  { hetzner, config }: FlowContext,
  { isAsked = () => true, servers: known }: Asked = {},
) {
  const list = <T>(kind: ResourceKind, read: () => Promise<T[]>): Promise<T[]> =>
    isAsked(kind) ? read() : Promise.resolve([]);
  const selector = clusterSelector(config.cluster_name);
  const [servers, loadBalancers, volumes, pricing] = await inParallel(
    known ? Promise.resolve(known) : hetzner.servers(),
    hetzner.loadBalancers(),
    hetzner.volumes(),
    hetzner.pricing(),
  );
  const [networks, firewalls, sshKeys, placementGroups, primaryIps, floatingIps] = await inParallel(
    list('network', () => hetzner.networks(selector)),
    list('firewall', () => hetzner.firewalls(withBuildsSelector(config.cluster_name))),
    list('ssh-key', () => hetzner.sshKeys(selector)),
    list('placement-group', () => hetzner.placementGroups(selector)),
    list('primary-ip', () => hetzner.primaryIps()),
    list('floating-ip', () => hetzner.floatingIps()),
  );
  return {
    ...{ servers, loadBalancers, volumes, pricing },
    ...{ networks, firewalls, sshKeys, placementGroups, primaryIps, floatingIps },
  };
}

function asOwn<T>(one: T): T & Pick<OwnedResource, 'owner'> {
  return { ...one, owner: 'cluster' };
}

function surroundingsOf(servers: readonly Server[], networks: readonly Network[]) {
  return { servers: servers.map(({ id }) => id), networks: networks.map(({ id }) => id) };
}

/** Volumes that may be the cluster's: nobody but its Kubernetes could tell. */
function unknownVolumes(volumes: readonly Volume[], found: readonly OwnedResource[]): string[] {
  const known = found.flatMap(({ kind, id }) => (kind === 'volume' ? [id] : []));
  const loose = volumes.filter(
    (one) =>
      isOfCsi(one) && !isMarkedVolume(one.labels) && one.server === null && !known.includes(one.id),
  );
  if (loose.length === 0) return [];
  const names = loose.map(({ name, id }) => `${name} (id ${id})`);
  return [
    `Only its Kubernetes could tell whether these unattached volumes are the cluster's; they stay: ${names.join(', ')}`,
  ];
}
