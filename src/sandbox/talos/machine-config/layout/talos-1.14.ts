/**
 * What Talos 1.14 has beside or instead of the layout of 1.13.
 * Facts of Talos v1.14.0-rc.1 (github.com/siderolabs/talos, pkg/machinery/config/types), read once
 * from its types by reflection; `layout.ts` says how to read a line.
 */
export const sections14 = `
block.EncryptionSpec provider+:block.EncryptionProviderType keys+:[]block.EncryptionKey
  cipher:string keySize:uint blockSize:uint64 options:[]string allowDiscards:*bool
block.ExistingVolumeConfigV1Alpha1 name+:string discovery:block.VolumeDiscoverySpec
  mount:block.ExistingMountSpec trim:*block.TrimConfig scrub:*block.ScrubConfig
block.FilesystemScrubConfigV1Alpha1 interval:time.Duration
block.FilesystemSpec type:block.FilesystemType projectQuotaSupport:*bool xfs:*block.XFSSpec
block.FilesystemTrimConfigV1Alpha1 interval:time.Duration
block.MountSpec secure:*bool disableAccessTime:*bool
block.ScrubConfig enabled:*bool interval:time.Duration
block.SystemVolumeFilesystemSpec xfs:*block.XFSSpec
block.TrimConfig enabled:*bool interval:time.Duration
block.UserVolumeConfigV1Alpha1 name+:string volumeType:*block.VolumeType
  provisioning:block.ProvisioningSpec filesystem:block.FilesystemSpec
  encryption:block.EncryptionSpec mount:block.UserMountSpec trim:*block.TrimConfig
  scrub:*block.ScrubConfig
block.VolumeConfigV1Alpha1 name+:string provisioning:block.ProvisioningSpec
  filesystem:block.SystemVolumeFilesystemSpec encryption:block.EncryptionSpec
  mount:block.MountSpec trim:*block.TrimConfig scrub:*block.ScrubConfig
block.XFSSpec minAllocationGroupSize:block.ByteSize
cluster.DiscoveryIdentityConfigV1Alpha1 clusterID+:string clusterSecret+:string
cluster.DiscoveryServiceConfigV1Alpha1 name+:string endpoint+:meta.URL
container.ContainerCapabilities add:[]string drop:[]string
container.ContainerConfigV1Alpha1 name+:string image+:string entrypoint:[]string args:[]string
  workingDir:string runAs:*container.ContainerRunAs environment:[]string
  mounts:[]container.ContainerMount security:*container.ContainerSecurity
  network:*container.ContainerNetwork resources:*container.ContainerResources
  dependsOn:*container.ContainerDependsOn
container.ContainerDependsOn paths:[]string networks:[]string time:*bool containers:[]string
container.ContainerMount userVolume:*container.UserVolumeMount tmpfs:*container.TmpfsMount
  hostPath:*container.HostPathMount
container.ContainerNetwork mode:config.ContainerNetworkMode
container.ContainerResourceLimits cpu:string memory:string
container.ContainerResources limits:*container.ContainerResourceLimits
container.ContainerRunAs uid:*int32 gid:*int32
container.ContainerSecurity profile:config.ContainerSecurityProfile
  capabilities:*container.ContainerCapabilities
container.HostPathMount source+:string destination+:string options:[]string
container.TmpfsMount destination+:string size:string options:[]string
container.UserVolumeMount name+:string destination+:string options:[]string
cri.CRIBaseRuntimeSpecConfigV1Alpha1 overrides!:Unstructured
cri.CRICustomizationConfigV1Alpha1 name+:string content+:string
cri.ImageCacheConfigV1Alpha1 local+:cri.LocalImageCacheConfig
cri.LocalImageCacheConfig enabled:*bool
k8s.AcceptedServiceAccountConfig publicKeys:[]string issuers:[]meta.URL audiences:[]string
k8s.IssuerServiceAccountConfig privateKey+:string issuerURL+:meta.URL
k8s.KubeAPIServerCAConfigV1Alpha1 issuingCA:*meta.CertificateAndKey acceptedCAs:[]string
k8s.KubeAPIServerConfigV1Alpha1 image+:string extraArgs:Args env:map[string]string
  resources:k8s.ResourcesConfig apiPort:*int certExtraSANs:[]string startupProbes:*bool
k8s.KubeAdmissionControlConfigV1Alpha1 name+:string configuration+:Unstructured
k8s.KubeAggregatorCAConfigV1Alpha1 issuingCA:*meta.CertificateAndKey acceptedCAs:[]string
k8s.KubeAuditPolicyConfigV1Alpha1 configuration!+:Unstructured
k8s.KubeAuthenticationConfigV1Alpha1 configuration!+:Unstructured
k8s.KubeAuthorizerConfigV1Alpha1 name+:string type+:string webhook:Unstructured
k8s.KubeClusterConfigV1Alpha1 clusterName+:string endpoint+:meta.URL
k8s.KubeControllerManagerConfigV1Alpha1 enabled:*bool image+:string extraArgs:Args
  env:map[string]string resources:k8s.ResourcesConfig
k8s.KubeCoreDNSConfigV1Alpha1 enabled:*bool image:string
k8s.KubeCredentialProviderConfigV1Alpha1 configuration!+:Unstructured
k8s.KubeEtcdEncryptionConfigV1Alpha1 config+:Unstructured
k8s.KubeExternalManifestConfigV1Alpha1 name+:string headers:map[string]string url+:meta.URL
k8s.KubeFlannelCNIConfigV1Alpha1 backendType+:string backendPort:uint16 backendMTU:uint32
  backendExtraConfig:Unstructured resources:k8s.ResourcesConfig extraArgs:[]string
  kubeNetworkPoliciesEnabled:*bool
k8s.KubeInlineManifestConfigV1Alpha1 name+:string manifest+:string
k8s.KubeNetworkConfigV1Alpha1 dnsDomain+:string podSubnets!+:[]Prefix serviceSubnets!+:[]Prefix
  nodeCIDRMaskSizeIPv4:int nodeCIDRMaskSizeIPv6:int
k8s.KubeNodeConfigV1Alpha1 skipNodeRegistration:*bool registerWithFQDN:*bool
  nodeIP+:k8s.NodeIPConfig labels:map[string]string annotations:map[string]string
  taints:map[string]string
k8s.KubePrismConfigV1Alpha1 port+:int tlsServerName:string
k8s.KubeProxyConfigV1Alpha1 enabled:*bool image:string mode:string config+:Unstructured
  extraArgs:Args resources:k8s.ResourcesConfig
k8s.KubeSchedulerConfigV1Alpha1 enabled:*bool image+:string config+:Unstructured extraArgs:Args
  env:map[string]string resources:k8s.ResourcesConfig
k8s.KubeServiceAccountConfigV1Alpha1 issuer+:k8s.IssuerServiceAccountConfig
  accepted:k8s.AcceptedServiceAccountConfig
k8s.KubeStaticPodConfigV1Alpha1 name+:string pod!+:Unstructured
k8s.KubeTalosAPIAccessConfigV1Alpha1 allowedRoles:[]string allowedKubernetesNamespaces:[]string
k8s.KubeletConfigV1Alpha1 image+:string config+:Unstructured extraArgs:Args clusterDNS:[]string
  defaultRuntimeSeccompProfileEnabled:*bool
k8s.NodeIPConfig validSubnets:[]string
k8s.ResourcesConfig requests:Unstructured limits:Unstructured
network.BGPBFDConfig transmitInterval:time.Duration receiveInterval:time.Duration
  detectMultiplier:uint8
network.BGPImportRoute bgpInstance+:string prefixes+:[]Prefix
network.BGPInstanceConfigV1Alpha1 name+:string vrf:string localASN+:uint32 routerID:Addr
  routeSource:Addr advertise!:[]string multipath:*bool maxPaths:uint8 installRoutes:*bool
  importRoutes!:[]network.BGPImportRoute neighbors!:[]network.BGPNeighborConfig
network.BGPNeighborConfig address:Addr link:string peerASN:uint32 localASN:uint32 passive:bool
  holdTime:time.Duration bfd:*network.BGPBFDConfig
network.DHCPv4ConfigV1Alpha1 name+:string routeMetric:uint32 ignoreHostname:*bool
  ignoreRoutes:*bool clientIdentifier:*nethelpers.ClientIdentifier duidRaw:nethelpers.HardwareAddr
network.HTTPProbeConfigV1Alpha1 name+:string interval:time.Duration failureThreshold:int
  url+:meta.URL timeout:time.Duration
network.HostDNSConfig enabled:*bool forwardKubeDNSToHost:*bool resolveMemberNames:*bool
network.NTPConfig servers:[]string useNTS:*bool
network.NameserverConfig address+:Addr protocol:nethelpers.DNSProtocol tlsServerName:string
network.ResolverConfigV1Alpha1 nameservers:[]network.NameserverConfig
  searchDomains:network.SearchDomainsConfig hostDNS:network.HostDNSConfig
network.VethConfigV1Alpha1 name+:string peer+:network.VethPeerConfig up:*bool mtu:uint32
  addresses:[]network.AddressConfig routes:[]network.RouteConfig multicast:*bool
network.VethPeerConfig name+:string up:*bool mtu:uint32 addresses:[]network.AddressConfig
  routes:[]network.RouteConfig multicast:*bool
runtime.DiskSelectorSpec match:cel.Expression
runtime.EtcFileConfigV1Alpha1 name+:string mode+:runtime.EtcFileMode contents+:string
runtime.InstallerSpec image:string
runtime.KernelModuleConfigV1Alpha1 name+:string parameters:[]string
runtime.ProvisioningSpec diskSelector:runtime.DiskSelectorSpec wipe:*bool
runtime.SecurityProfileConfigV1Alpha1 workloadIsolation:*bool
runtime.SysctlConfigV1Alpha1 params+:map[string]string
runtime.SysfsConfigV1Alpha1 params+:map[string]string
runtime.UdevRulesConfigV1Alpha1 rules:[]string
runtime.UnattendedInstallConfigV1Alpha1 reboot:*bool installer+:runtime.InstallerSpec
  provisioning+:runtime.ProvisioningSpec
storage.LVMLogicalVolumeConfigV1Alpha1 name+:string type+:storage.LVMLogicalVolumeType
  mirrors:*uint32 stripes:*uint32 provisioning+:storage.LVMLogicalVolumeProvisioningSpec
storage.LVMLogicalVolumeProvisioningSpec volumeGroup+:string minSize:block.ByteSize
  maxSize:block.Size
storage.LVMVolumeGroupConfigV1Alpha1 name+:string provisioning+:storage.ProvisioningSpec
storage.LVMVolumeSelectorSpec match:cel.Expression
storage.ProvisioningSpec volumeSelector:storage.LVMVolumeSelectorSpec
storage.RAIDArrayConfigV1Alpha1 name+:string level+:storage.MDLevel metadata:storage.MDMetadata
  provisioning+:storage.RAIDProvisioningSpec
storage.RAIDProvisioningSpec volumeSelector+:storage.RAIDVolumeSelector
storage.RAIDVolumeSelector match:cel.Expression
v1alpha1.ClusterConfig id:string secret:string controlPlane:*v1alpha1.ControlPlaneConfig
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
`;

export const documentKinds14 = `
BGPInstanceConfig network.BGPInstanceConfigV1Alpha1
CRIBaseRuntimeSpecConfig cri.CRIBaseRuntimeSpecConfigV1Alpha1
CRICustomizationConfig cri.CRICustomizationConfigV1Alpha1
ContainerConfig container.ContainerConfigV1Alpha1
DiscoveryIdentityConfig cluster.DiscoveryIdentityConfigV1Alpha1
DiscoveryServiceConfig cluster.DiscoveryServiceConfigV1Alpha1
EtcFileConfig runtime.EtcFileConfigV1Alpha1
FilesystemScrubConfig block.FilesystemScrubConfigV1Alpha1
FilesystemTrimConfig block.FilesystemTrimConfigV1Alpha1
HTTPProbeConfig network.HTTPProbeConfigV1Alpha1
ImageCacheConfig cri.ImageCacheConfigV1Alpha1
KernelModuleConfig runtime.KernelModuleConfigV1Alpha1
KubeAPIServerCAConfig k8s.KubeAPIServerCAConfigV1Alpha1
KubeAPIServerConfig k8s.KubeAPIServerConfigV1Alpha1
KubeAdmissionControlConfig k8s.KubeAdmissionControlConfigV1Alpha1
KubeAggregatorCAConfig k8s.KubeAggregatorCAConfigV1Alpha1
KubeAuditPolicyConfig k8s.KubeAuditPolicyConfigV1Alpha1
KubeAuthenticationConfig k8s.KubeAuthenticationConfigV1Alpha1
KubeAuthorizerConfig k8s.KubeAuthorizerConfigV1Alpha1
KubeClusterConfig k8s.KubeClusterConfigV1Alpha1
KubeControllerManagerConfig k8s.KubeControllerManagerConfigV1Alpha1
KubeCoreDNSConfig k8s.KubeCoreDNSConfigV1Alpha1
KubeCredentialProviderConfig k8s.KubeCredentialProviderConfigV1Alpha1
KubeEtcdEncryptionConfig k8s.KubeEtcdEncryptionConfigV1Alpha1
KubeExternalManifestConfig k8s.KubeExternalManifestConfigV1Alpha1
KubeFlannelCNIConfig k8s.KubeFlannelCNIConfigV1Alpha1
KubeInlineManifestConfig k8s.KubeInlineManifestConfigV1Alpha1
KubeNetworkConfig k8s.KubeNetworkConfigV1Alpha1
KubeNodeConfig k8s.KubeNodeConfigV1Alpha1
KubePrismConfig k8s.KubePrismConfigV1Alpha1
KubeProxyConfig k8s.KubeProxyConfigV1Alpha1
KubeSchedulerConfig k8s.KubeSchedulerConfigV1Alpha1
KubeServiceAccountConfig k8s.KubeServiceAccountConfigV1Alpha1
KubeStaticPodConfig k8s.KubeStaticPodConfigV1Alpha1
KubeTalosAPIAccessConfig k8s.KubeTalosAPIAccessConfigV1Alpha1
KubeletConfig k8s.KubeletConfigV1Alpha1
LVMLogicalVolumeConfig storage.LVMLogicalVolumeConfigV1Alpha1
LVMVolumeGroupConfig storage.LVMVolumeGroupConfigV1Alpha1
RAIDArrayConfig storage.RAIDArrayConfigV1Alpha1
SecurityProfileConfig runtime.SecurityProfileConfigV1Alpha1
SysctlConfig runtime.SysctlConfigV1Alpha1
SysfsConfig runtime.SysfsConfigV1Alpha1
UdevRulesConfig runtime.UdevRulesConfigV1Alpha1
UnattendedInstallConfig runtime.UnattendedInstallConfigV1Alpha1
VethConfig network.VethConfigV1Alpha1
`;

export const choices14 = `
block.FilesystemType none xfs vfat ext4 iso9660 swapi virtiofs btrfs
nethelpers.DNSProtocol Do53 DoT DoH
storage.LVMLogicalVolumeType linear raid1 raid0 raid10
storage.MDLevel raid1
storage.MDMetadata 1.0 1.2
`;
