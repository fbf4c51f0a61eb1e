import type { ServerStatus, ClusterStatus, StatusReport, StatusInput } from './report.js';
import { addonStates, withImpossible } from './addon-states.js';
import type { ClusterConfig } from '../../config/schema.js';
import { runningBuildTexts } from '../catalogue/seen-builds.js';
import { runningCost } from '../catalogue/prices.js';
import { missingAddons, withoutImpossibleAddons } from '../plan/create/running-addons.js';
import { differencesOf } from '../plan/differences/differ.js';
import { settledRules } from '../plan/differences/firewall-differences.js';
import type { KnownOfNode } from '../talos/found-settings.js';
import { supportOf, supportRemarks, type SupportEnd } from '../talos/support.js';
import { endpointAddress, isOneOfMany } from '../network/api-endpoint.js';
import { admittedRanges } from '../network/api-access.js';
import { poolsOf } from '../state/node-pools.js';
import { addCosts, type Cost } from '../state/cost.js';
import type { ClusterState, ServerState } from '../state/cluster-state.js';
import { nodeOfServer } from '../state/nodes.js';
import { balancerStatus } from './balancer-status.js';
import { survivalOf } from './survival.js';
import { findProblems, isDegrading } from './problems.js';

/** Compares what is there with what cluster.yaml asks for. */
export function clusterStatus(input: StatusInput): StatusReport {
  const { config, state, prices, endpoint, ownAddress } = input;
  const installed = 'is' in input.installed ? input.installed.is : undefined;
  const servers = inOrder(config, state.servers).map((server) => serverStatus(server, input));
  const running = servers.map(({ name, talosVersion, kubernetes }) => ({
    name,
    talos: talosVersion,
    kubernetes: kubernetes?.version ?? null,
  }));
  const known = knownOf(input, servers);
  const possible = withoutImpossibleAddons(config, state, known);
  const addons =
    installed && input.view
      ? withImpossible(
          addonStates(config, { installed, view: input.view }),
          missingAddons(config, possible),
        )
      : [];
  const problems = findProblems({ ...input, servers, running, addons });
  const status: ClusterStatus = {
    cluster: config.cluster_name,
    endpoint: endpoint ?? null,
    healthy: !problems.some(isDegrading),
    servers,
    pools: poolsOf(config).map(({ role, pool }) => ({
      name: pool.name,
      role,
      wanted: pool.count,
      found: servers.filter((one) => one.role === role && one.pool === pool.name).length,
    })),
    differences: differencesOf({
      ...{ config, state, known, installed },
      firewallRules: settledRules(config, state),
    }),
    addons,
    monthlyCost: addCosts([{ monthly: runningCost(prices, state.servers) }, costOf(input)], prices),
    loadBalancer: balancerStatus(state) ?? null,
    placementGroups: groupsOf(state),
    survives: survivalOf({ ...input, servers }),
    problems,
    support: supportOfRunning(input, servers),
  };
  const { network, firewall } = state;
  return {
    status,
    network: network && networkText(network),
    allowed: firewall && admittedRanges(firewall.rules),
    ownAddress,
    loneEndpoint: loneEndpoint(config, state),
    remarks: [
      ...supportRemarks(status.support, input.now),
      ...runningBuildTexts(input.builds, input.builds.now),
    ],
  };
}

/** Of the load balancer, by its own price. */
function costOf({ state, prices }: StatusInput): { readonly monthly?: Cost } {
  const { monthly } = state.balancer ?? {};
  return monthly ? { monthly: { ...monthly, currency: prices.currency } } : {};
}

/** `10.0.1.254, which demo-cp-1 has` */
function loneEndpoint(config: ClusterConfig, { servers }: ClusterState): string | undefined {
  if (!isOneOfMany(config)) return undefined;
  const address = endpointAddress(config);
  const holder = servers.find(({ privateIp }) => privateIp === address);
  return `${address}, which ${holder?.name ?? 'nobody'} has`;
}

/** By the servers themselves: a group may hold others' as well. */
function groupsOf({ placementGroups, servers }: ClusterState): ClusterStatus['placementGroups'] {
  return placementGroups.map(({ name, serverIds }) => ({
    name,
    servers: servers.filter(({ id }) => serverIds.includes(id)).map((one) => one.name),
  }));
}

function supportOfRunning(
  { config, now }: StatusInput,
  servers: readonly ServerStatus[],
): readonly SupportEnd[] {
  const of = (project: SupportEnd['project'], found: readonly string[], wanted: string) => {
    const versions = found.length > 0 ? found : [wanted];
    return versions.flatMap((version) => supportOf(project, version, now) ?? []);
  };
  const talos = servers.flatMap(({ talosVersion }) => talosVersion ?? []);
  const kubernetes = servers.flatMap((one) => one.kubernetes?.version ?? []);
  const all = [
    ...of('Talos', talos, config.talos.version),
    ...of('Kubernetes', kubernetes, config.talos.kubernetes_version),
  ];
  return [...new Map(all.map((one) => [`${one.project} ${one.minor}`, one])).values()];
}

/** What Talos said of its version goes before what Kubernetes knows of it. */
function knownOf(
  { known }: StatusInput,
  servers: readonly ServerStatus[],
): ReadonlyMap<number, KnownOfNode> {
  return new Map(
    servers.map(({ id, talosVersion, kubernetes }) => {
      const one = known.get(id);
      const running = {
        talos: talosVersion ?? one?.running.talos,
        kubernetes: kubernetes?.version.replace(/^v/, '') ?? one?.running.kubernetes,
      };
      return [id, { recorded: undefined, configuration: undefined, ...one, running }];
    }),
  );
}

/** Pools as cluster.yaml has them; those that it does not know come last. */
function inOrder(config: ClusterConfig, servers: readonly ServerState[]): readonly ServerState[] {
  const pools = poolsOf(config);
  const place = (server: ServerState): number => {
    const at = pools.findIndex(
      ({ role, pool }) => role === server.role && pool.name === server.pool,
    );
    return at < 0 ? pools.length : at;
  };
  return [...servers].sort((a, b) => place(a) - place(b) || a.index - b.index);
}

function networkText({ cidr, subnets }: NonNullable<ClusterState['network']>): string {
  return [cidr, ...subnets.map((subnet) => `subnet ${subnet.cidr} in ${subnet.zone}`)].join(', ');
}

function serverStatus(server: ServerState, { seen, talos }: StatusInput): ServerStatus {
  const { name, id, role, pool, index, type, location, status } = server;
  const node = 'nodes' in seen ? nodeOfServer(seen.nodes, server) : undefined;
  const said = talos.find((one) => one.server === name);
  const asked = said && 'is' in said.version ? said.version.is : undefined;
  return {
    ...{ name, id, role, pool, index, type, location, status },
    publicIpv4: server.publicIpv4 ?? null,
    privateIp: server.privateIp ?? null,
    kubernetes: node ? { node: node.name, ready: node.ready, version: node.kubeletVersion } : null,
    talosVersion: asked ?? node?.talosVersion ?? null,
    etcd: said && 'is' in said.etcd ? said.etcd.is : null,
  };
}
