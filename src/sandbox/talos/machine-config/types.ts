/** base64 of PEM. */
export interface EncodedPair {
  crt?: string;
  key?: string;
}

/** The parts of the v1alpha1 document that the simulation acts on; all others are carried along. */
export interface V1Alpha1 {
  machine?: MachineSection;
  cluster?: ClusterSection;
  persist?: boolean;
}

export interface MachineSection {
  type?: string;
  token?: string;
  ca?: EncodedPair;
  acceptedCAs?: EncodedPair[];
  certSANs?: string[];
  kubelet?: {
    image?: string;
    nodeIP?: { validSubnets?: string[] };
    extraArgs?: Record<string, unknown>;
    extraConfig?: Record<string, unknown>;
    skipNodeRegistration?: boolean;
  };
  network?: {
    hostname?: string;
    interfaces?: { interface?: string; vip?: unknown }[];
    kubespan?: { enabled?: boolean; mtu?: number };
  };
  disks?: unknown[];
  systemDiskEncryption?: Partial<Record<'state' | 'ephemeral', { keys?: unknown[] }>>;
  install?: {
    disk?: string;
    diskSelector?: unknown;
    extraKernelArgs?: string[];
    extensions?: { image?: string }[];
    grubUseUKICmdline?: boolean;
  };
  features?: {
    stableHostname?: boolean;
    kubePrism?: { enabled?: boolean; port?: number };
    hostDNS?: { enabled?: boolean; forwardKubeDNSToHost?: boolean };
    kubernetesTalosAPIAccess?: {
      enabled?: boolean;
      allowedRoles?: string[];
      allowedKubernetesNamespaces?: string[];
    };
  };
  nodeLabels?: Record<string, string>;
  nodeAnnotations?: Record<string, string>;
  nodeTaints?: Record<string, string>;
}

export interface ClusterSection {
  id?: string;
  secret?: string;
  clusterName?: string;
  controlPlane?: { endpoint?: string; localAPIServerPort?: number };
  network?: {
    cni?: { name?: string; urls?: string[] };
    dnsDomain?: string;
    podSubnets?: string[];
    serviceSubnets?: string[];
  };
  token?: string;
  ca?: EncodedPair;
  aggregatorCA?: EncodedPair;
  serviceAccount?: { key?: string };
  apiServer?: { image?: string; certSANs?: string[] };
  controllerManager?: { image?: string };
  scheduler?: { image?: string };
  discovery?: {
    enabled?: boolean;
    registries?: { service?: { disabled?: boolean; endpoint?: string } };
  };
  etcd?: {
    image?: string;
    ca?: EncodedPair;
    subnet?: string;
    advertisedSubnets?: string[];
    listenSubnets?: string[];
  };
  externalCloudProvider?: { enabled?: boolean; manifests?: string[] };
  inlineManifests?: { name?: string }[];
  allowSchedulingOnMasters?: boolean;
  allowSchedulingOnControlPlanes?: boolean;
}

/** A document with a kind of its own, such as HostnameConfig. */
export interface ConfigDocument {
  readonly kind: string;
  readonly name?: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A machine configuration that Talos could read; whether it is right is another question. */
export interface MachineConfig {
  readonly v1alpha1?: V1Alpha1;
  readonly documents: readonly ConfigDocument[];
}
