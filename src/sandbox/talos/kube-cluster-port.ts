import type { Simulated } from '../simulation.js';
import type { TalosApi, Taint } from './node-settings.js';

/** What a kubelet tells the Kubernetes API of its node. */
export interface NodeRegistration {
  readonly name: string;
  readonly role: 'control-plane' | 'worker';
  readonly internalIp: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  /** `v1.34.1` */
  readonly kubeletVersion: string;
  /** `Talos (v1.13.9)` */
  readonly osImage: string;
  readonly architecture: 'amd64' | 'arm64';
  readonly cloudProviderExternal: boolean;
  readonly cpu: number;
  readonly memoryGb: number;
  /** The server that it is, as the cloud's metadata service tells it. */
  readonly machine?: { readonly id: number; readonly location: string };
  /** The kubelet asks Kubernetes for the certificate that it serves with. */
  readonly rotatesServerCertificates?: boolean;
  /** What a control plane offers of its Talos API to programs of the cluster. */
  readonly talosApi?: TalosApi;
}

/** The Kubernetes of a cluster, as its nodes meet it. */
export interface KubeClusterPort extends Simulated {
  /** A kubelet came up. Idempotent. */
  registerNode(node: NodeRegistration, now: number): void;
  /** Whether the node's kubelet still reports. */
  setNodeAlive(name: string, alive: boolean, now: number): void;
  toJSON(): unknown;
}

interface KubeClusterOptions {
  readonly kubernetesVersion: string;
  readonly podCidr: string;
  readonly serviceCidr: string;
  readonly saved?: unknown;
  readonly now: number;
}

export type CreateKubeCluster = (options: KubeClusterOptions) => KubeClusterPort;
