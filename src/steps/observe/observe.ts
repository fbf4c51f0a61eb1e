import { imageSelector } from '../../cluster/catalogue/images.js';
import {
  endpointAddress,
  isBalanced,
  withFoundEndpoint,
} from '../../cluster/network/api-endpoint.js';
import { clusterSelector, isMadeForBalancer, isOwn } from '../../cluster/state/labels.js';
import { sharedResourceName } from '../../cluster/state/names.js';
import type { ClusterConfig } from '../../config/schema.js';
import type { Catalogue, LoadBalancerTypeInfo, Price } from '../../cluster/catalogue/catalogue.js';
import type { AddressPrice } from '../../cluster/catalogue/prices.js';
import { missingServers } from '../../cluster/plan/differences/drift.js';
import { existingOf, wantedServers } from '../../cluster/plan/planned-servers.js';
import { poolsOf } from '../../cluster/state/node-pools.js';
import type {
  ClusterState,
  ForeignResource,
  Labels,
  ProjectUse,
} from '../../cluster/state/cluster-state.js';
import type { LoadBalancer } from '../../hetzner/load-balancers.js';
import type {
  Firewall,
  Image,
  Network,
  PlacementGroup,
  Pricing,
  Server,
  SshKey,
} from '../../hetzner/resources.js';
import { plural } from '../../lib/format.js';
import type { StepIo } from '../../lib/step.js';
import { inParallel } from '../../lib/parallel.js';
import type { FlowContext } from '../run/context.js';
import {
  toAmount,
  toFirewall,
  toImage,
  toLoadBalancer,
  toLoadBalancerType,
  toLocation,
  toNetwork,
  toPlacementGroup,
  toPrice,
  toServer,
  toServerType,
  toSshKey,
  toUnreadable,
} from '../run/api-objects.js';

/** What exists of the cluster, and what can be ordered for it. */
export interface Observation {
  readonly state: ClusterState;
  readonly catalogue: Catalogue;
  /** cluster.yaml with the endpoint that the cluster has, where the file says nothing of it. */
  readonly config: ClusterConfig;
  /** True: the file does say nothing of it. */
  readonly keepsEndpoint: boolean;
}

/** What a look needs of a flow's surroundings. */
type Looker = Pick<FlowContext, 'config' | 'hetzner' | 'clock'>;

/** Looks at the Hetzner project: the cluster's resources, foreign namesakes and the catalogue. */
export async function observe(ctx: Looker, io?: StepIo): Promise<Observation> {
  const [state, known] = await inParallel(observeCluster(ctx), readCatalogue(ctx));
  const { servers } = state;
  io?.summary(servers.length === 0 ? 'no servers yet' : plural(servers.length, 'server'));
  const config = withFoundEndpoint(ctx.config, state);
  const catalogue =
    isBalanced(config) && !isBalanced(ctx.config)
      ? { ...known, loadBalancerTypes: await readBalancerTypes(ctx) }
      : known;
  return { state, catalogue, config, keepsEndpoint: ctx.config.api.endpoint === undefined };
}

/** Everything in the project that carries the cluster's labels, and what only bears its names. */
export async function observeCluster(ctx: Looker): Promise<ClusterState> {
  const { config, hetzner } = ctx;
  const name = sharedResourceName(config.cluster_name);
  const [network, firewall, sshKey, servers, groups, balancers] = await inParallel(
    hetzner.networkByName(name),
    hetzner.firewallByName(name),
    hetzner.sshKeyByName(name),
    hetzner.servers(clusterSelector(config.cluster_name)),
    // All of them: a project may have only so many.
    hetzner.placementGroups(),
    isBalanced(config) ? ownBalancers(ctx) : Promise.resolve(undefined),
  );
  const balancer = balancers ? balancers[0] : await madeFor(ctx, servers, network);
  return withNamesakes(ctx, stateOf(ctx, { network, firewall, sshKey, servers, groups, balancer }));
}

/**
 * The same with fewer questions, for a look that changes nothing. While nothing is missing, no
 * server is to be made with the SSH key, and the servers tell of the groups that they are in.
 */
export async function observeWhole(ctx: Looker): Promise<ClusterState> {
  const { config, hetzner } = ctx;
  const name = sharedResourceName(config.cluster_name);
  const [network, firewall, servers] = await inParallel(
    hetzner.networkByName(name),
    hetzner.firewallByName(name),
    hetzner.servers(clusterSelector(config.cluster_name)),
  );
  const { endpoint } = config.api;
  const [balancer] =
    endpoint === 'load_balancer' ? await ownBalancers(ctx) : [await madeFor(ctx, servers, network)];
  const found = { network, firewall, servers, balancer };
  const inUse = new Map(
    servers.flatMap(({ placement_group: group }) => (group ? [[group.id, group]] : [])),
  );
  const state = stateOf(ctx, { ...found, groups: [...inUse.values()] });
  if (isWhole(config, state)) return state;
  const [sshKey, groups] = await inParallel(hetzner.sshKeyByName(name), hetzner.placementGroups());
  return withNamesakes(ctx, stateOf(ctx, { ...found, sshKey, groups }));
}

/** True when the network, the firewall and all servers are there that cluster.yaml asks for. */
export function isWhole(config: Looker['config'], state: ClusterState): boolean {
  const { network, firewall } = state;
  return (
    network !== undefined && firewall !== undefined && missingServers(config, state).length === 0
  );
}

interface Found {
  readonly network: Network | undefined;
  readonly firewall: Firewall | undefined;
  readonly sshKey?: SshKey | undefined;
  readonly servers: readonly Server[];
  readonly groups: readonly PlacementGroup[];
  readonly balancer: LoadBalancer | undefined;
}

function stateOf(
  { config }: Looker,
  { network, firewall, sshKey, servers, groups, balancer }: Found,
): ClusterState {
  const name = sharedResourceName(config.cluster_name);
  const split = <T extends { id: number; labels: Labels }>(found: T | undefined) =>
    found && isOwn(config.cluster_name, found.labels) ? { own: found } : { foreign: found };
  const [networks, firewalls, keys] = [split(network), split(firewall), split(sshKey)];
  const foreign: ForeignResource[] = [];
  if (networks.foreign) foreign.push({ kind: 'network', name, id: networks.foreign.id });
  if (firewalls.foreign) foreign.push({ kind: 'firewall', name, id: firewalls.foreign.id });
  if (keys.foreign) foreign.push({ kind: 'ssh-key', name, id: keys.foreign.id });
  return {
    network: networks.own && toNetwork(networks.own),
    firewall: firewalls.own && toFirewall(firewalls.own),
    sshKey: keys.own && toSshKey(keys.own),
    servers: servers.flatMap((server) => toServer(server, networks.own?.id) ?? []),
    unreadable: servers.flatMap((server) => toUnreadable(server, networks.own?.id) ?? []),
    balancer: balancer && toLoadBalancer(balancer, networks.own?.id),
    foreign,
    placementGroups: groups
      .filter(({ labels }) => isOwn(config.cluster_name, labels))
      .map(toPlacementGroup),
    otherGroups: groups
      .filter(({ labels }) => !isOwn(config.cluster_name, labels))
      .map(({ name: called }) => called),
  };
}

async function withNamesakes(ctx: Looker, known: ClusterState): Promise<ClusterState> {
  const { namesakes, project } = await lookAround(ctx, known);
  return { ...known, foreign: [...known.foreign, ...namesakes], project };
}

/** cluster.yaml may have named one once: servers that were made for it say so, or lack its address. */
async function madeFor(
  ctx: Looker,
  servers: readonly Server[],
  network: Network | undefined,
): Promise<LoadBalancer | undefined> {
  const address = endpointAddress(ctx.config);
  const isHeld = servers.some(({ private_net: nets }) => nets.some(({ ip }) => ip === address));
  const isSaid = servers.some(({ labels }) => isMadeForBalancer(labels));
  const isAnythingThere = servers.length > 0 || network !== undefined;
  if (!isAnythingThere || (isHeld && !isSaid)) return undefined;
  return (await ownBalancers(ctx))[0];
}

function ownBalancers({ config, hetzner }: Looker): Promise<LoadBalancer[]> {
  return hetzner.loadBalancers(clusterSelector(config.cluster_name));
}

interface Around {
  /** Servers that bear a name this cluster still needs, without its labels. */
  readonly namesakes: readonly ForeignResource[];
  readonly project?: ProjectUse;
}

/** Servers are still to be made: what of the whole project does that concern? */
async function lookAround(ctx: Looker, state: ClusterState): Promise<Around> {
  const missing = poolsOf(ctx.config)
    .flatMap((pool) => wantedServers(ctx.config, pool, state))
    .filter((wanted) => existingOf(state, wanted) === undefined)
    .map(({ name }) => name);
  if (missing.length === 0) return { namesakes: [] };
  const taken = new Set(missing);
  const [all, ips] = await inParallel(ctx.hetzner.servers(), ctx.hetzner.primaryIps());
  const namesakes = all
    .filter(({ name, labels }) => taken.has(name) && !isOwn(ctx.config.cluster_name, labels))
    .map(({ id, name }): ForeignResource => ({ kind: 'server', id, name }));
  return { namesakes, project: { servers: all.length, primaryIps: ips.length } };
}

/** What can be ordered, and for how much. */
export function readCatalogue(ctx: Looker): Promise<Catalogue> {
  const { hetzner, config } = ctx;
  const id = config.talos.hcloud_snapshot_id;
  return catalogueWith(
    ctx,
    id === undefined
      ? hetzner.images({ labelSelector: imageSelector })
      : hetzner.image(id).then((image) => (image ? [image] : [])),
  );
}

/** The same with all snapshots of the project that are labelled as Talos, whatever cluster.yaml names. */
export function readSnapshots(ctx: Looker): Promise<Catalogue> {
  return catalogueWith(ctx, ctx.hetzner.images({ labelSelector: imageSelector }));
}

async function catalogueWith(
  { hetzner, config, clock }: Looker,
  asked: Promise<readonly Image[]>,
): Promise<Catalogue> {
  const [serverTypes, locations, images, pricing, balancerTypes] = await inParallel(
    hetzner.serverTypes(),
    hetzner.locations(),
    asked,
    hetzner.pricing(),
    isBalanced(config) ? readBalancerTypes({ hetzner }) : Promise.resolve([]),
  );
  return {
    serverTypes: serverTypes.map((type) => toServerType(type, clock.now())),
    locations: locations.map(toLocation),
    images: images.map(toImage),
    loadBalancerTypes: balancerTypes,
    imageGb: pricing.image && toAmount(pricing.image.price_per_gb_month),
    ...addressPrice(pricing, config.hcloud.location),
  };
}

async function readBalancerTypes({
  hetzner,
}: Pick<Looker, 'hetzner'>): Promise<LoadBalancerTypeInfo[]> {
  return (await hetzner.loadBalancerTypes()).map(toLoadBalancerType);
}

/** What an address costs: servers themselves say what they cost. */
export async function readAddressPrice({ hetzner, config }: Looker): Promise<AddressPrice> {
  return addressPrice(await hetzner.pricing(), config.hcloud.location);
}

function addressPrice(pricing: Pricing, location: string): AddressPrice {
  return { currency: pricing.currency, primaryIpv4: ipv4Price(pricing, location) };
}

/** The price of a public IPv4 address, of the cluster's location where prices differ. */
function ipv4Price({ primary_ips }: Pricing, location: string): Price {
  const prices = primary_ips.find(({ type }) => type === 'ipv4')?.prices ?? [];
  const price = prices.find((candidate) => candidate.location === location) ?? prices[0];
  return price ? toPrice(price) : { hourlyNet: 0, hourlyGross: 0, monthlyNet: 0, monthlyGross: 0 };
}
