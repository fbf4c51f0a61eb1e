import type { ClusterConfig } from '../../config/schema.js';
import type { Catalogue } from '../catalogue/catalogue.js';
import { candidateText } from '../catalogue/candidates.js';
import { monthlyCost, type Cost } from '../catalogue/prices.js';
import { admittedRanges, type Admitted } from '../network/api-access.js';
import { checkRuleLimits, rulesEqual, wantedRules } from '../network/firewall-rules.js';
import { networkZone } from '../catalogue/locations.js';
import { sharedResourceName } from '../state/names.js';
import { checkNetwork, refuseForeign, refuseHalfRemoved } from './create-checks.js';
import { isUnfinished, plannedServers, type PlannedServer } from './planned-servers.js';
import { planNotes, planWarnings } from './create-notes.js';
import type { ClusterState, FirewallRule } from '../state/cluster-state.js';
import { validateCatalogue } from '../catalogue/order-checks.js';
import { gatewayApiVersion } from '../talos/versions.js';

/** One thing that a run will do. Plans are lists of these: shown, and then executed. */
export interface Change {
  readonly action: 'create' | 'update' | 'delete';
  readonly kind:
    | 'network'
    | 'subnet'
    | 'firewall'
    | 'ssh-key'
    | 'server'
    | 'load-balancer'
    | 'volume'
    | 'placement-group'
    | 'primary-ip'
    | 'kubernetes'
    | 'gateway-api'
    | 'cilium';
  readonly name: string;
  /** What it is, in a few words: `cx33 in nbg1`. */
  readonly detail: string;
  /** What it adds to or takes from the bill; undefined for things that cost nothing. */
  readonly monthly?: Cost | undefined;
}

/** What the cluster's private network has to be. */
export interface PlannedNetwork {
  readonly name: string;
  readonly cidr: string;
  readonly subnetCidr: string;
  readonly zone: string;
}

/** What a run will do, and what the cluster will be afterwards. */
export interface Plan {
  readonly cluster: string;
  /** In the order in which they are made; empty when there is nothing to do on Hetzner. */
  readonly changes: readonly Change[];
  readonly network: PlannedNetwork;
  readonly firewallRules: readonly FirewallRule[];
  /** Every server that cluster.yaml asks for, control planes first, existing or not. */
  readonly servers: readonly PlannedServer[];
  readonly cost: {
    readonly now: Cost;
    readonly after: Cost;
    /** What it is the price of; servers with their IPv4 addresses unless said otherwise. */
    readonly covers?: string;
  };
  /** Facts worth knowing: what is kept although cluster.yaml says otherwise. */
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
}

/** What of any plan is shown: the same for creating, changing and deleting. */
export interface ShownPlan extends Pick<
  Plan,
  'cluster' | 'changes' | 'cost' | 'notes' | 'warnings'
> {
  /** What a deletion leaves where it is. */
  readonly stays?: readonly Stay[];
}

/** Something that a deletion leaves where it is. */
export interface Stay extends Omit<Change, 'action'> {
  /** `is delete-protected` */
  readonly why: string;
}

export interface PlanInput extends Admitted {
  readonly config: ClusterConfig;
  readonly state: ClusterState;
  readonly catalogue: Catalogue;
  /** This machine's public IPv4 address, by which it reaches the nodes; undefined: not known. */
  readonly ownIpv4: string | undefined;
  readonly kubernetes: KubernetesState;
}

/** What of Kubernetes is there already. All false when there is none, or when it does not answer. */
export interface KubernetesState {
  /** etcd was bootstrapped and the API answers. */
  readonly running: boolean;
  /** The CRDs of the release that belongs to the configured Cilium. */
  readonly gatewayApi: boolean;
  /** The configured Cilium with the configured values. */
  readonly cilium: boolean;
}

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
  const added = servers.filter((server) => server.existing === undefined);
  return {
    cluster: config.cluster_name,
    changes: [
      ...networkChanges(network, state),
      ...firewallChanges(config.cluster_name, firewallRules, state),
      ...sshKeyChanges(config.cluster_name, state),
      ...servers.flatMap((server) => serverChanges(server, catalogue)),
      ...kubernetesChanges(config, input.kubernetes),
    ],
    network,
    firewallRules,
    servers,
    cost: {
      now: monthlyCost(catalogue, state.servers),
      after: monthlyCost(catalogue, [...state.servers, ...added]),
    },
    notes: planNotes(input, servers),
    warnings: planWarnings(input, firewallRules),
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
