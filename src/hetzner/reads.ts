import { z } from 'zod';
import type { Client } from './client.js';
import type { Tolerance } from './elements.js';
import { HetznerError } from './errors.js';
import type { Query } from './exchange.js';
import { holding } from './holding.js';
import {
  loadBalancerSchema,
  loadBalancerTypeSchema,
  type LoadBalancer,
  type LoadBalancerType,
} from './load-balancers.js';
import {
  actionSchema,
  firewallSchema,
  floatingIpSchema,
  imageSchema,
  locationSchema,
  networkSchema,
  placementGroupSchema,
  pricingSchema,
  primaryIpSchema,
  serverSchema,
  serverTypeSchema,
  sshKeySchema,
  volumeSchema,
  type Action,
  type Firewall,
  type FloatingIp,
  type Image,
  type Location,
  type Network,
  type PlacementGroup,
  type Pricing,
  type PrimaryIp,
  type Server,
  type ServerType,
  type SshKey,
  type Volume,
} from './resources.js';

export interface ImageQuery {
  readonly labelSelector?: string;
  readonly architecture?: 'x86' | 'arm';
}

/** Everything that oxide asks of the API. Lists are complete; no selector means the whole project. */
export interface HetznerReads {
  serverTypes(): Promise<ServerType[]>;
  locations(): Promise<Location[]>;
  pricing(): Promise<Pricing>;
  /** Snapshots only: images of the system hold no Talos. */
  images(query: ImageQuery): Promise<Image[]>;
  /** What Hetzner itself offers, and the id of which servers of this architecture are made. */
  systemImages(architecture: 'x86' | 'arm'): Promise<Image[]>;
  /** Undefined: the project has no image with this id. */
  image(id: number): Promise<Image | undefined>;
  servers(selector?: string): Promise<Server[]>;
  /** Throws a `HetznerError` with the code `not_found` when there is no such server. */
  server(id: number): Promise<Server>;
  serverByName(name: string): Promise<Server | undefined>;
  networks(selector?: string): Promise<Network[]>;
  network(id: number): Promise<Network>;
  networkByName(name: string): Promise<Network | undefined>;
  firewalls(selector?: string): Promise<Firewall[]>;
  firewallByName(name: string): Promise<Firewall | undefined>;
  sshKeys(selector?: string): Promise<SshKey[]>;
  sshKeyByName(name: string): Promise<SshKey | undefined>;
  /** `fingerprint` is the MD5 of the key, colon-separated hex: unique in a project. */
  sshKeyByFingerprint(fingerprint: string): Promise<SshKey | undefined>;
  placementGroups(selector?: string): Promise<PlacementGroup[]>;
  placementGroupByName(name: string): Promise<PlacementGroup | undefined>;
  primaryIps(selector?: string): Promise<PrimaryIp[]>;
  floatingIps(selector?: string): Promise<FloatingIp[]>;
  loadBalancers(selector?: string): Promise<LoadBalancer[]>;
  loadBalancer(id: number): Promise<LoadBalancer>;
  loadBalancerByName(name: string): Promise<LoadBalancer | undefined>;
  loadBalancerTypes(): Promise<LoadBalancerType[]>;
  volumes(selector?: string): Promise<Volume[]>;
  /** At most 25 ids: the API's page. An id that Hetzner does not know is left out. */
  actions(ids: readonly number[]): Promise<Action[]>;
  /** Actions on one server that are still running. */
  serverActions(id: number): Promise<Action[]>;
  firewallActions(id: number): Promise<Action[]>;
  networkActions(id: number): Promise<Action[]>;
  loadBalancerActions(id: number): Promise<Action[]>;
}

/** Names of lists whose elements have labels and unique names, with the schema of an element. */
const collections = {
  servers: serverSchema,
  networks: networkSchema,
  firewalls: firewallSchema,
  ssh_keys: sshKeySchema,
  placement_groups: placementGroupSchema,
  primary_ips: primaryIpSchema,
  floating_ips: floatingIpSchema,
  load_balancers: loadBalancerSchema,
  load_balancer_types: loadBalancerTypeSchema,
  volumes: volumeSchema,
  images: imageSchema,
  server_types: serverTypeSchema,
  locations: locationSchema,
};
type Collection = keyof typeof collections;
type Element<C extends Collection> = z.output<(typeof collections)[C]>;

const actionsSchema = z.array(actionSchema).nullable();

/** Lists of what Hetzner sells, and of images: nothing in them is anybody's. */
const everybodys: readonly Collection[] = [
  'images',
  'server_types',
  'load_balancer_types',
  'locations',
];

/** `isOwn` tells by its labels what is the cluster's, and so has to be readable. */
export function createReads(client: Client, isOwn: Tolerance['isOwn']): HetznerReads {
  const list = <C extends Collection>(key: C, query: Query = {}): Promise<Element<C>[]> => {
    const purpose = `listing ${key.replaceAll('_', ' ')}`;
    const isSelected = query['label_selector'] !== undefined;
    const demanded = everybodys.includes(key) ? () => false : isSelected ? () => true : isOwn;
    return client.list({ path: `/${key}`, key, query, purpose }, collections[key], demanded);
  };
  const selected =
    <C extends Collection>(key: C) =>
    (selector?: string) =>
      list(key, { label_selector: selector });
  const named =
    <C extends Collection>(key: C) =>
    async (name: string) =>
      (await list(key, { name }))[0];
  const get = async <S extends z.ZodType>(
    path: string,
    key: string,
    schema: S,
  ): Promise<z.output<S>> => {
    const request = { method: 'GET', path, purpose: `reading ${path}` } as const;
    const answer = await client.request(request, holding(key, schema));
    return (answer as Record<string, z.output<S>>)[key] as z.output<S>;
  };
  const runningActions = (path: string) => async (id: number) =>
    client.list(
      {
        path: `/${path}/${id}/actions`,
        key: 'actions',
        query: { status: 'running' },
        purpose: 'reading what is under way',
      },
      actionSchema,
      () => true,
    );

  return {
    serverTypes: () => list('server_types'),
    locations: () => list('locations'),
    pricing: () => get('/pricing', 'pricing', pricingSchema),
    images: ({ labelSelector, architecture }) =>
      list('images', { type: 'snapshot', label_selector: labelSelector, architecture }),
    systemImages: (architecture) =>
      list('images', { type: 'system', status: 'available', architecture }),
    image: (id) => orUndefined(get(`/images/${id}`, 'image', imageSchema)),
    servers: selected('servers'),
    server: (id) => get(`/servers/${id}`, 'server', serverSchema),
    serverByName: named('servers'),
    networks: selected('networks'),
    network: (id) => get(`/networks/${id}`, 'network', networkSchema),
    networkByName: named('networks'),
    firewalls: selected('firewalls'),
    firewallByName: named('firewalls'),
    sshKeys: selected('ssh_keys'),
    sshKeyByName: named('ssh_keys'),
    sshKeyByFingerprint: async (fingerprint) => (await list('ssh_keys', { fingerprint }))[0],
    placementGroups: selected('placement_groups'),
    placementGroupByName: named('placement_groups'),
    primaryIps: selected('primary_ips'),
    floatingIps: selected('floating_ips'),
    loadBalancers: selected('load_balancers'),
    loadBalancer: (id) => get(`/load_balancers/${id}`, 'load_balancer', loadBalancerSchema),
    loadBalancerByName: named('load_balancers'),
    loadBalancerTypes: () => list('load_balancer_types'),
    volumes: selected('volumes'),
    actions: async (ids) =>
      (
        await client.request(
          { method: 'GET', path: '/actions', query: { id: ids }, purpose: 'reading actions' },
          holding('actions', actionsSchema),
        )
      ).actions ?? [],
    serverActions: runningActions('servers'),
    firewallActions: runningActions('firewalls'),
    networkActions: runningActions('networks'),
    loadBalancerActions: runningActions('load_balancers'),
  };
}

async function orUndefined<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof HetznerError && error.code === 'not_found') return undefined;
    throw error;
  }
}
