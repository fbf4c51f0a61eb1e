import {
  args,
  bool,
  certificate,
  certificateAndKey,
  duration,
  int,
  list,
  object,
  privateKey,
  replacedList,
  string,
  stringMap,
  strings,
  struct,
  toggle,
  url,
  type FieldType,
} from './schema.js';

const resources = struct('ResourcesConfig', { requests: object, limits: object });

const extraVolumes = list(
  struct('VolumeMountConfig', { hostPath: string, mountPath: string, readonly: bool }),
);

const component: Readonly<Record<string, FieldType>> = {
  image: string,
  extraArgs: args,
  extraVolumes,
  env: stringMap,
  resources,
};

const apiServer = struct('APIServerConfig', {
  image: string,
  extraArgs: args,
  extraVolumes,
  env: stringMap,
  certSANs: strings,
  disablePodSecurityPolicy: bool,
  admissionControl: list(
    struct('AdmissionPluginConfig', { name: string, configuration: object }, ['name']),
  ),
  auditPolicy: object,
  resources,
  authorizationConfig: list(
    struct('AuthorizationConfigAuthorizerConfig', { type: string, name: string, webhook: object }, [
      'type',
      'name',
    ]),
  ),
});

const etcd = struct('EtcdConfig', {
  image: string,
  ca: certificateAndKey,
  extraArgs: args,
  subnet: string,
  advertisedSubnets: strings,
  listenSubnets: strings,
});

const network = struct('ClusterNetworkConfig', {
  cni: struct('CNIConfig', {
    name: string,
    urls: strings,
    flannel: struct('FlannelCNIConfig', { extraArgs: strings, kubeNetworkPoliciesEnabled: bool }),
  }),
  dnsDomain: string,
  podSubnets: replacedList(string),
  serviceSubnets: replacedList(string),
});

const discovery = struct('ClusterDiscoveryConfig', {
  enabled: bool,
  registries: struct('DiscoveryRegistriesConfig', {
    kubernetes: toggle('RegistryKubernetesConfig', 'disabled'),
    service: struct('RegistryServiceConfig', { disabled: bool, endpoint: string }),
  }),
});

/** The section `cluster` of the v1alpha1 document (Talos source, v1alpha1_types.go). */
export const clusterSchema = struct('ClusterConfig', {
  id: string,
  secret: string,
  controlPlane: struct('ControlPlaneConfig', { endpoint: url, localAPIServerPort: int }),
  clusterName: string,
  network,
  token: string,
  aescbcEncryptionSecret: string,
  secretboxEncryptionSecret: string,
  ca: certificateAndKey,
  acceptedCAs: list(certificate),
  aggregatorCA: certificateAndKey,
  serviceAccount: privateKey,
  apiServer,
  controllerManager: struct('ControllerManagerConfig', component),
  proxy: struct('ProxyConfig', { disabled: bool, image: string, mode: string, extraArgs: args }),
  scheduler: struct('SchedulerConfig', { ...component, config: object }),
  discovery,
  etcd,
  coreDNS: struct('CoreDNS', { disabled: bool, image: string }),
  externalCloudProvider: struct('ExternalCloudProviderConfig', {
    enabled: bool,
    manifests: strings,
  }),
  extraManifests: strings,
  extraManifestHeaders: stringMap,
  inlineManifests: list(
    struct('ClusterInlineManifest', { name: string, contents: string }, ['name']),
  ),
  adminKubeconfig: struct('AdminKubeconfigConfig', { certLifetime: duration }),
  allowSchedulingOnMasters: bool,
  allowSchedulingOnControlPlanes: bool,
});
