/**
 * The sections of the document without a kind (v1alpha1).
 * Facts of Talos v1.13.9 (github.com/siderolabs/talos, pkg/machinery/config/types), read once
 * from its types by reflection; `layout.ts` says how to read a line.
 */
export const configSections = `
v1alpha1.APIServerConfig image:string extraArgs:Args extraVolumes:[]v1alpha1.VolumeMountConfig
  env:map[string]string certSANs:[]string disablePodSecurityPolicy:*bool
  admissionControl:v1alpha1.AdmissionPluginConfigList auditPolicy!:Unstructured
  resources:*v1alpha1.ResourcesConfig
  authorizationConfig:v1alpha1.AuthorizationConfigAuthorizerConfigList
v1alpha1.AdminKubeconfigConfig certLifetime:time.Duration
v1alpha1.AdmissionPluginConfig name+:string configuration+:Unstructured
v1alpha1.AuthorizationConfigAuthorizerConfig type+:string name+:string webhook:Unstructured
v1alpha1.Bond interfaces+:[]string deviceSelectors:[]v1alpha1.NetworkDeviceSelector
  arpIPTarget:[]string mode+:string xmitHashPolicy:string lacpRate:string adActorSystem:string
  arpValidate:string arpAllTargets:string primary:string primaryReselect:string failOverMac:string
  adSelect:string miimon:uint32 updelay:uint32 downdelay:uint32 arpInterval:uint32
  resendIgmp:uint32 minLinks:uint32 lpInterval:uint32 packetsPerSlave:uint32 numPeerNotif:uint8
  tlbDynamicLb:uint8 allSlavesActive:uint8 useCarrier:*bool adActorSysPrio:uint16
  adUserPortKey:uint16 peerNotifyDelay:uint32
v1alpha1.Bridge interfaces+:[]string stp:*v1alpha1.STP vlan:*v1alpha1.BridgeVLAN
v1alpha1.BridgePort master:string
v1alpha1.BridgeVLAN vlanFiltering:*bool
v1alpha1.CNIConfig name:string urls:[]string flannel:*v1alpha1.FlannelCNIConfig
v1alpha1.ClusterConfig id:string secret:string controlPlane+:*v1alpha1.ControlPlaneConfig
  clusterName:string network:*v1alpha1.ClusterNetworkConfig token:string
  aescbcEncryptionSecret:string secretboxEncryptionSecret:string
  ca:*x509.PEMEncodedCertificateAndKey acceptedCAs:[]*x509.PEMEncodedCertificate
  aggregatorCA:*x509.PEMEncodedCertificateAndKey serviceAccount:*x509.PEMEncodedKey
  apiServer:*v1alpha1.APIServerConfig controllerManager:*v1alpha1.ControllerManagerConfig
  proxy:*v1alpha1.ProxyConfig scheduler:*v1alpha1.SchedulerConfig
  discovery:*v1alpha1.ClusterDiscoveryConfig etcd:*v1alpha1.EtcdConfig coreDNS:*v1alpha1.CoreDNS
  externalCloudProvider:*v1alpha1.ExternalCloudProviderConfig extraManifests:[]string
  extraManifestHeaders:map[string]string inlineManifests:v1alpha1.ClusterInlineManifests
  adminKubeconfig:*v1alpha1.AdminKubeconfigConfig allowSchedulingOnMasters:*bool
  allowSchedulingOnControlPlanes:*bool
v1alpha1.ClusterDiscoveryConfig enabled:*bool registries+:v1alpha1.DiscoveryRegistriesConfig
v1alpha1.ClusterInlineManifest name+:string contents+:string
v1alpha1.ClusterNetworkConfig cni:*v1alpha1.CNIConfig dnsDomain+:string podSubnets!+:[]string
  serviceSubnets!+:[]string
v1alpha1.Config version+:string debug:*bool persist:*bool machine+:*v1alpha1.MachineConfig
  cluster+:*v1alpha1.ClusterConfig
v1alpha1.ControlPlaneConfig endpoint+:*v1alpha1.Endpoint localAPIServerPort:int
v1alpha1.ControllerManagerConfig image:string extraArgs:Args
  extraVolumes:[]v1alpha1.VolumeMountConfig env:map[string]string
  resources:*v1alpha1.ResourcesConfig
v1alpha1.CoreDNS disabled:*bool image:string
v1alpha1.DHCPOptions routeMetric+:uint32 ipv4:*bool ipv6:*bool duidv6:string
v1alpha1.Device interface:string deviceSelector:*v1alpha1.NetworkDeviceSelector addresses:[]string
  cidr:string routes:[]*v1alpha1.Route bond:*v1alpha1.Bond bridge:*v1alpha1.Bridge
  bridgePort:*v1alpha1.BridgePort vlans:v1alpha1.VlanList mtu:int dhcp:*bool ignore:*bool
  dummy:*bool dhcpOptions:*v1alpha1.DHCPOptions wireguard:*v1alpha1.DeviceWireguardConfig
  vip:*v1alpha1.DeviceVIPConfig
v1alpha1.DeviceVIPConfig ip:string equinixMetal:*v1alpha1.VIPEquinixMetalConfig
  hcloud:*v1alpha1.VIPHCloudConfig
v1alpha1.DeviceWireguardConfig privateKey:string listenPort:int firewallMark:int
  peers:[]*v1alpha1.DeviceWireguardPeer
v1alpha1.DeviceWireguardPeer publicKey:string endpoint:string
  persistentKeepaliveInterval:time.Duration allowedIPs:[]string
v1alpha1.DiscoveryRegistriesConfig kubernetes+:v1alpha1.RegistryKubernetesConfig
  service+:v1alpha1.RegistryServiceConfig
v1alpha1.DiskPartition size:v1alpha1.DiskSize mountpoint:string
v1alpha1.EncryptionConfig provider+:string keys+:[]*v1alpha1.EncryptionKey cipher:string
  keySize:uint blockSize:uint64 options:[]string
v1alpha1.EncryptionKey static:*v1alpha1.EncryptionKeyStatic nodeID:*v1alpha1.EncryptionKeyNodeID
  kms:*v1alpha1.EncryptionKeyKMS slot+:int tpm:*v1alpha1.EncryptionKeyTPM
v1alpha1.EncryptionKeyKMS endpoint+:string
v1alpha1.EncryptionKeyNodeID
v1alpha1.EncryptionKeyStatic passphrase:string
v1alpha1.EncryptionKeyTPM checkSecurebootStatusOnEnroll:*bool
v1alpha1.EtcdConfig image:string ca+:*x509.PEMEncodedCertificateAndKey extraArgs:Args
  subnet:string advertisedSubnets:[]string listenSubnets:[]string
v1alpha1.ExternalCloudProviderConfig enabled:*bool manifests:[]string
v1alpha1.ExtraHost ip+:string aliases+:[]string
v1alpha1.ExtraMount destination+:string type:string source:string options:[]string
  uidMappings:[]v1alpha1.LinuxIDMapping gidMappings:[]v1alpha1.LinuxIDMapping
v1alpha1.FeaturesConfig rbac:*bool stableHostname:*bool
  kubernetesTalosAPIAccess:*v1alpha1.KubernetesTalosAPIAccessConfig apidCheckExtKeyUsage:*bool
  diskQuotaSupport:*bool kubePrism:*v1alpha1.KubePrism hostDNS:*v1alpha1.HostDNSConfig
  imageCache:*v1alpha1.ImageCacheConfig nodeAddressSortAlgorithm:string
v1alpha1.FlannelCNIConfig extraArgs:[]string kubeNetworkPoliciesEnabled:*bool
v1alpha1.HostDNSConfig enabled:*bool forwardKubeDNSToHost:*bool resolveMemberNames:*bool
v1alpha1.ImageCacheConfig localEnabled:*bool
v1alpha1.InstallConfig disk:string diskSelector:*v1alpha1.InstallDiskSelector
  extraKernelArgs:[]string image:string extensions:[]v1alpha1.InstallExtensionConfig
  bootloader:*bool wipe+:*bool legacyBIOSSupport:*bool grubUseUKICmdline:*bool
v1alpha1.InstallDiskSelector size:*v1alpha1.InstallDiskSizeMatcher name:string model:string
  serial:string modalias:string uuid:string wwid:string type:v1alpha1.InstallDiskType
  busPath:string
v1alpha1.InstallExtensionConfig image+:string
v1alpha1.KernelConfig modules:[]*v1alpha1.KernelModuleConfig
v1alpha1.KernelModuleConfig name+:string parameters:[]string
v1alpha1.KubePrism enabled:*bool port:int
v1alpha1.KubeSpanFilters endpoints:[]string excludeAdvertisedNetworks:[]string
v1alpha1.KubeletConfig image:string clusterDNS:[]string extraArgs:Args
  extraMounts:[]v1alpha1.ExtraMount extraConfig:Unstructured credentialProviderConfig:Unstructured
  defaultRuntimeSeccompProfileEnabled:*bool registerWithFQDN:*bool
  nodeIP:*v1alpha1.KubeletNodeIPConfig skipNodeRegistration:*bool disableManifestsDirectory:*bool
v1alpha1.KubeletNodeIPConfig validSubnets:[]string
v1alpha1.KubernetesTalosAPIAccessConfig enabled:*bool allowedRoles:[]string
  allowedKubernetesNamespaces:[]string
v1alpha1.LinuxIDMapping containerID+:uint32 hostID+:uint32 size+:uint32
v1alpha1.LoggingConfig destinations+:[]v1alpha1.LoggingDestination
v1alpha1.LoggingDestination endpoint+:*v1alpha1.Endpoint format+:string
  extraTags:map[string]string
v1alpha1.MachineConfig type+:string token+:string ca:*x509.PEMEncodedCertificateAndKey
  acceptedCAs:[]*x509.PEMEncodedCertificate certSANs+:[]string
  controlPlane:*v1alpha1.MachineControlPlaneConfig kubelet:*v1alpha1.KubeletConfig
  pods:[]Unstructured network:*v1alpha1.NetworkConfig disks:[]*v1alpha1.MachineDisk
  install:*v1alpha1.InstallConfig files:[]*v1alpha1.MachineFile env:map[string]string
  time:*v1alpha1.TimeConfig sysctls:map[string]string sysfs:map[string]string
  registries:v1alpha1.RegistriesConfig systemDiskEncryption:*v1alpha1.SystemDiskEncryptionConfig
  features:*v1alpha1.FeaturesConfig udev:*v1alpha1.UdevConfig logging:*v1alpha1.LoggingConfig
  kernel:*v1alpha1.KernelConfig seccompProfiles:[]*v1alpha1.MachineSeccompProfile
  baseRuntimeSpecOverrides:Unstructured nodeLabels:map[string]string
  nodeAnnotations:map[string]string nodeTaints:map[string]string
v1alpha1.MachineControlPlaneConfig controllerManager:*v1alpha1.MachineControllerManagerConfig
  scheduler:*v1alpha1.MachineSchedulerConfig
v1alpha1.MachineControllerManagerConfig disabled:*bool
v1alpha1.MachineDisk device:string partitions:[]*v1alpha1.DiskPartition
v1alpha1.MachineFile content+:string permissions+:v1alpha1.FileMode path+:string op+:string
v1alpha1.MachineSchedulerConfig disabled:*bool
v1alpha1.MachineSeccompProfile name+:string value+:Unstructured
v1alpha1.NetworkConfig hostname:string interfaces:v1alpha1.NetworkDeviceList nameservers:[]string
  searchDomains:[]string extraHostEntries:[]*v1alpha1.ExtraHost kubespan:*v1alpha1.NetworkKubeSpan
  disableSearchDomain:*bool
v1alpha1.NetworkDeviceSelector busPath:string hardwareAddr:string permanentAddr:string
  pciID:string driver:string physical:*bool
v1alpha1.NetworkKubeSpan enabled:*bool advertiseKubernetesNetworks:*bool allowDownPeerBypass:*bool
  harvestExtraEndpoints:*bool mtu:*uint32 filters:*v1alpha1.KubeSpanFilters
v1alpha1.ProxyConfig disabled:*bool image:string mode:string extraArgs:Args
v1alpha1.RegistriesConfig mirrors:map[string]*v1alpha1.RegistryMirrorConfig
  config:map[string]*v1alpha1.RegistryConfig
v1alpha1.RegistryAuthConfig username:string password:string auth:string identityToken:string
v1alpha1.RegistryConfig tls:*v1alpha1.RegistryTLSConfig auth:*v1alpha1.RegistryAuthConfig
v1alpha1.RegistryKubernetesConfig disabled:*bool
v1alpha1.RegistryMirrorConfig endpoints+:[]string overridePath:*bool skipFallback:*bool
v1alpha1.RegistryServiceConfig disabled:*bool endpoint:string
v1alpha1.RegistryTLSConfig clientIdentity:*x509.PEMEncodedCertificateAndKey
  ca:v1alpha1.Base64Bytes insecureSkipVerify:*bool
v1alpha1.ResourcesConfig requests:Unstructured limits:Unstructured
v1alpha1.Route network+:string gateway+:string source:string metric:uint32 mtu:uint32
v1alpha1.STP enabled:*bool
v1alpha1.SchedulerConfig image:string extraArgs:Args extraVolumes:[]v1alpha1.VolumeMountConfig
  env:map[string]string resources:*v1alpha1.ResourcesConfig config:Unstructured
v1alpha1.SystemDiskEncryptionConfig state:*v1alpha1.EncryptionConfig
  ephemeral:*v1alpha1.EncryptionConfig
v1alpha1.TimeConfig disabled:*bool servers:[]string bootTimeout:time.Duration
v1alpha1.UdevConfig rules:[]string
v1alpha1.VIPEquinixMetalConfig apiToken+:string
v1alpha1.VIPHCloudConfig apiToken+:string
v1alpha1.Vlan addresses:[]string cidr:string routes+:[]*v1alpha1.Route dhcp:*bool vlanId+:uint16
  mtu:uint32 vip:*v1alpha1.DeviceVIPConfig dhcpOptions:*v1alpha1.DHCPOptions
v1alpha1.VolumeMountConfig hostPath+:string mountPath+:string readonly:bool
x509.PEMEncodedCertificate crt+:string
x509.PEMEncodedCertificateAndKey crt+:string key+:string
x509.PEMEncodedKey key+:string
`;
