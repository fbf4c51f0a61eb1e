import type { EtcdService } from './etcd-service.js';

/** What of a node outlives a look at it: its disk, and where it stands in its current boot. */
export interface NodeState {
  readonly machineId: number;
  /** When the machine's disk was written anew: what is known here began then. */
  readonly rebuiltAt?: number;
  /** The hostname that it took from the cloud's metadata when it last booted. */
  name: string;
  /** The power-on that the current boot began with, simulated ms; undefined while off. */
  poweredOnAt?: number;
  /** When Talos is or was up in this boot. */
  upAt?: number;
  isUp: boolean;
  /** The machine configuration on the disk (STATE partition). */
  config?: string;
  /** Why the configuration was refused; such a node tries for ever and never answers. */
  refusal?: string;
  /** The data directory of etcd: which cluster, as which member. */
  etcd?: { readonly cluster: string; readonly member: string };
  /** Whether /var/lib/etcd is there: made when etcd first starts, removed when it leaves. */
  hasEtcdFolder?: boolean;
  hasEtcdImage?: boolean;
  /** The service "etcd" of a control plane in this boot. */
  etcdService?: EtcdService;
  /** When the boot counts as failed and begins anew, while a service has not been up. */
  bootFailsAt?: number;
  /** When this machine's API server answers, if etcd does. */
  apiServerAt?: number;
  /** When the kubelet registers in this boot. */
  registersAt?: number;
  hasRegistered: boolean;
  /** The cluster and name that the node is known by in Kubernetes. */
  kubernetes?: { readonly cluster: string; readonly name: string };
  /** The services were stopped for good and the machine switches itself off then. */
  offAt?: number;
  /** What is left of the disk when it goes off. */
  wipe?: 'everything' | 'state' | 'ephemeral' | 'state and ephemeral';
  bootId: string;
}

export type NodePhase = 'off' | 'booting' | 'refusing' | 'maintenance' | 'running' | 'stopping';

/** Where the node stands in its life. */
export function phaseOf(node: NodeState): NodePhase {
  if (node.poweredOnAt === undefined) return 'off';
  if (!node.isUp) return 'booting';
  if (node.refusal !== undefined) return 'refusing';
  if (node.offAt !== undefined) return 'stopping';
  return node.config === undefined ? 'maintenance' : 'running';
}
