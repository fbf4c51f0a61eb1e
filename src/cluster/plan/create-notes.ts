import type { ClusterConfig } from '../../config/schema.js';
import { enumerate, plural } from '../../lib/format.js';
import { admits, admittedRanges, keepsOut } from '../network/api-access.js';
import { candidatesOf, candidateText, isSameCandidate, wishText } from '../catalogue/candidates.js';
import { matchedServers } from './drift.js';
import { nameDifferences } from './node-names.js';
import type { KubernetesState, PlanInput } from './plan.js';
import type { PlannedServer } from './planned-servers.js';
import { surplusOf } from './surplus.js';
import { poolsOf } from '../state/node-pools.js';
import type { ClusterState, FirewallRule } from '../state/cluster-state.js';
import { ciliumWarning } from '../talos/versions.js';

/** What `create` does otherwise than cluster.yaml says, and what it leaves as it is. */
export function createNotes(
  { config, state, ownIpv4, kubernetes }: PlanInput,
  servers: readonly PlannedServer[],
): readonly string[] {
  return [
    ...surplusNotes(config, state),
    ...nameNotes(state, kubernetes),
    ...typeNotes(config, state),
    ...fallbackNotes(config, servers),
    ...projectNotes(state, servers),
    ...unseenNotes(state, ownIpv4),
  ];
}

/** Behind a firewall that keeps this machine out, Kubernetes looks as if it were not there. */
function unseenNotes(state: ClusterState, ownIpv4: string | undefined): readonly string[] {
  if (state.servers.length === 0 || !keepsOut(state.firewall, ownIpv4)) return [];
  return [
    'Kubernetes could not be asked, because the firewall does not admit this machine yet; what is there stays.',
  ];
}

function surplusNotes(config: ClusterConfig, state: ClusterState): readonly string[] {
  return surplusOf(config, state).map(
    ({ message, remedy }) => `${message}; kept, ${remedy} removes what is too much`,
  );
}

/** What has names that lead astray, until somebody sets them right. */
function nameNotes({ servers }: ClusterState, { nodes }: KubernetesState): readonly string[] {
  return nameDifferences(servers, nodes).map(({ message, remedy }) => `${message} (${remedy})`);
}

function typeNotes(config: ClusterConfig, state: ClusterState): readonly string[] {
  return matchedServers(config, state).flatMap(({ wanted, existing }) => {
    if (wanted.candidates.some((candidate) => isSameCandidate(candidate, existing))) return [];
    const asked = wishText(wanted.candidates);
    return [`${existing.name} is a ${candidateText(existing)}, cluster.yaml says ${asked}; kept.`];
  });
}

/** What the account must allow. No API tells its limits, so that a plan cannot be checked against them. */
function projectNotes(
  { project }: ClusterState,
  servers: readonly PlannedServer[],
): readonly string[] {
  const { length: added } = servers.filter(({ existing }) => !existing);
  if (!project || added === 0) return [];
  const now = `${plural(project.servers, 'server')} and ${plural(project.primaryIps, 'primary IP')}`;
  // Every node has an IPv4 and an IPv6 address.
  const after = `${project.servers + added} and ${project.primaryIps + 2 * added}`;
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
  { config, state, ownIpv4 }: PlanInput,
  rules: readonly FirewallRule[],
): readonly string[] {
  const { firewall } = state;
  const open = firewall && state.servers.filter((s) => !s.firewallIds.includes(firewall.id));
  const cilium = ciliumWarning(config.cilium.version, config.talos.kubernetes_version);
  return [
    ...(cilium === undefined ? [] : [cilium]),
    ...(ownIpv4 === undefined || admits(rules, ownIpv4)
      ? []
      : [
          `The firewall will admit ${admittedRanges(rules).join(', ')}, and this machine is ${ownIpv4}: a create asks whether to add it.`,
        ]),
    ...(open ?? []).map(({ name }) => `${name} is not behind the firewall of the cluster.`),
  ];
}
