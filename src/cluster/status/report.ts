import type { ClusterConfig } from '../../config/schema.js';
import type { Answer } from '../../lib/answer.js';
import type { OwnedResource } from '../state/owned-resources.js';
import type { BuildsSeen } from '../catalogue/seen-builds.js';
import type { AddressPrice } from '../catalogue/prices.js';
import type { Cost } from '../state/cost.js';
import type { Difference } from '../plan/difference.js';
import type { AddonsView } from '../kubernetes/addon-health.js';
import type { InstalledCharts } from '../kubernetes/installed.js';
import type { AddonState } from './addon-states.js';
import type { KnownOfNode } from '../talos/found-settings.js';
import type { SupportEnd } from '../talos/support.js';
import type { EtcdMemberView } from '../talos/etcd.js';
import type { ClusterState, Role } from '../state/cluster-state.js';
import type { ClusterNode } from '../state/nodes.js';

/** What is wrong with a cluster, or will be. The codes are stable. */
export interface Problem {
  readonly code:
    | 'missing-server'
    | 'missing-network'
    | 'missing-firewall'
    | 'missing-load-balancer'
    | 'target-unhealthy'
    | 'missing-cilium'
    | 'missing-gateway-api'
    | 'server-not-running'
    | 'server-not-behind-firewall'
    | 'removal-unfinished'
    | 'surplus-servers'
    | 'server-unclear'
    | 'name-taken'
    | 'name-differs'
    | 'stale-node'
    | 'node-without-server'
    | 'node-not-ready'
    | 'node-cordoned'
    | 'kubernetes-unknown'
    | 'installed-unknown'
    | 'talos-unknown'
    | 'etcd-unhealthy'
    | 'secrets'
    | 'access-file'
    | 'certificate-ends'
    | 'own-address-not-allowed'
    | 'open-to-the-internet'
    | 'version-unsupported'
    | 'image-build-left'
    | 'addon-failing'
    | 'addon-missing'
    | 'addon-surplus'
    | 'unused';
  readonly message: string;
  /** The next command. */
  readonly hint: string;
}

/** A node as Kubernetes knows it, with what it runs. */
export interface NodeFacts extends ClusterNode {
  /** `v1.34.1` */
  readonly kubeletVersion: string;
  /** `v1.13.9` */
  readonly talosVersion: string | undefined;
  /** No cloud controller has met it yet. */
  readonly uninitialized?: boolean;
}

/** What Kubernetes said of the nodes, or why it could not be asked. */
export type NodesSeen = { readonly nodes: readonly NodeFacts[] } | { readonly unknown: string };

/** A node's own view of etcd. */
export interface EtcdStanding {
  /** Its member's id, hexadecimal. */
  readonly member: string;
  /** True for the leader. */
  readonly leader: boolean;
  /** A voter that knows a leader and complains of nothing. */
  readonly healthy: boolean;
}

/** What Talos on a control plane said, each with the reason where it said nothing. */
export interface TalosSeen {
  readonly server: string;
  /** `v1.13.9` */
  readonly version: Answer<string>;
  readonly etcd: Answer<EtcdStanding>;
  /** Its etcd runs and knows no leader: too few members are left to decide. */
  readonly leaderless?: boolean;
}

/** A talosconfig or kubeconfig of the output folder. */
export interface AccessFileSeen {
  readonly path: string;
  /** The command that makes it again: `oxide kubeconfig`. */
  readonly remedy: string;
  /** When its client certificate ends, or why that is not known. */
  readonly ends: Date | { readonly unknown: string };
}

/** A certificate that is kept in the cluster. */
export interface ClusterCertificate {
  /** Of its Secret in kube-system. */
  readonly name: string;
  readonly ends: Date;
}

export interface ServerStatus {
  readonly name: string;
  readonly id: number;
  readonly role: Role;
  readonly pool: string;
  readonly index: number;
  readonly type: string;
  readonly location: string;
  /** Hetzner's word. */
  readonly status: string;
  readonly publicIpv4: string | null;
  readonly privateIp: string | null;
  /** Null: not registered, or Kubernetes does not answer. */
  readonly kubernetes: {
    /** Name of the node; it differs from the server's when one of them was changed. */
    readonly node: string;
    readonly ready: boolean;
    readonly version: string;
  } | null;
  /** `v1.13.9`; null: neither Talos nor Kubernetes could be asked. */
  readonly talosVersion: string | null;
  /** Null: a worker, or etcd cannot be asked there. */
  readonly etcd: EtcdStanding | null;
}

/** A control plane as the load balancer finds it. */
export interface TargetStatus {
  /** Name of its server; null: it is none of the cluster. */
  readonly server: string | null;
  /** Hetzner's word, the worst of its services: `healthy`, `unhealthy` or `unknown`. */
  readonly health: string;
  /** What is wrong: `6443: layer4_no_connection`; null: nothing, or it is not known. */
  readonly detail: string | null;
}

/** The load balancer before the control planes. */
export interface BalancerStatus {
  readonly name: string;
  readonly id: number;
  readonly type: string;
  readonly location: string;
  /** Whether the internet reaches it. */
  readonly public: boolean;
  readonly publicIps: readonly string[];
  readonly privateIp: string | null;
  readonly targets: readonly TargetStatus[];
}

/** What the cluster outlives. */
export interface Survival {
  /** Control planes that may fail at a time; null: etcd could not be asked. */
  readonly controlPlanes: number | null;
  /** Control planes that are on one host at worst, as far as placement groups tell. */
  readonly onOneHost: number;
  /** Whether any one host may fail; null: etcd could not be asked. */
  readonly anyHost: boolean | null;
  /** The control plane without which the kubeconfig leads nowhere; null: there is none such. */
  readonly kubeconfigNeeds: string | null;
}

/** How a cluster is. The keys are documented and stable: this is what `--json` prints. */
export interface ClusterStatus {
  readonly cluster: string;
  /** Address of the Kubernetes API in the kubeconfig; null when there is none yet. */
  readonly endpoint: string | null;
  /** False when something is missing, does not work or cannot be asked. */
  readonly healthy: boolean;
  readonly servers: readonly ServerStatus[];
  readonly pools: readonly {
    readonly name: string;
    readonly role: Role;
    readonly wanted: number;
    readonly found: number;
  }[];
  /** In what it differs from cluster.yaml, as a plan shows it. */
  readonly differences: readonly Difference[];
  /** Those that are wanted or there; empty where nobody could be asked. */
  readonly addons: readonly AddonState[];
  readonly monthlyCost: Cost;
  /** The one before the control planes; null: there is none. */
  readonly loadBalancer: BalancerStatus | null;
  /** The spread groups of the cluster: servers of one are on hosts of their own. */
  readonly placementGroups: readonly {
    readonly name: string;
    readonly servers: readonly string[];
  }[];
  readonly survives: Survival;
  readonly problems: readonly Problem[];
  /** Of the versions that run; of cluster.yaml's while none can be asked. */
  readonly support: readonly SupportEnd[];
}

/** The status with what stands beside it on a screen. */
export interface StatusReport {
  readonly status: ClusterStatus;
  /** `10.0.0.0/16, subnet 10.0.1.0/24`; undefined without a network. */
  readonly network: string | undefined;
  /** Who may reach the APIs; undefined without a firewall. */
  readonly allowed: readonly string[] | undefined;
  /** This machine's public address; undefined when it could not be found. */
  readonly ownAddress: string | undefined;
  /** Where all nodes find the cluster, when that is one of several control planes. */
  readonly loneEndpoint?: string | undefined;
  /** What is to be said of versions: their support has ended, or ends soon. */
  readonly remarks: readonly string[];
}

export interface StatusInput {
  readonly config: ClusterConfig;
  readonly state: ClusterState;
  readonly prices: AddressPrice;
  readonly seen: NodesSeen;
  /** Those of Cilium and Hubble, as far as they could be asked for. */
  readonly certificates: readonly ClusterCertificate[];
  readonly talos: readonly TalosSeen[];
  /** The members of etcd; undefined when nobody could list them. */
  readonly members?: readonly EtcdMemberView[] | undefined;
  readonly accessFiles: readonly AccessFileSeen[];
  /** What is wrong with the kept secrets; undefined while they are the cluster's. */
  readonly secretsRemark: string | undefined;
  /** What hangs on the cluster, to find what costs money without being used. */
  readonly resources: readonly OwnedResource[];
  /** What builds of images have in the project, with the time by Hetzner's clock, ms since the epoch. */
  readonly builds: BuildsSeen & { readonly now: number };
  /** What is known of what the nodes are made of, by the id of their server. */
  readonly known: ReadonlyMap<number, KnownOfNode>;
  /** What oxide installed in Kubernetes. */
  readonly installed: Answer<InstalledCharts>;
  /** What Kubernetes shows of the addons; undefined: it was not looked at. */
  readonly view?: AddonsView | undefined;
  readonly endpoint: string | undefined;
  readonly ownAddress: string | undefined;
  /** Milliseconds since the Unix epoch, by which certificates and the support of versions end. */
  readonly now: number;
}
