import {
  any,
  args,
  base64,
  bool,
  certificate,
  certificateAndKey,
  duration,
  int,
  list,
  map,
  object,
  string,
  stringMap,
  strings,
  struct,
  toggle,
  url,
} from './schema.js';
import { networkConfig } from './schema-network.js';

const kubelet = struct('KubeletConfig', {
  image: string,
  clusterDNS: strings,
  extraArgs: args,
  extraMounts: list(
    struct('ExtraMount', {
      destination: string,
      type: string,
      source: string,
      options: strings,
      uidMappings: any,
      gidMappings: any,
    }),
  ),
  extraConfig: object,
  credentialProviderConfig: object,
  defaultRuntimeSeccompProfileEnabled: bool,
  registerWithFQDN: bool,
  nodeIP: struct('KubeletNodeIPConfig', { validSubnets: strings }),
  skipNodeRegistration: bool,
  disableManifestsDirectory: bool,
});

const install = struct('InstallConfig', {
  disk: string,
  diskSelector: struct('InstallDiskSelector', {
    size: any,
    name: string,
    model: string,
    serial: string,
    modalias: string,
    uuid: string,
    wwid: string,
    type: string,
    busPath: string,
  }),
  extraKernelArgs: strings,
  image: string,
  extensions: list(struct('InstallExtensionConfig', { image: string })),
  bootloader: bool,
  wipe: bool,
  legacyBIOSSupport: bool,
  grubUseUKICmdline: bool,
});

const encryption = struct('EncryptionConfig', {
  provider: string,
  keys: list(
    struct('EncryptionKey', {
      static: struct('EncryptionKeyStatic', { passphrase: string }),
      nodeID: struct('EncryptionKeyNodeID', {}),
      kms: struct('EncryptionKeyKMS', { endpoint: string }),
      slot: int,
      tpm: toggle('EncryptionKeyTPM', 'checkSecurebootStatusOnEnroll'),
    }),
  ),
  cipher: string,
  keySize: int,
  blockSize: int,
  options: strings,
});

const features = struct('FeaturesConfig', {
  rbac: bool,
  stableHostname: bool,
  kubernetesTalosAPIAccess: struct('KubernetesTalosAPIAccessConfig', {
    enabled: bool,
    allowedRoles: strings,
    allowedKubernetesNamespaces: strings,
  }),
  apidCheckExtKeyUsage: bool,
  diskQuotaSupport: bool,
  kubePrism: struct('KubePrism', { enabled: bool, port: int }),
  hostDNS: struct('HostDNSConfig', {
    enabled: bool,
    forwardKubeDNSToHost: bool,
    resolveMemberNames: bool,
  }),
  imageCache: toggle('ImageCacheConfig', 'localEnabled'),
  nodeAddressSortAlgorithm: string,
});

const registries = struct('RegistriesConfig', {
  mirrors: map(
    struct('RegistryMirrorConfig', { endpoints: strings, overridePath: bool, skipFallback: bool }),
  ),
  config: map(
    struct('RegistryConfig', {
      tls: struct('RegistryTLSConfig', {
        clientIdentity: certificateAndKey,
        ca: base64,
        insecureSkipVerify: bool,
      }),
      auth: struct('RegistryAuthConfig', {
        username: string,
        password: string,
        auth: string,
        identityToken: string,
      }),
    }),
  ),
});

/** The section `machine` of the v1alpha1 document (Talos source, v1alpha1_types.go). */
export const machineSchema = struct('MachineConfig', {
  type: string,
  token: string,
  ca: certificateAndKey,
  acceptedCAs: list(certificate),
  certSANs: strings,
  controlPlane: struct('MachineControlPlaneConfig', {
    controllerManager: toggle('MachineControllerManagerConfig', 'disabled'),
    scheduler: toggle('MachineSchedulerConfig', 'disabled'),
  }),
  kubelet,
  pods: list(object),
  network: networkConfig,
  disks: list(
    struct('MachineDisk', {
      device: string,
      partitions: list(struct('DiskPartition', { size: any, mountpoint: string })),
    }),
  ),
  install,
  files: list(
    struct('MachineFile', { content: string, permissions: any, path: string, op: string }),
  ),
  env: stringMap,
  time: struct('TimeConfig', { disabled: bool, servers: strings, bootTimeout: duration }),
  sysctls: stringMap,
  sysfs: stringMap,
  registries,
  systemDiskEncryption: struct('SystemDiskEncryptionConfig', {
    state: encryption,
    ephemeral: encryption,
  }),
  features,
  udev: struct('UdevConfig', { rules: strings }),
  logging: struct('LoggingConfig', {
    destinations: list(
      struct('LoggingDestination', { endpoint: url, format: string, extraTags: stringMap }),
    ),
  }),
  kernel: struct('KernelConfig', {
    modules: list(struct('KernelModuleConfig', { name: string, parameters: strings })),
  }),
  seccompProfiles: list(struct('MachineSeccompProfile', { name: string, value: object })),
  baseRuntimeSpecOverrides: object,
  nodeLabels: stringMap,
  nodeAnnotations: stringMap,
  nodeTaints: stringMap,
});
