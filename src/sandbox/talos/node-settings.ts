import { createHash } from 'node:crypto';
import { splitTaint } from './machine-config/labels.js';
import type { EncodedPair, MachineConfig } from './machine-config/types.js';
import { kubernetesVersionOf } from './machine-config/versions.js';
import type { KeyPair } from '../pki.js';

export interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: string;
}

/** Who may ask the Talos API from within Kubernetes. */
export interface TalosApi {
  readonly roles: readonly string[];
  readonly namespaces: readonly string[];
}

/** What a node does because of its machine configuration. */
export interface NodeSettings {
  readonly role: 'control-plane' | 'worker';
  /** Equal for all nodes that were made from the same secrets, and for no others. */
  readonly clusterKey: string;
  readonly clusterName: string;
  /** The authority of the Talos API; workers have no key. */
  readonly osCa: KeyPair;
  readonly kubernetesCa: KeyPair;
  readonly endpoint: string;
  readonly hostname: string | undefined;
  readonly nodeIpSubnets: readonly string[];
  readonly etcdSubnets: readonly string[];
  readonly etcdImage: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  /** Taints that the kubelet registers with; unlike `taints` a worker may set them. */
  readonly registerTaints: readonly Taint[];
  readonly kubernetesVersion: string;
  readonly podCidr: string;
  readonly serviceCidr: string;
  readonly dnsDomain: string;
  readonly cni: string;
  readonly schedulesOnControlPlanes: boolean;
  readonly cloudProviderExternal: boolean;
  readonly findsMembers: boolean;
  /** Kubelets reach any API server of the cluster, not only that of their own machine. */
  readonly hasKubePrism: boolean;
  readonly rotatesServerCertificates: boolean;
  /** Who may ask the Talos API from within Kubernetes; undefined when nobody may. */
  readonly talosApi: TalosApi | undefined;
  readonly machineSans: readonly string[];
  readonly apiServerSans: readonly string[];
}

/** Talos 1.13's. */
const defaultEtcdImage = 'registry.k8s.io/etcd:v3.6.12';

/** Reads what matters out of a valid configuration. */
export function settingsOf(config: MachineConfig): NodeSettings {
  const { machine = {}, cluster = {} } = config.v1alpha1 ?? {};
  const { kubelet = {} } = machine;
  const role =
    machine.type === 'controlplane' || machine.type === 'init' ? 'control-plane' : 'worker';
  const { podSubnets = ['10.244.0.0/16'], serviceSubnets = ['10.96.0.0/12'] } =
    cluster.network ?? {};
  return {
    role,
    clusterKey: clusterKeyOf(cluster),
    clusterName: cluster.clusterName ?? '',
    osCa: decodePair(machine.ca),
    kubernetesCa: decodePair(cluster.ca),
    endpoint: cluster.controlPlane?.endpoint ?? '',
    hostname: hostnameOf(config),
    nodeIpSubnets: kubelet.nodeIP?.validSubnets ?? [],
    etcdSubnets: cluster.etcd?.advertisedSubnets ?? [],
    etcdImage: cluster.etcd?.image ?? defaultEtcdImage,
    labels: machine.nodeLabels ?? {},
    taints: Object.entries(machine.nodeTaints ?? {}).map(([key, text]) => taintOf(key, text)),
    registerTaints: registerTaintsOf(kubelet.extraConfig),
    kubernetesVersion: kubernetesVersionOf(kubelet.image ?? '') ?? '0.0.0',
    podCidr: podSubnets.join(','),
    serviceCidr: serviceSubnets.join(','),
    dnsDomain: cluster.network?.dnsDomain ?? 'cluster.local',
    cni: cluster.network?.cni?.name ?? 'flannel',
    schedulesOnControlPlanes:
      cluster.allowSchedulingOnControlPlanes ?? cluster.allowSchedulingOnMasters ?? false,
    cloudProviderExternal: cluster.externalCloudProvider?.enabled ?? false,
    findsMembers:
      cluster.discovery?.enabled !== false &&
      cluster.discovery?.registries?.service?.disabled !== true,
    hasKubePrism:
      machine.features?.kubePrism?.enabled === true ||
      config.documents.some(({ kind }) => kind === 'KubePrismConfig'),
    rotatesServerCertificates:
      ['true', true].includes(
        kubelet.extraArgs?.['rotate-server-certificates'] as string | boolean,
      ) || kubelet.extraConfig?.['serverTLSBootstrap'] === true,
    talosApi: talosApiOf(config),
    machineSans: machine.certSANs ?? [],
    apiServerSans: cluster.apiServer?.certSANs ?? [],
  };
}

function clusterKeyOf(cluster: {
  id?: string;
  secret?: string;
  token?: string;
  ca?: EncodedPair;
}): string {
  const parts = [cluster.id, cluster.secret, cluster.token, cluster.ca?.crt];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

function hostnameOf(config: MachineConfig): string | undefined {
  const document = config.documents.find(({ kind }) => kind === 'HostnameConfig');
  const hostname = document?.body['hostname'] ?? config.v1alpha1?.machine?.network?.hostname;
  return typeof hostname === 'string' && hostname !== '' ? hostname : undefined;
}

function talosApiOf(config: MachineConfig): TalosApi | undefined {
  const document = config.documents.find(({ kind }) => kind === 'KubeTalosAPIAccessConfig');
  const access = config.v1alpha1?.machine?.features?.kubernetesTalosAPIAccess;
  const { allowedRoles, allowedKubernetesNamespaces } = document?.body ?? { ...access };
  if (!document && access?.enabled !== true) return undefined;
  return { roles: textsOf(allowedRoles), namespaces: textsOf(allowedKubernetesNamespaces) };
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function registerTaintsOf(extraConfig: Readonly<Record<string, unknown>> = {}): Taint[] {
  const taints = extraConfig['registerWithTaints'];
  return Array.isArray(taints) ? (taints as Taint[]) : [];
}

function taintOf(key: string, text: string): Taint {
  const { value, effect } = splitTaint(text);
  return value === '' ? { key, effect } : { key, value, effect };
}

function decodePair(pair: EncodedPair = {}): KeyPair {
  return { crt: decode(pair.crt), key: decode(pair.key) };
}

function decode(base64 = ''): string {
  return Buffer.from(base64, 'base64').toString('utf8');
}
