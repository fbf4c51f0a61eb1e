import { z } from 'zod';
import { begunActions } from './change.js';
import type { Client } from './client.js';
import { HetznerError } from './errors.js';
import { ruleBody, type RuleOrder } from './firewall-rules.js';
import { holding } from './holding.js';
import type { LoadBalancerOrder } from './load-balancer-changes.js';
import { BeingDeletedError, foreignError, sameOwner } from './ownership.js';
import type { HetznerReads } from './reads.js';
import { loadBalancerSchema, type LoadBalancer } from './load-balancers.js';
import {
  firewallSchema,
  networkSchema,
  placementGroupSchema,
  serverSchema,
  sshKeySchema,
  type Action,
  type Firewall,
  type Network,
  type PlacementGroup,
  type Server,
  type SshKey,
} from './resources.js';
import { sshFingerprint } from './ssh-fingerprint.js';

type Labels = Readonly<Record<string, string>>;

export interface SubnetOrder {
  readonly type: 'cloud';
  readonly ip_range: string;
  readonly network_zone: string;
}

export interface NetworkOrder {
  readonly name: string;
  readonly ip_range: string;
  readonly subnets: readonly SubnetOrder[];
  readonly labels: Labels;
}

export interface FirewallOrder {
  readonly name: string;
  readonly labels: Labels;
  readonly rules: readonly RuleOrder[];
}

export interface SshKeyOrder {
  readonly name: string;
  readonly public_key: string;
  readonly labels: Labels;
}

export interface PlacementGroupOrder {
  readonly name: string;
  readonly type: 'spread';
  readonly labels: Labels;
}

export interface ServerOrder {
  readonly name: string;
  readonly server_type: string;
  readonly location: string;
  readonly image: number;
  readonly labels: Labels;
  readonly ssh_keys: readonly number[];
  readonly firewalls: readonly { readonly firewall: number }[];
  readonly networks?: readonly number[];
  /** The machine configuration: it holds the cluster's keys, so it is never shown. */
  readonly user_data?: string;
  readonly public_net: { readonly enable_ipv4: boolean; readonly enable_ipv6: boolean };
  readonly start_after_create: boolean;
  readonly placement_group?: number;
}

/**
 * Things that are made. A create whose answer was lost is looked up by its name first: what is
 * there with the same owner's labels is adopted, with its running actions; anything else that holds
 * the name is an error. It is sent again only when nothing is there. A server that is still being
 * deleted is a `BeingDeletedError`.
 */
export interface HetznerCreates {
  createNetwork(order: NetworkOrder): Promise<{ network: Network; actions: Action[] }>;
  createFirewall(order: FirewallOrder): Promise<{ firewall: Firewall; actions: Action[] }>;
  createSshKey(order: SshKeyOrder): Promise<SshKey>;
  createPlacementGroup(
    order: PlacementGroupOrder,
  ): Promise<{ group: PlacementGroup; actions: Action[] }>;
  createLoadBalancer(
    order: LoadBalancerOrder,
  ): Promise<{ balancer: LoadBalancer; actions: Action[] }>;
  createServer(order: ServerOrder): Promise<{ server: Server; actions: Action[] }>;
}

interface Adoptable {
  readonly id: number;
  readonly name: string;
  readonly labels: Labels;
}

interface Creation<S extends z.ZodType, R extends Adoptable> {
  readonly kind: string;
  readonly path: string;
  readonly purpose: string;
  readonly order: { readonly labels: Labels };
  readonly schema: S;
  find(): Promise<R | undefined>;
  adopt(found: R): Promise<z.output<S>>;
}

export function createCreates(client: Client, reads: HetznerReads): HetznerCreates {
  const make = async <S extends z.ZodType, R extends Adoptable>(
    creation: Creation<S, R>,
  ): Promise<z.output<S>> => {
    const { kind, path, purpose, order, schema } = creation;
    const verify = async (): Promise<z.output<S> | undefined> => {
      const found = await creation.find();
      if (!found) return undefined;
      if (!sameOwner(order.labels, found.labels)) throw foreignError(kind, found);
      return creation.adopt(found);
    };
    const request = { method: 'POST', path, purpose, body: order } as const;
    try {
      return await client.request(request, schema, { verify });
    } catch (error) {
      if (!(error instanceof HetznerError) || error.code !== 'uniqueness_error') throw error;
      const existing = await verify();
      if (existing === undefined) throw error;
      return existing;
    }
  };

  return {
    createNetwork: (order) =>
      make({
        kind: 'network',
        path: '/networks',
        purpose: `creating network ${order.name}`,
        order,
        schema: made('network', networkSchema),
        find: () => reads.networkByName(order.name),
        adopt: async (network) => ({ network, actions: await reads.networkActions(network.id) }),
      }),
    createFirewall: (order) => {
      const body = { ...order, rules: order.rules.map(ruleBody) };
      return make({
        kind: 'firewall',
        path: '/firewalls',
        purpose: `creating firewall ${order.name}`,
        order: body,
        schema: made('firewall', firewallSchema),
        find: () => reads.firewallByName(order.name),
        adopt: async (firewall) => ({
          firewall,
          actions: await reads.firewallActions(firewall.id),
        }),
      });
    },
    createSshKey: async (order) => {
      const answer = await make({
        kind: 'SSH key',
        path: '/ssh_keys',
        purpose: `creating SSH key ${order.name}`,
        order,
        schema: z.object({ ssh_key: sshKeySchema }),
        find: () => findSshKey(reads, order),
        adopt: (sshKey) => Promise.resolve({ ssh_key: sshKey }),
      });
      return answer.ssh_key;
    },
    createPlacementGroup: async (order) => {
      const { placement_group: group, actions } = await make({
        kind: 'placement group',
        path: '/placement_groups',
        purpose: `creating placement group ${order.name}`,
        order,
        schema: made('placement_group', placementGroupSchema),
        find: () => reads.placementGroupByName(order.name),
        adopt: (found) => Promise.resolve({ placement_group: found, actions: [] }),
      });
      return { group, actions };
    },
    createLoadBalancer: async (order) => {
      const { load_balancer: balancer, actions } = await make({
        kind: 'load balancer',
        path: '/load_balancers',
        purpose: `creating load balancer ${order.name} (${order.load_balancer_type} in ${order.location})`,
        order,
        schema: made('load_balancer', loadBalancerSchema),
        find: () => reads.loadBalancerByName(order.name),
        adopt: async (found) => ({
          load_balancer: found,
          actions: await reads.loadBalancerActions(found.id),
        }),
      });
      return { balancer, actions };
    },
    createServer: (order) =>
      make({
        kind: 'server',
        path: '/servers',
        purpose: `creating server ${order.name} (${order.server_type} in ${order.location})`,
        order,
        schema: made('server', serverSchema),
        find: () => reads.serverByName(order.name),
        adopt: (server) => adoptServer(reads, server),
      }),
  };
}

/** What was made, with the actions that the answer tells of. */
function made<K extends string, S extends z.ZodType>(key: K, schema: S) {
  return z.intersection(
    holding(key, schema),
    begunActions.transform((actions) => ({ actions })),
  );
}

/** A server that is being deleted still holds its name, but is nothing to adopt. */
async function adoptServer(
  reads: HetznerReads,
  server: Server,
): Promise<{ server: Server; actions: Action[] }> {
  const actions = await reads.serverActions(server.id);
  const deleting = actions.filter(({ command }) => command === 'delete_server');
  if (server.status === 'deleting' || deleting.length > 0) {
    throw new BeingDeletedError(server, deleting);
  }
  return { server, actions };
}

/** The key of this name, or the same key under another name: both are unique in a project. */
async function findSshKey(reads: HetznerReads, order: SshKeyOrder): Promise<SshKey | undefined> {
  return (
    (await reads.sshKeyByName(order.name)) ??
    (await reads.sshKeyByFingerprint(sshFingerprint(order.public_key)))
  );
}
