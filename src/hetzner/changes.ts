import { z } from 'zod';
import { begunActions, relabel, sendChange, type LabelChanges } from './change.js';
import type { Client } from './client.js';
import type { SubnetOrder } from './creates.js';
import { ruleBody, type RuleOrder } from './firewall-rules.js';
import { HetznerError } from './errors.js';
import { holding } from './holding.js';
import { createLoadBalancerChanges, type LoadBalancerChanges } from './load-balancer-changes.js';
import type { HetznerReads } from './reads.js';
import { networkSchema, type Action, type Firewall, type Network } from './resources.js';
import { createServerChanges, type ServerChanges } from './server-changes.js';

type Labels = Readonly<Record<string, string>>;

/** What others than oxide make, with the key under which an answer holds one of them. */
const singular = {
  volumes: 'volume',
  load_balancers: 'load_balancer',
  primary_ips: 'primary_ip',
  floating_ips: 'floating_ip',
} as const;
type Labelled = keyof typeof singular;

export type FirewallTarget =
  | { readonly type: 'server'; readonly server: { readonly id: number } }
  | { readonly type: 'label_selector'; readonly label_selector: { readonly selector: string } };

/**
 * Changes to things that exist. Each returns the actions to wait for. A change whose answer was
 * lost is looked for before it is sent again; one that is there already is no error.
 */
export interface HetznerChanges extends ServerChanges, LoadBalancerChanges {
  /** Changes these labels of the network and leaves its others. */
  updateNetworkLabels(
    networkId: number,
    changes: LabelChanges,
    present?: Network['labels'],
  ): Promise<Network>;
  /** Adds labels to a thing that others made, beside those that it has. One that is gone needs none. */
  addLabels(collection: Labelled, id: number, labels: Labels): Promise<void>;
  addSubnet(networkId: number, subnet: SubnetOrder): Promise<Action[]>;
  /** Replaces the whole list of rules. */
  setFirewallRules(firewallId: number, rules: readonly RuleOrder[]): Promise<Action[]>;
  applyFirewallToServer(firewallId: number, serverId: number): Promise<Action[]>;
  removeFirewallFromResources(
    firewallId: number,
    targets: readonly FirewallTarget[],
  ): Promise<Action[]>;
}

export function createChanges(client: Client, reads: HetznerReads): HetznerChanges {
  return {
    ...createServerChanges(client, reads),
    ...createLoadBalancerChanges(client, reads),
    updateNetworkLabels: async (id, changes, present) => {
      const labels = present ?? (await reads.network(id)).labels;
      const request = relabel(`/networks/${id}`, labels, changes);
      return (await client.request(request, holding('network', networkSchema))).network;
    },
    addLabels: (collection, id, labels) =>
      addLabels(client, { collection, id }, labels).catch((error: unknown) => {
        if (!(error instanceof HetznerError) || error.code !== 'not_found') throw error;
      }),
    addSubnet: (id, subnet) => addSubnet(client, reads, { id, subnet }),
    // The same list twice is the same list: it may be sent again unseen.
    setFirewallRules: (id, rules) => {
      const path = `/firewalls/${id}/actions/set_rules`;
      const purpose = `setting the rules of firewall ${id}`;
      const body = { rules: rules.map(ruleBody) };
      return client.request({ method: 'POST', path, purpose, body }, begunActions);
    },
    applyFirewallToServer: (id, server) => putOn(client, reads, { id, server }),
    removeFirewallFromResources: (id, targets) => takeOff(client, reads, { id, targets }),
  };
}

const labelled = z.object({ labels: z.record(z.string(), z.string()) });

async function addLabels(
  client: Client,
  thing: { readonly collection: Labelled; readonly id: number },
  labels: Labels,
): Promise<void> {
  const path = `/${thing.collection}/${thing.id}`;
  const answer = await client.request(
    { method: 'GET', path, purpose: `reading ${path}` },
    holding(singular[thing.collection], labelled),
  );
  const present = answer[singular[thing.collection]].labels;
  await client.request(relabel(path, present, labels), z.unknown());
}

function addSubnet(
  client: Client,
  reads: HetznerReads,
  { id, subnet }: { id: number; subnet: SubnetOrder },
): Promise<Action[]> {
  return sendChange(client, {
    path: `/networks/${id}/actions/add_subnet`,
    purpose: `adding subnet ${subnet.ip_range} to network ${id}`,
    body: subnet,
    verify: async () => {
      const running = await reads.networkActions(id);
      if (running.length > 0) return running;
      const { subnets } = await reads.network(id);
      return subnets.some(({ ip_range }) => ip_range === subnet.ip_range) ? [] : undefined;
    },
  });
}

function putOn(
  client: Client,
  reads: HetznerReads,
  { id, server }: { id: number; server: number },
): Promise<Action[]> {
  return sendChange(client, {
    path: `/firewalls/${id}/actions/apply_to_resources`,
    purpose: `applying firewall ${id} to server ${server}`,
    body: { apply_to: [{ type: 'server', server: { id: server } }] },
    verify: async () => {
      const running = await reads.firewallActions(id);
      if (running.length > 0) return running;
      const { firewalls } = (await reads.server(server)).public_net;
      return firewalls.some((one) => one.id === id) ? [] : undefined;
    },
    already: ['firewall_already_applied'],
  });
}

function takeOff(
  client: Client,
  reads: HetznerReads,
  { id, targets }: { id: number; targets: readonly FirewallTarget[] },
): Promise<Action[]> {
  return sendChange(client, {
    path: `/firewalls/${id}/actions/remove_from_resources`,
    purpose: `taking firewall ${id} off`,
    body: { remove_from: targets },
    verify: async () => {
      const running = await reads.firewallActions(id);
      if (running.length > 0) return running;
      const left = (await reads.firewalls()).find((one) => one.id === id)?.applied_to ?? [];
      const stillOn = targets.some((target) => left.some((one) => sameTarget(target, one)));
      return stillOn ? undefined : [];
    },
    already: ['firewall_already_removed', 'firewall_resource_not_found'],
  });
}

function sameTarget(target: FirewallTarget, applied: Firewall['applied_to'][number]): boolean {
  return target.type === 'server'
    ? applied.server?.id === target.server.id
    : applied.label_selector?.selector === target.label_selector.selector;
}
