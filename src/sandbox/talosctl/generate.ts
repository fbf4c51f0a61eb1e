import type { ConfigDocument, MachineConfig } from '../talos/machine-config/types.js';
import type { SecretsBundle } from './secrets-bundle.js';

/** What a machine configuration is made from. */
export interface ConfigInput {
  readonly clusterName: string;
  readonly endpoint: string;
  /** The minor of the Talos version whose layout is wanted. */
  readonly contract: number;
  readonly secrets: SecretsBundle;
  readonly kubernetesVersion: string;
  readonly installDisk: string;
  readonly installImage: string;
  readonly additionalSans: readonly string[];
  readonly dnsDomain: string;
  readonly discovery: boolean;
  readonly kubespan: boolean;
  readonly registryMirrors: readonly { readonly host: string; readonly endpoint: string }[];
}

type Role = 'controlplane' | 'worker';
type Section = Record<string, unknown>;

/** The configuration that `talosctl gen config` makes, before any patch. */
export function generateConfig(input: ConfigInput, role: Role): MachineConfig {
  const { k8s } = input.secrets.certs;
  const cluster =
    role === 'worker'
      ? { ...commonCluster(input), ca: { crt: k8s.crt, key: '' } }
      : { ...commonCluster(input), ca: k8s, ...controlPlaneCluster(input) };
  const v1alpha1: Section = {
    version: 'v1alpha1',
    debug: false,
    persist: true,
    machine: machineSection(input, role),
    cluster,
  };
  return { v1alpha1, documents: documentsOf(input) };
}

function machineSection(input: ConfigInput, role: Role): Section {
  const { contract, secrets, kubernetesVersion, additionalSans } = input;
  const { os } = secrets.certs;
  const exclude = { 'node.kubernetes.io/exclude-from-external-load-balancers': '' };
  return {
    type: role,
    token: secrets.trustdinfo.token,
    ca: role === 'worker' ? { crt: os.crt, key: '' } : os,
    certSANs: [...additionalSans],
    kubelet: {
      image: `ghcr.io/siderolabs/kubelet:v${kubernetesVersion}`,
      defaultRuntimeSeccompProfileEnabled: true,
      disableManifestsDirectory: true,
    },
    ...(contract <= 12 ? { network: legacyNetwork(input) } : {}),
    install: {
      disk: input.installDisk,
      image: input.installImage,
      wipe: false,
      ...(contract >= 12 ? { grubUseUKICmdline: true } : {}),
    },
    ...(contract < 12 && input.registryMirrors.length > 0
      ? { registries: { mirrors: legacyMirrors(input) } }
      : {}),
    features: features(contract),
    ...(role === 'controlplane' && contract >= 8 ? { nodeLabels: exclude } : {}),
  };
}

function legacyNetwork({ kubespan }: ConfigInput): Section {
  return kubespan ? { kubespan: { enabled: true } } : {};
}

function legacyMirrors({ registryMirrors }: ConfigInput): Section {
  return Object.fromEntries(
    registryMirrors.map(({ host, endpoint }) => [host, { endpoints: [endpoint] }]),
  );
}

function features(contract: number): Section {
  const legacy = { rbac: true, stableHostname: true, apidCheckExtKeyUsage: true };
  return {
    ...(contract < 12 ? legacy : {}),
    diskQuotaSupport: true,
    kubePrism: { enabled: true, port: 7445 },
    hostDNS: { enabled: true, ...(contract >= 8 ? { forwardKubeDNSToHost: true } : {}) },
  };
}

function commonCluster(input: ConfigInput): Section {
  const { secrets, discovery } = input;
  return {
    id: secrets.cluster.id,
    secret: secrets.cluster.secret,
    controlPlane: { endpoint: input.endpoint },
    clusterName: input.clusterName,
    network: {
      dnsDomain: input.dnsDomain,
      podSubnets: ['10.244.0.0/16'],
      serviceSubnets: ['10.96.0.0/12'],
    },
    token: secrets.secrets.bootstraptoken,
    discovery: {
      enabled: discovery,
      registries: { kubernetes: { disabled: true }, service: {} },
    },
  };
}

function controlPlaneCluster(input: ConfigInput): Section {
  const { secrets, kubernetesVersion, contract, additionalSans } = input;
  const { certs } = secrets;
  const image = (name: string): { image: string } => ({
    image: `registry.k8s.io/${name}:v${kubernetesVersion}`,
  });
  // Older layouts name the endpoint's host themselves; since 1.12 Talos adds it at run time.
  const endpointHost = contract < 12 ? [new URL(input.endpoint).hostname] : [];
  const sans = [...endpointHost, ...additionalSans];
  return {
    secretboxEncryptionSecret: secrets.secrets.secretboxencryptionsecret,
    aggregatorCA: certs.k8saggregator,
    serviceAccount: certs.k8sserviceaccount,
    apiServer: {
      ...image('kube-apiserver'),
      ...(sans.length > 0 ? { certSANs: sans } : {}),
      ...(contract < 12 ? { disablePodSecurityPolicy: true } : {}),
      admissionControl: [{ name: 'PodSecurity', configuration: podSecurity() }],
      auditPolicy: {
        apiVersion: 'audit.k8s.io/v1',
        kind: 'Policy',
        rules: [{ level: 'Metadata' }],
      },
    },
    controllerManager: image('kube-controller-manager'),
    proxy: image('kube-proxy'),
    scheduler: image('kube-scheduler'),
    etcd: { ca: certs.etcd },
  };
}

function podSecurity(): Section {
  return {
    apiVersion: 'pod-security.admission.config.k8s.io/v1alpha1',
    kind: 'PodSecurityConfiguration',
    defaults: {
      enforce: 'baseline',
      'enforce-version': 'latest',
      audit: 'restricted',
      'audit-version': 'latest',
      warn: 'restricted',
      'warn-version': 'latest',
    },
    exemptions: { usernames: [], runtimeClasses: [], namespaces: ['kube-system'] },
  };
}

function documentsOf({ contract, registryMirrors, kubespan }: ConfigInput): ConfigDocument[] {
  if (contract < 12) return [];
  const document = (kind: string, body: Section): ConfigDocument => {
    const { name } = body;
    const named = typeof name === 'string' ? { name } : {};
    return { kind, ...named, body: { apiVersion: 'v1alpha1', kind, ...body } };
  };
  return [
    ...registryMirrors.map(({ host, endpoint }) =>
      document('RegistryMirrorConfig', { name: host, endpoints: [{ url: endpoint }] }),
    ),
    document('HostnameConfig', { auto: 'stable' }),
    ...(kubespan && contract >= 13 ? [document('KubeSpanConfig', { enabled: true })] : []),
  ];
}
