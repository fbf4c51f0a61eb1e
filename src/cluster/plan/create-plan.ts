import type { Change, PlannedNetwork, Plan, PlanInput, KubernetesState } from './plan.js';
import type { ClusterConfig } from '../../config/schema.js';
import type { Catalogue } from '../catalogue/catalogue.js';
import { candidateText } from '../catalogue/candidates.js';
import { monthlyCost } from '../catalogue/prices.js';
import { admittedRanges } from '../network/api-access.js';
import { checkRuleLimits, rulesEqual, wantedRules } from '../network/firewall-rules.js';
import { networkZone } from '../catalogue/locations.js';
import { sharedResourceName } from '../state/names.js';
import {
  checkNetwork,
  refuseForeign,
  refuseHalfRemoved,
  validateCatalogue,
} from './create-checks.js';
import { isUnfinished, plannedServers, type PlannedServer } from './planned-servers.js';
import { createNotes, createWarnings } from './create-notes.js';
import { planEtcd } from './etcd-plan.js';
import type { ClusterState, FirewallRule } from '../state/cluster-state.js';
import { gatewayApiVersion } from '../talos/versions.js';

/**
 * What `create` has to do. It never deletes anything and never changes a server's type.
 * Throws when names are taken by others, when the existing network does not fit, and when what is
 * still to be created cannot be ordered (all problems at once).
 */
export function planCreate(input: PlanInput): Plan {
  const { config, state, catalogue, allowedCidrs, addedCidrs } = input;
  refuseForeign(config.cluster_name, state.foreign);
  refuseHalfRemoved(state.servers);
  const images = validateCatalogue({ config, state, catalogue });
  const servers = plannedServers({ config, state, catalogue, images });
  const network = plannedNetwork(config, catalogue);
  checkNetwork(network, state.network);
  const { extra_rules: extraRules } = config.hcloud.firewall;
  const firewallRules = wantedRules({ allowedCidrs, addedCidrs, extraRules });
  checkRuleLimits(firewallRules);
  const etcd = planEtcd({ config, servers, seen: input.etcd ?? { kind: 'none' } });
  const added = servers.filter((server) => server.existing === undefined);
  return {
    cluster: config.cluster_name,
    changes: [
      ...networkChanges(network, state),
      ...firewallChanges(config.cluster_name, firewallRules, state),
      ...sshKeyChanges(config.cluster_name, state),
      ...etcd.changes,
      ...servers.flatMap((server) => serverChanges(server, catalogue)),
      ...kubernetesChanges(config, input.kubernetes),
    ],
    network,
    firewallRules,
    servers,
    goneMembers: etcd.gone,
    cost: {
      now: monthlyCost(catalogue, state.servers),
      after: monthlyCost(catalogue, [...state.servers, ...added]),
    },
    notes: createNotes(input, servers),
    warnings: createWarnings(input, firewallRules),
  };
}

function plannedNetwork(config: ClusterConfig, catalogue: Catalogue): PlannedNetwork {
  const { cidr, subnet_cidr } = config.hcloud.network;
  return {
    name: sharedResourceName(config.cluster_name),
    cidr,
    subnetCidr: subnet_cidr,
    zone: networkZone(config, catalogue),
  };
}

function networkChanges(wanted: PlannedNetwork, state: ClusterState): readonly Change[] {
  const { name, cidr, subnetCidr, zone } = wanted;
  if (!state.network) {
    const detail = `${cidr}, subnet ${subnetCidr} in ${zone}`;
    return [{ action: 'create', kind: 'network', name, detail }];
  }
  if (state.network.subnets.some((subnet) => subnet.cidr === subnetCidr)) return [];
  return [{ action: 'create', kind: 'subnet', name, detail: `${subnetCidr} in ${zone}` }];
}

function firewallChanges(
  cluster: string,
  rules: readonly FirewallRule[],
  { firewall }: ClusterState,
): readonly Change[] {
  const name = sharedResourceName(cluster);
  const detail = `6443 and 50000 from ${admittedRanges(rules).join(', ')}`;
  if (!firewall) return [{ action: 'create', kind: 'firewall', name, detail }];
  if (rulesEqual(rules, firewall.rules)) return [];
  return [{ action: 'update', kind: 'firewall', name, detail }];
}

function sshKeyChanges(cluster: string, { sshKey }: ClusterState): readonly Change[] {
  if (sshKey) return [];
  const name = sharedResourceName(cluster);
  return [{ action: 'create', kind: 'ssh-key', name, detail: 'ed25519' }];
}

/** What has to be done so that the server exists, is attached and runs. */
export function serverChanges(server: PlannedServer, catalogue: Catalogue): readonly Change[] {
  const { name, existing } = server;
  if (!existing) {
    const detail = candidateText(server);
    const monthly = monthlyCost(catalogue, [server]);
    return [{ action: 'create', kind: 'server', name, detail, monthly }];
  }
  const attach = existing.privateIp === undefined ? ['attach to the network'] : [];
  const start = existing.status === 'off' ? ['start'] : [];
  if (!isUnfinished(existing)) return [];
  const detail = [...attach, ...start].join(' and ') || 'wait until it runs';
  return [{ action: 'update', kind: 'server', name: existing.name, detail }];
}

function kubernetesChanges(config: ClusterConfig, found: KubernetesState): readonly Change[] {
  const { talos, cilium, cluster_name: name } = config;
  const missing = (there: boolean, kind: Change['kind'], detail: string): readonly Change[] =>
    there ? [] : [{ action: 'create', kind, name, detail }];
  return [
    ...missing(
      found.running,
      'kubernetes',
      `${talos.kubernetes_version} on Talos ${talos.version}`,
    ),
    ...missing(found.gatewayApi, 'gateway-api', gatewayApiVersion(cilium.version)),
    ...missing(found.cilium, 'cilium', cilium.version),
  ];
}
