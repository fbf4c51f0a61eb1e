import type { ClusterConfig } from '../../config/schema.js';
import type { Catalogue } from '../catalogue/catalogue.js';
import type { ImageBuild } from '../catalogue/image-builds.js';
import type { InstalledCharts } from '../kubernetes/installed.js';
import type { KnownOfNode } from '../talos/found-settings.js';
import type { Difference } from './difference.js';
import type { Cost } from '../state/cost.js';
import type { LoadBalancerState } from '../state/load-balancer.js';
import { type ApiAccess } from '../network/api-access.js';
import { type PlannedServer } from './planned-servers.js';
import type { ClusterState, FirewallRule, Labels } from '../state/cluster-state.js';
import type { ClusterNode } from '../state/nodes.js';
import type { EtcdMemberView, EtcdSeen } from '../talos/etcd.js';

/** One thing that a run will do. Plans are lists of these: shown, and then executed. */
export interface Change {
  readonly action: 'create' | 'update' | 'delete';
  readonly kind:
    | 'image'
    | 'network'
    | 'subnet'
    | 'firewall'
    | 'ssh-key'
    | 'etcd-member'
    | 'server'
    | 'load-balancer'
    | 'volume'
    | 'placement-group'
    | 'primary-ip'
    | 'floating-ip'
    | 'kubernetes'
    | 'gateway-api'
    | 'cilium'
    | 'addon'
    | 'manifest'
    | 'network-policy';
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

/** The load balancer that cluster.yaml asks for. */
export interface PlannedBalancer {
  readonly name: string;
  readonly type: string;
  readonly location: string;
  readonly isPublic: boolean;
  /** The cluster's endpoint. */
  readonly privateIp: string;
  readonly labels: Labels;
  readonly existing: LoadBalancerState | undefined;
}

/** A spread group that servers are made in: Hetzner puts no two of its servers on one host. */
export interface PlannedGroup {
  readonly name: string;
  readonly labels: Labels;
  /** Undefined: it is still to be made. */
  readonly id: number | undefined;
}

/** What a run will do, and what the cluster will be afterwards. */
export interface Plan {
  /** cluster.yaml with the versions that a running cluster has: new nodes get those. */
  readonly config: ClusterConfig;
  readonly differences: readonly Difference[];
  /** Those that a create leaves as they are. */
  readonly left: readonly Difference[];
  readonly cluster: string;
  /** In the order in which they are made; empty when there is nothing to do on Hetzner. */
  readonly changes: readonly Change[];
  readonly network: PlannedNetwork;
  readonly firewallRules: readonly FirewallRule[];
  /** The load balancer before the control planes; undefined: none. */
  readonly balancer: PlannedBalancer | undefined;
  /** Every server that cluster.yaml asks for, control planes first, existing or not. */
  readonly servers: readonly PlannedServer[];
  /** The placement groups that new servers are made in. */
  readonly groups: readonly PlannedGroup[];
  /** Snapshots that have to be made before servers can be. */
  readonly builds: readonly ImageBuild[];
  /** Members of etcd that are removed, because their servers are gone. */
  readonly goneMembers: readonly EtcdMemberView[];
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
  /** Every difference between cluster.yaml and the cluster, also those that this run does not touch. */
  readonly differences?: readonly Difference[];
  /** Those that this run leaves as they are. */
  readonly left?: readonly Difference[];
  /** What a deletion leaves where it is. */
  readonly stays?: readonly KeptEntry[];
}

/** Something that a deletion leaves where it is. */
export interface KeptEntry extends Omit<Change, 'action'> {
  /** `is delete-protected` */
  readonly why: string;
}

export interface PlanInput extends ApiAccess {
  readonly config: ClusterConfig;
  readonly state: ClusterState;
  readonly catalogue: Catalogue;
  /** True: cluster.yaml says nothing of the endpoint, and a cluster that is there keeps its own. */
  readonly keepsEndpoint?: boolean;
  /** This machine's public IPv4 address, by which it reaches the nodes; undefined: not known. */
  readonly ownIpv4: string | undefined;
  readonly kubernetes: KubernetesState;
  /** What is known of what the nodes are made of, by the id of their server. */
  readonly known: ReadonlyMap<number, KnownOfNode>;
  /** Where the token is from that Hetzner's controllers in the cluster get. */
  readonly clusterTokenSource?: string;
  /** What was seen of etcd; none unless given. */
  readonly etcd?: EtcdSeen | undefined;
}

/** What of Kubernetes is there already. */
export interface KubernetesState {
  /** etcd was bootstrapped and the API answers. */
  readonly running: boolean;
  /** What is installed; undefined: there is no Kubernetes, or it does not answer. */
  readonly installed: InstalledCharts | undefined;
  /** Empty when it does not answer. */
  readonly nodes: readonly ClusterNode[];
}
