import type { EtcdCluster } from './etcd-cluster.js';
import type { KubeClusterPort } from './kube-cluster-port.js';

/** One bootstrapped cluster: its etcd and the Kubernetes on it. */
export interface BootstrappedCluster {
  readonly id: string;
  /** Equal to that of every node made from the same secrets. */
  readonly key: string;
  readonly options: {
    readonly kubernetesVersion: string;
    readonly podCidr: string;
    readonly serviceCidr: string;
  };
  readonly etcd: EtcdCluster;
  readonly kube: KubeClusterPort;
}
