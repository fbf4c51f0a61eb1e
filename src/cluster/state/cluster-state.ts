import type { Cost } from './cost.js';
import type { LoadBalancerState } from './load-balancer.js';

/** What a server is for. */
export type Role = 'control-plane' | 'worker';

/** Labels as Hetzner and Kubernetes have them. */
export type Labels = Readonly<Record<string, string>>;

/** A server that carries the cluster's labels. Role, pool and index come from labels, never from the name. */
export interface ServerState {
  readonly id: number;
  readonly name: string;
  readonly role: Role;
  readonly pool: string;
  readonly index: number;
  readonly type: string;
  readonly location: string;
  /** The snapshot that it was made of; undefined when that was deleted since. */
  readonly imageId?: number | undefined;
  /** Hetzner's word: running, initializing, starting, stopping, off, deleting, migrating, rebuilding, unknown. */
  readonly status: string;
  /** When it was made, as Hetzner writes it. */
  readonly created?: string | undefined;
  readonly publicIpv4: string | undefined;
  /** Address in the cluster's network; undefined while it is not attached. */
  readonly privateIp: string | undefined;
  readonly firewallIds: readonly number[];
  readonly networkIds: readonly number[];
  /** Hetzner's delete protection. */
  readonly deleteProtected: boolean;
  /** Per month, without its address; undefined: Hetzner names no price for its location. */
  readonly monthly?: Omit<Cost, 'currency'> | undefined;
  /** The placement group that it is in; undefined: in none. */
  readonly placementGroup?: string | undefined;
  readonly labels: Labels;
}

/** A server that carries the cluster's labels, but none that say which node it is. */
export interface UnreadableServer {
  readonly id: number;
  readonly name: string;
  /** Address in the cluster's network; undefined while it is not attached. */
  readonly privateIp: string | undefined;
  readonly labels: Labels;
}

export interface NetworkState {
  readonly id: number;
  readonly name: string;
  readonly cidr: string;
  readonly subnets: readonly { readonly cidr: string; readonly zone: string }[];
  readonly deleteProtected: boolean;
  readonly labels: Labels;
}

/** One rule of a firewall, in Hetzner's terms. */
export interface FirewallRule {
  readonly direction: 'in' | 'out';
  readonly protocol: 'tcp' | 'udp' | 'icmp' | 'esp' | 'gre';
  /** `80` or `1024-5000`; for tcp and udp only. */
  readonly port?: string | undefined;
  /** Of inbound rules. */
  readonly source_ips: readonly string[];
  /** Of outbound rules, which oxide makes none of and keeps when others did. */
  readonly destination_ips?: readonly string[] | undefined;
  readonly description?: string | undefined;
}

export interface FirewallState {
  readonly id: number;
  readonly name: string;
  readonly rules: readonly FirewallRule[];
  readonly labels: Labels;
}

export interface SshKeyState {
  readonly id: number;
  readonly name: string;
  readonly publicKey: string;
  /** MD5, colon-separated hex. */
  readonly fingerprint: string;
  readonly labels: Labels;
}

/** A spread placement group of the cluster. */
export interface PlacementGroupState {
  readonly id: number;
  readonly name: string;
  /** The servers in it, whosever they are. */
  readonly serverIds: readonly number[];
  readonly labels: Labels;
}

/** A resource that bears a name this cluster needs, but not its labels. */
export interface ForeignResource {
  readonly kind: 'server' | 'network' | 'firewall' | 'ssh-key';
  readonly id: number;
  readonly name: string;
}

/** What the whole project has, whoever made it: the limits of the account are about that. */
export interface ProjectUse {
  readonly servers: number;
  readonly primaryIps: number;
}

/** A readonly snapshot of what exists in the Hetzner project for this cluster. */
export interface ClusterState {
  readonly network: NetworkState | undefined;
  readonly firewall: FirewallState | undefined;
  readonly sshKey: SshKeyState | undefined;
  readonly servers: readonly ServerState[];
  readonly placementGroups: readonly PlacementGroupState[];
  /** Names of the project's other placement groups: a project may have only so many. */
  readonly otherGroups: readonly string[];
  /** Also the cluster's: no command takes them for what they might be, and each names them. */
  readonly unreadable: readonly UnreadableServer[];
  /** Before the control planes; looked for when cluster.yaml or a server's label tells of one. */
  readonly balancer?: LoadBalancerState | undefined;
  readonly foreign: readonly ForeignResource[];
  /** Looked at when servers of cluster.yaml are missing. */
  readonly project?: ProjectUse | undefined;
}

/** True when Hetzner holds anything of the cluster: then its secrets must not be made anew. */
export function anythingExists(state: ClusterState): boolean {
  return (
    state.network !== undefined ||
    state.firewall !== undefined ||
    state.sshKey !== undefined ||
    state.servers.length > 0 ||
    state.placementGroups.length > 0 ||
    state.balancer !== undefined ||
    state.unreadable.length > 0
  );
}
