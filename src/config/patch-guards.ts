import { labelProblem } from './node-restriction.js';
import { oxide } from '../lib/commands.js';

/** A part of the machine configuration that oxide relies on, and why a patch leaves it alone. */
export interface Guard {
  /** As `machine.kubelet.nodeIP`; `*` is every key there. */
  readonly path: string;
  /** Why this value is refused; undefined: it is not. The key is the last of the path. */
  readonly refuse?: (value: unknown, key: string) => string | undefined;
  /** Why it may not be taken away; undefined: it may, or nothing stands there. */
  readonly removal?: string;
  /** Only in patches that workers get. */
  readonly workers?: boolean;
}

const refusing = (reason: string, fine?: unknown) => (value: unknown) =>
  fine !== undefined && value === fine ? undefined : reason;

/** What a patch may not say, `fine` excepted. */
const unsaid = (path: string, reason: string, fine?: unknown): Guard => ({
  path,
  refuse: refusing(reason, fine),
});

/** What stands there already and may neither be said otherwise nor be taken away. */
const fixed = (path: string, reason: string, fine?: unknown): Guard => ({
  path,
  refuse: refusing(reason, fine),
  removal: reason,
});

const name =
  'a node has the name of its server, by which oxide knows it: it is made of cluster_name and the name of the pool';
const address =
  'nodes are reached at their private addresses: their range is hcloud.network.subnet_cidr';
const secret = `it is one of the cluster's secrets, which are made once and kept in secrets.yaml (${oxide`secrets export`})`;
const labels = 'use labels of the pool, in control_planes or workers';
const taints = 'use taints of the pool, in control_planes or workers';
const workerTaints = `Kubernetes does not let workers give themselves taints; ${taints}`;
const endpoint =
  'nodes reach the Kubernetes API at the private address of the first control plane; a public name for it is talos.cluster_endpoint';
const cilium = 'Cilium is the network of the pods; what can be set of it is in cilium';
const proxy = "Cilium does kube-proxy's work; what can be set of it is in cilium";
const certificates =
  'the names in the certificates are needed; others can be added to them (a patch appends to the list)';
const registered = 'every node joins Kubernetes under its own name, and oxide waits for it there';
const prism = 'Cilium reaches the Kubernetes API through it, on port 7445 of every node';

/** Paths in the document without a kind. */
export const guards: readonly Guard[] = [
  fixed('machine.type', 'a pool of control_planes or of workers decides'),
  unsaid('machine.network.hostname', name),
  unsaid('machine.kubelet.registerWithFQDN', registered, false),
  unsaid('machine.kubelet.skipNodeRegistration', registered, false),
  fixed('machine.kubelet.nodeIP', address),
  unsaid('machine.kubelet.extraArgs.node-ip', address),
  unsaid('machine.kubelet.extraArgs.hostname-override', name),
  unsaid('machine.kubelet.extraArgs.node-labels', labels),
  unsaid('machine.kubelet.extraArgs.register-with-taints', taints),
  fixed('machine.kubelet.extraConfig.registerWithTaints', taints),
  { path: 'machine.nodeLabels', removal: labels },
  { path: 'machine.nodeLabels.*', workers: true, refuse: (_, key) => labelProblem(key) },
  { ...unsaid('machine.nodeTaints', workerTaints), workers: true },
  fixed('machine.features.kubePrism.enabled', prism, true),
  fixed('machine.features.kubePrism.port', prism, 7445),
  { path: 'machine.certSANs', removal: certificates },
  { path: 'cluster.apiServer.certSANs', removal: certificates },
  fixed('cluster.controlPlane', endpoint),
  fixed('cluster.clusterName', 'use cluster_name'),
  fixed('cluster.network.podSubnets', 'use talos.pod_cidr'),
  fixed('cluster.network.serviceSubnets', 'use talos.service_cidr'),
  fixed('cluster.network.cni.name', cilium, 'none'),
  unsaid('cluster.network.cni.urls', cilium),
  fixed('cluster.proxy.disabled', proxy, true),
  fixed('cluster.etcd.advertisedSubnets', address),
  unsaid('cluster.etcd.listenSubnets', address),
  unsaid('cluster.etcd.subnet', address),
  unsaid('cluster.controllerManager.extraArgs.cluster-cidr', 'use talos.pod_cidr'),
  unsaid('cluster.controllerManager.extraArgs.service-cluster-ip-range', 'use talos.service_cidr'),
  unsaid('cluster.apiServer.extraArgs.service-cluster-ip-range', 'use talos.service_cidr'),
  ...[
    ...['machine.token', 'machine.ca', 'cluster.id', 'cluster.secret', 'cluster.token'],
    ...['cluster.ca', 'cluster.aggregatorCA', 'cluster.serviceAccount', 'cluster.etcd.ca'],
    ...['cluster.secretboxEncryptionSecret', 'cluster.aescbcEncryptionSecret'],
  ].map((path) => fixed(path, secret)),
];

const layout = 'oxide writes the layout of Talos 1.13, which Talos 1.14 reads as well: ';

/**
 * Documents that are left alone, by their kind. Those of the layout of Talos 1.14 say again what
 * stands in the document without a kind, and Talos refuses both at once (talosctl 1.14.0-rc.1,
 * `V1Alpha1ConflictValidate`); older ones do not know them.
 */
export const guardedKinds: Readonly<Record<string, string>> = {
  HostnameConfig: name,
  KubeNodeConfig: `${layout}${labels}; ${taints}`,
  KubeNetworkConfig: `${layout}use talos.pod_cidr and talos.service_cidr`,
  KubeFlannelCNIConfig: cilium,
  KubeProxyConfig: proxy,
  KubePrismConfig: prism,
  KubeClusterConfig: endpoint,
  KubeletConfig: `${layout}patch machine.kubelet`,
  KubeAPIServerConfig: `${layout}patch cluster.apiServer`,
  KubeControllerManagerConfig: `${layout}patch cluster.controllerManager`,
  KubeSchedulerConfig: `${layout}patch cluster.scheduler`,
  KubeAdmissionControlConfig: `${layout}patch cluster.apiServer.admissionControl`,
  KubeAuditPolicyConfig: `${layout}patch cluster.apiServer.auditPolicy`,
  KubeAuthorizerConfig: `${layout}patch cluster.apiServer.authorizationConfig`,
  DiscoveryServiceConfig: `${layout}patch cluster.discovery`,
  DiscoveryIdentityConfig: secret,
  KubeCredentialProviderConfig: `${layout}patch machine.kubelet.credentialProviderConfig`,
  UnattendedInstallConfig: `${layout}patch machine.install`,
  KubeAPIServerCAConfig: secret,
  KubeAggregatorCAConfig: secret,
  KubeServiceAccountConfig: secret,
  KubeEtcdEncryptionConfig: secret,
};
