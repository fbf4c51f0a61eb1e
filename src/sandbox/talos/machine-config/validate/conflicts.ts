import { list, mapping, text, type Mapping } from '../values.js';
import type { MachineConfig } from '../types.js';

interface Parts {
  readonly machine: Mapping;
  readonly cluster: Mapping;
  readonly name: string;
  readonly body: Mapping;
}

type Conflict = (parts: Parts) => string | undefined;

/** Where documents set what the document without a kind sets as well, in Talos' words. */
export function conflicts({ v1alpha1, documents }: MachineConfig): string[] {
  if (!v1alpha1) return [];
  const sections = { machine: mapping(v1alpha1.machine), cluster: mapping(v1alpha1.cluster) };
  return documents.flatMap(({ kind, name = '', body }) => {
    const conflict = conflictOf[kind]?.({ ...sections, name, body });
    return conflict === undefined ? [] : [conflict];
  });
}

/** A conflict when the section is there. */
function when(isThere: (parts: Parts) => boolean, said: string): Conflict {
  return (parts) => (isThere(parts) ? said : undefined);
}

function firstOf(...all: readonly Conflict[]): Conflict {
  return (parts) => all.map((one) => one(parts)).find((said) => said !== undefined);
}

const is = (section: Mapping, ...path: readonly string[]): boolean =>
  path.reduce<unknown>((value, key) => mapping(value)[key], section) !== undefined;

const plugins = when(
  ({ cluster }) => list(mapping(cluster['apiServer'])['admissionControl']).length > 0,
  'admission control plugin config is already set in v1alpha1 config',
);

const both = 'in both v1alpha1 and new-style configuration';
const avoid = 'please remove it to avoid conflicts';
const onlyCluster =
  'Please remove it and use only the new KubeClusterConfig document to avoid conflicts';

/** By kind; those of Kubernetes, the installation and discovery are Talos 1.14's. */
const conflictOf: Readonly<Record<string, Conflict>> = {
  CRIBaseRuntimeSpecConfig: when(
    ({ machine }) => is(machine, 'baseRuntimeSpecOverrides'),
    'base runtime spec overrides are already set in v1alpha1 config',
  ),
  DiscoveryIdentityConfig: when(
    ({ cluster }) => text(cluster['id']) !== '' || text(cluster['secret']) !== '',
    'cluster identity is already configured in .cluster.id/.cluster.secret of the v1alpha1 config',
  ),
  DiscoveryServiceConfig: when(
    ({ cluster }) => is(cluster, 'discovery'),
    'discovery service is already configured in .cluster.discovery of the v1alpha1 config',
  ),
  HostnameConfig: firstOf(
    when(
      ({ machine }) => text(mapping(machine['network'])['hostname']) !== '',
      'static hostname is already set in v1alpha1 config',
    ),
    when(
      ({ machine }) => mapping(machine['features'])['stableHostname'] === true,
      'stable hostname is already set in v1alpha1 config',
    ),
  ),
  ImageCacheConfig: when(
    ({ machine }) => is(machine, 'features', 'imageCache'),
    'image cache config is already set in v1alpha1 config',
  ),
  KubeAPIServerCAConfig: when(
    ({ cluster }) => is(cluster, 'ca'),
    'kube-apiserver CA is already set in v1alpha1 config (.cluster.ca)',
  ),
  KubeAPIServerConfig: firstOf(
    when(
      ({ cluster }) => is(cluster, 'apiServer'),
      'kube-apiserver config is already set in v1alpha1 config (.cluster.apiServer)',
    ),
    when(
      ({ cluster }) => (mapping(cluster['controlPlane'])['localAPIServerPort'] ?? 0) !== 0,
      'kube-apiserver API port is already set in v1alpha1 config (.cluster.controlPlane.localAPIServerPort)',
    ),
  ),
  KubeAdmissionControlConfig: plugins,
  KubeAggregatorCAConfig: when(
    ({ cluster }) => is(cluster, 'aggregatorCA'),
    'kube-apiserver aggregator CA is already set in v1alpha1 config (.cluster.aggregatorCA), please remove it and use the new KubeAggregatorCAConfig document instead',
  ),
  KubeAuditPolicyConfig: when(
    ({ cluster }) => Object.keys(mapping(mapping(cluster['apiServer'])['auditPolicy'])).length > 0,
    'audit policy config is already set in v1alpha1 config',
  ),
  KubeAuthorizerConfig: plugins,
  KubeClusterConfig: firstOf(
    when(
      ({ cluster }) => text(cluster['clusterName']) !== '',
      `cluster name is already set in the v1alpha1 config (.cluster.clusterName). ${onlyCluster}`,
    ),
    when(
      ({ cluster }) => is(cluster, 'controlPlane', 'endpoint'),
      `cluster endpoint is already set in the v1alpha1 config (.cluster.controlPlane.endpoint). ${onlyCluster}`,
    ),
  ),
  KubeControllerManagerConfig: firstOf(
    when(
      ({ cluster }) => is(cluster, 'controllerManager'),
      'kube-controller-manager config is already set in v1alpha1 config (.cluster.controllerManager)',
    ),
    when(
      ({ machine }) => is(machine, 'controlPlane', 'controllerManager'),
      'kube-controller-manager config is already set in v1alpha1 config (.machine.controlplane.controllerManager)',
    ),
  ),
  KubeCoreDNSConfig: when(
    ({ cluster }) => is(cluster, 'coreDNS'),
    'CoreDNS config is already set in v1alpha1 config (.cluster.coreDNS)',
  ),
  KubeCredentialProviderConfig: when(
    ({ machine }) => is(machine, 'kubelet'),
    'cannot use KubeCredentialProviderConfig with legacy kubelet configuration (.machine.kubelet)',
  ),
  KubeEtcdEncryptionConfig: when(
    ({ cluster }) =>
      text(cluster['secretboxEncryptionSecret']) !== '' ||
      text(cluster['aescbcEncryptionSecret']) !== '',
    'etcd encryption config is already set in v1alpha1 config',
  ),
  KubeFlannelCNIConfig: when(
    ({ cluster }) => is(cluster, 'network'),
    `cluster network config in v1alpha1 config (.machine.cluster.network) can't be used with KubeFlannelCNIConfig document, ${avoid}`,
  ),
  KubeNetworkConfig: when(
    ({ cluster }) => is(cluster, 'network'),
    'cluster network config is already set in the v1alpha1 config (.machine.cluster.network). Please remove it and use only the new KubeNetworkConfig document to avoid conflicts',
  ),
  KubeNodeConfig: firstOf(
    ...['allowSchedulingOnControlPlanes', 'allowSchedulingOnMasters'].map((field) =>
      when(
        ({ cluster }) => is(cluster, field),
        `.cluster.${field} is already set in v1alpha1 config`,
      ),
    ),
    ...[
      'kubelet.skipNodeRegistration',
      'kubelet.registerWithFQDN',
      'kubelet.nodeIP',
      'nodeLabels',
      'nodeAnnotations',
      'nodeTaints',
    ].map((path) =>
      when(
        ({ machine }) => is(machine, ...path.split('.')),
        `.machine.${path} is already set in v1alpha1 config`,
      ),
    ),
  ),
  KubePrismConfig: when(
    ({ machine }) => is(machine, 'features', 'kubePrism'),
    `KubePrism config in v1alpha1 config (.machine.features.kubePrism) can't be used with KubePrismConfig document, ${avoid}`,
  ),
  KubeProxyConfig: when(
    ({ cluster }) => is(cluster, 'proxy'),
    `cluster proxy config in v1alpha1 config (.machine.cluster.proxy) can't be used with KubeProxyConfig document, ${avoid}`,
  ),
  KubeSchedulerConfig: firstOf(
    when(
      ({ cluster }) => is(cluster, 'scheduler'),
      'kube-scheduler config is already set in v1alpha1 config (.cluster.scheduler)',
    ),
    when(
      ({ machine }) => is(machine, 'controlPlane', 'scheduler'),
      'kube-scheduler config is already set in v1alpha1 config (.machine.controlplane.scheduler)',
    ),
  ),
  KubeServiceAccountConfig: when(
    ({ cluster }) => is(cluster, 'serviceAccount'),
    'service account is already set in v1alpha1 config (.cluster.serviceAccount)',
  ),
  KubeSpanConfig: when(
    ({ machine }) => is(machine, 'network', 'kubespan'),
    'kubespan is already configured in v1alpha1 machine.network.kubespan',
  ),
  KubeTalosAPIAccessConfig: when(
    ({ machine }) => is(machine, 'features', 'kubernetesTalosAPIAccess'),
    '.machine.features.kubernetesTalosAPIAccess is already set in v1alpha1 config',
  ),
  KubeletConfig: when(
    ({ machine }) => is(machine, 'kubelet'),
    'kubelet config is already set in v1alpha1 config (.machine.kubelet)',
  ),
  ResolverConfig: firstOf(
    when(
      ({ machine, body }) =>
        is(machine, 'features', 'hostDNS') && Object.keys(mapping(body['hostDNS'])).length > 0,
      '.machine.features.hostDNS is already set in v1alpha1 config',
    ),
    when(
      ({ machine }) => is(machine, 'network', 'searchDomains'),
      '.machine.network.searchDomains is already set in v1alpha1 config',
    ),
    when(
      ({ machine }) => list(mapping(machine['network'])['nameservers']).length > 0,
      '.machine.network.nameservers is already set in v1alpha1 config',
    ),
    when(
      ({ machine }) => mapping(machine['network'])['disableSearchDomain'] === true,
      '.machine.network.disableSearchDomain is already set in v1alpha1 config',
    ),
  ),
  TimeSyncConfig: firstOf(
    when(
      ({ machine }) => mapping(machine['time'])['disabled'] === true,
      `time sync cannot be disabled ${both}`,
    ),
    when(
      ({ machine }) => list(mapping(machine['time'])['servers']).length > 0,
      `time servers cannot be specified ${both}`,
    ),
    when(
      ({ machine }) => !['', '0', '0s'].includes(text(mapping(machine['time'])['bootTimeout'])),
      `boot timeout cannot be specified ${both}`,
    ),
  ),
  UnattendedInstallConfig: when(
    ({ machine }) => is(machine, 'install'),
    'UnattendedInstallConfig config is incompatible with v1alpha1 config (.machine.install)',
  ),
  VolumeConfig: ({ machine, name, body }) => {
    if (name !== 'STATE' && name !== 'EPHEMERAL') return undefined;
    const isEncrypted = text(mapping(body['encryption'])['provider']) === 'luks2';
    const legacy = mapping(machine['systemDiskEncryption'])[name.toLowerCase()];
    return isEncrypted && legacy !== undefined
      ? `system disk encryption for "${name}" is configured in both v1alpha1.Config and VolumeConfig`
      : undefined;
  },
};
