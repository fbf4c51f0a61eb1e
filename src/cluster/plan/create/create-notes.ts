import type { ClusterConfig } from '../../../config/schema.js';
import { needsToken } from '../../../addons/wanted.js';
import { oxide } from '../../../lib/commands.js';
import { enumerate, enumerateNames, plural } from '../../../lib/format.js';
import { isBalanced } from '../../network/api-endpoint.js';
import { admits, admittedRanges, keepsOut } from '../../network/api-access.js';
import { openApis } from '../../network/open-apis.js';
import { candidatesOf, candidateText, isSameCandidate } from '../../catalogue/candidates.js';
import { endpointNotes } from './balancer-plan.js';
import { fileWarnings, spreadNotes } from './file-remarks.js';
import { nameDifferences } from '../node-names.js';
import type { KubernetesState, PlanInput } from '../plan.js';
import type { PlannedServer } from '../planned-servers.js';
import { poolsOf } from '../../state/node-pools.js';
import type { ClusterState, FirewallRule } from '../../state/cluster-state.js';
import { nodeOfServer } from '../../state/nodes.js';
import { labelKeys } from '../../state/labels.js';

/** What `create` does otherwise than cluster.yaml says, and what it leaves as it is. */
export function createNotes(
  { config, keepsEndpoint, state, ownIpv4, kubernetes }: PlanInput,
  servers: readonly PlannedServer[],
): readonly string[] {
  const added = servers.filter((one) => one.role === 'control-plane' && !one.existing).length;
  return [
    ...nameNotes(state, kubernetes),
    ...fallbackNotes(config, servers),
    ...projectNotes(config, state, servers),
    ...unrecordedNotes(state),
    ...unseenNotes(state, ownIpv4),
    ...placeNotes(config, servers),
    ...endpointNotes(config, { keepsEndpoint, added }),
  ];
}

/** Whoever reads Secrets in kube-system has what this token may do. */
export function tokenNotes(config: ClusterConfig, source: string | undefined): readonly string[] {
  if (source === undefined) return [];
  const { issuers } = config.addons.cert_manager;
  const asking = [
    ...(needsToken(config) ? ["Hetzner's controllers in the cluster"] : []),
    ...(issuers.some(({ solver }) => solver === 'hetzner') ? ['issuers of cert-manager'] : []),
  ];
  if (asking.length === 0) return [];
  const own = /cluster_token/i.test(source);
  const other = own ? '' : '; HCLOUD_CLUSTER_TOKEN names another one for them';
  return [`${enumerate(asking)} get the API token from ${source}${other}.`];
}

/** Control planes that all go to one place although several were named; where they are, they stay. */
function placeNotes(config: ClusterConfig, servers: readonly PlannedServer[]): readonly string[] {
  const controlPlanes = servers.filter(({ role }) => role === 'control-plane');
  if (controlPlanes.every(({ existing }) => existing)) return [];
  return spreadNotes(
    config,
    controlPlanes.map(({ location, existing }) => existing?.location ?? location),
  );
}

/** Behind a firewall that keeps this machine out, Kubernetes looks as if it were not there. */
function unseenNotes(state: ClusterState, ownIpv4: string | undefined): readonly string[] {
  if (state.servers.length === 0 || !keepsOut(state.firewall, ownIpv4)) return [];
  return [
    'Kubernetes could not be asked, because the firewall does not admit this machine yet; what is there stays.',
  ];
}

/** Servers of earlier versions say less of what they were made of. */
function unrecordedNotes({ servers }: ClusterState): readonly string[] {
  const names = servers
    .filter(({ labels }) => labels[labelKeys.configHash] === undefined)
    .map(({ name }) => name);
  if (names.length === 0) return [];
  return [
    `Made by an earlier oxide, so what differs is known only as far as Talos and Kubernetes tell: ${enumerateNames(names)}.`,
  ];
}

/** What has names that lead astray, until somebody sets them right. */
function nameNotes({ servers }: ClusterState, { nodes }: KubernetesState): readonly string[] {
  return nameDifferences(servers, nodes).map(({ message, remedy }) => `${message} (${remedy})`);
}

/** What the account must allow. No API tells its limits, so that a plan cannot be checked against them. */
function projectNotes(
  config: ClusterConfig,
  { project, balancer }: ClusterState,
  servers: readonly PlannedServer[],
): readonly string[] {
  const { length: added } = servers.filter(({ existing }) => !existing);
  if (!project || added === 0) return [];
  const now = `${plural(project.servers, 'server')} and ${plural(project.primaryIps, 'primary IP')}`;
  // Every node has an IPv4 and an IPv6 address, and so has a load balancer.
  const addressed = added + (isBalanced(config) && !balancer ? 1 : 0);
  const after = `${project.servers + added} and ${project.primaryIps + 2 * addressed}`;
  return [
    `The whole project has ${now} and will have ${after}; what the account may have: ${limitsPage}`,
  ];
}

const limitsPage = 'https://console.hetzner.cloud/limits';

/** Pools whose new servers are not what they should be most of all: that cannot be ordered now. */
export function fallbackNotes(
  config: ClusterConfig,
  servers: readonly PlannedServer[],
): readonly string[] {
  return poolsOf(config).flatMap(({ role, pool }) => {
    const added = servers.find(
      (server) => server.role === role && server.pool === pool.name && !server.existing,
    );
    if (!added) return [];
    const candidates = candidatesOf(config, pool);
    const taken = candidates.findIndex((candidate) => isSameCandidate(candidate, added));
    if (taken <= 0) return [];
    const passed = enumerate(candidates.slice(0, taken).map(candidateText));
    return [`The pool ${pool.name} gets ${candidateText(added)}: ${passed} cannot be ordered now.`];
  });
}

/** What may turn out badly, without being wrong. */
export function createWarnings(
  { config, state, ownIpv4, etcd, kubernetes }: PlanInput,
  rules: readonly FirewallRule[],
): readonly string[] {
  const { firewall } = state;
  const open = firewall && state.servers.filter((s) => !s.firewallIds.includes(firewall.id));
  return [
    ...fileWarnings(config),
    ...openApis(rules),
    ...(ownIpv4 === undefined || admits(rules, ownIpv4)
      ? []
      : [
          `The firewall will admit ${admittedRanges(rules).join(', ')}, and this machine is ${ownIpv4}: a create asks whether to add it.`,
        ]),
    ...deadWarnings(state, kubernetes, etcd),
    ...(open ?? []).map(({ name }) => `${name} is not behind the firewall of the cluster.`),
  ];
}

/** A control plane that answers neither as a member of etcd nor as a node: a create would wait for it. */
function deadWarnings(
  { servers }: ClusterState,
  { nodes }: KubernetesState,
  etcd: PlanInput['etcd'],
): readonly string[] {
  if (etcd?.kind !== 'running') return [];
  return etcd.members.flatMap(({ server: name, healthy }) => {
    const server = servers.find((one) => one.name === name);
    if (!server || healthy || nodeOfServer(nodes, server)?.ready !== false) return [];
    return [
      `${server.name} does not answer, and is waited for. When it is dead: ${oxide`replace ${server.name} --force`} makes it anew.`,
    ];
  });
}
