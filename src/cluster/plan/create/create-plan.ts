import { differencesOf } from '../differences/differ.js';
import { sidesText, type Difference } from '../difference.js';
import { leftOutWarnings, missingAddons, withoutImpossibleAddons } from './running-addons.js';
import { withRunningVersions } from './running-versions.js';
import type { Change, PlannedNetwork, Plan, PlanInput } from '../plan.js';
import type { ClusterConfig } from '../../../config/schema.js';
import type { Catalogue } from '../../catalogue/catalogue.js';
import { candidateText } from '../../catalogue/candidates.js';
import { buildName, builderText, type ImageBuild } from '../../catalogue/image-builds.js';
import { monthlyCost } from '../../catalogue/prices.js';
import { admittedRanges } from '../../network/api-access.js';
import { checkRuleLimits, wantedRules } from '../../network/firewall-rules.js';
import { checkGatewayApi } from '../../kubernetes/gateway-api.js';
import { manifestWarnings } from '../../kubernetes/manifests.js';
import { gatewayWish } from '../../talos/gateway-wish.js';
import { networkZone } from '../../catalogue/locations.js';
import { sharedResourceName } from '../../state/names.js';
import {
  checkNetwork,
  refuseForeign,
  refuseHalfRemoved,
  refuseImpossible,
  validateCatalogue,
} from './create-checks.js';
import { refuseDoubtful } from '../doubtful-servers.js';
import { balancerChanges, balancerWarnings, plannedBalancer } from './balancer-plan.js';
import { costWith, covering } from './plan-cost.js';
import { missingServers } from '../differences/drift.js';
import { refuseTakenNames } from '../taken-names.js';
import { isUnfinished, plannedServers, type PlannedServer } from '../planned-servers.js';
import { groupChanges, placeServers } from '../placement.js';
import { createNotes, createWarnings, tokenNotes } from './create-notes.js';
import { kubernetesChanges } from './kubernetes-changes.js';
import { planEtcd } from './etcd-plan.js';
import type { ClusterState, FirewallRule } from '../../state/cluster-state.js';

/**
 * What `create` has to do. It never deletes anything and never changes a server's type.
 * Throws when names are taken by others, when the existing network does not fit, and when what is
 * still to be created cannot be ordered (all problems at once).
 */
export function planCreate(input: PlanInput): Plan {
  const { state, catalogue, allowedCidrs, addedCidrs, known } = input;
  const versioned = withRunningVersions(input.config, state, known);
  const config = withoutImpossibleAddons(versioned, state, known);
  refuseForeign(config.cluster_name, state.foreign);
  refuseDoubtful({ config, state, nodes: input.kubernetes.nodes });
  refuseHalfRemoved(state.servers);
  refuseTakenNames(config.cluster_name, missingServers(config, state), state);
  const { images, builds } = validateCatalogue({ config, state, catalogue });
  const { servers, groups } = placeServers(
    config,
    state,
    plannedServers({ config, state, catalogue, images }),
  );
  const network = plannedNetwork(config, catalogue);
  const balancer = plannedBalancer({ config, state, catalogue });
  checkNetwork(network, state.network);
  const { extra_rules: extraRules } = config.hcloud.firewall;
  const firewallRules = wantedRules({ allowedCidrs, addedCidrs, extraRules });
  checkRuleLimits(firewallRules);
  const definitions = input.kubernetes.installed?.definitions ?? [];
  checkGatewayApi(definitions, gatewayWish(config));
  const etcd = planEtcd({ config, servers, seen: input.etcd ?? { kind: 'none' } });
  const added = servers.filter((server) => server.existing === undefined);
  const { installed } = input.kubernetes;
  const differences = differencesOf({
    config: input.config,
    state,
    known,
    firewallRules,
    installed,
  });
  refuseImpossible(differences);
  const kubernetes = kubernetesChanges(config, input.kubernetes, differences);
  return {
    config,
    cluster: config.cluster_name,
    differences,
    left: differences.filter(({ by }) => by !== 'create'),
    builds,
    changes: [
      ...builds.map((build) => buildChange(build, catalogue)),
      ...networkChanges(network, state),
      ...firewallChanges(config.cluster_name, { rules: firewallRules, state, differences }),
      ...sshKeyChanges(config.cluster_name, state),
      ...balancerChanges(balancer, { catalogue, differences }),
      ...groupChanges(groups),
      ...etcd.changes,
      ...servers.flatMap((server) => serverChanges(server, catalogue)),
      ...kubernetes,
    ],
    network,
    firewallRules,
    balancer,
    servers,
    groups,
    goneMembers: etcd.gone,
    cost: {
      now: costWith(catalogue, state.servers, state.balancer),
      after: costWith(catalogue, [...state.servers, ...added], balancer),
      ...covering(balancer ?? state.balancer),
    },
    notes: [
      ...createNotes(input, servers),
      ...(kubernetes.some(({ kind }) => kind === 'addon')
        ? tokenNotes(config, input.clusterTokenSource)
        : []),
    ],
    warnings: [
      ...createWarnings(input, firewallRules),
      ...balancerWarnings(balancer),
      ...leftOutWarnings(missingAddons(versioned, config)),
      ...manifestWarnings(installed?.manifests ?? []),
    ],
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

interface FirewallPlan {
  readonly rules: readonly FirewallRule[];
  readonly state: ClusterState;
  readonly differences: readonly Difference[];
}

function firewallChanges(
  cluster: string,
  { rules, state: { firewall }, differences }: FirewallPlan,
): readonly Change[] {
  const name = sharedResourceName(cluster);
  if (!firewall) {
    const detail = `6443 and 50000 from ${admittedRanges(rules).join(', ')}`;
    return [{ action: 'create', kind: 'firewall', name, detail }];
  }
  const changed = differences.filter(({ key }) => key.startsWith('hcloud.firewall.'));
  if (changed.length === 0) return [];
  const detail = changed.map(sidesText).join(', ');
  return [{ action: 'update', kind: 'firewall', name, detail }];
}

function sshKeyChanges(cluster: string, { sshKey }: ClusterState): readonly Change[] {
  if (sshKey) return [];
  const name = sharedResourceName(cluster);
  return [{ action: 'create', kind: 'ssh-key', name, detail: 'ed25519' }];
}

/** A snapshot that is made; what it costs then is known only when it is there. */
export function buildChange(build: ImageBuild, catalogue: Catalogue): Change {
  const detail = builderText(build, catalogue);
  return { action: 'create', kind: 'image', name: buildName(build), detail };
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
