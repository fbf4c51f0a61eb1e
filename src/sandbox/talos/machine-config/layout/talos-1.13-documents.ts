/**
 * The documents with a kind, and their sections.
 * Facts of Talos v1.13.9 (github.com/siderolabs/talos, pkg/machinery/config/types), read once
 * from its types by reflection; `layout.ts` says how to read a line.
 */
export const documentSections = `
block.DiskSelector match:cel.Expression
block.EncryptionKey slot+:int static:*block.EncryptionKeyStatic nodeID:*block.EncryptionKeyNodeID
  kms:*block.EncryptionKeyKMS tpm:*block.EncryptionKeyTPM lockToState:*bool
block.EncryptionKeyKMS endpoint+:string
block.EncryptionKeyNodeID
block.EncryptionKeyStatic passphrase:string
block.EncryptionKeyTPM options:*block.EncryptionKeyTPMOptions checkSecurebootStatusOnEnroll:*bool
block.EncryptionKeyTPMOptions pcrs:[]int
block.EncryptionSpec provider+:block.EncryptionProviderType keys+:[]block.EncryptionKey
  cipher:string keySize:uint blockSize:uint64 options:[]string
block.ExistingMountSpec readOnly:*bool disableAccessTime:*bool secure:*bool
block.ExistingVolumeConfigV1Alpha1 name+:string discovery:block.VolumeDiscoverySpec
  mount:block.ExistingMountSpec
block.ExternalMountSpec readOnly:*bool disableAccessTime:*bool secure:*bool
  virtiofs:*block.VirtiofsMountSpec
block.ExternalVolumeConfigV1Alpha1 name+:string filesystemType+:block.FilesystemType
  mount:block.ExternalMountSpec
block.FilesystemSpec type:block.FilesystemType projectQuotaSupport:*bool
block.MountSpec secure:*bool
block.ProvisioningSpec diskSelector:block.DiskSelector grow:*bool minSize:block.ByteSize
  maxSize:block.Size
block.RawVolumeConfigV1Alpha1 name+:string provisioning:block.ProvisioningSpec
  encryption:block.EncryptionSpec
block.SwapVolumeConfigV1Alpha1 name+:string provisioning:block.ProvisioningSpec
  encryption:block.EncryptionSpec
block.UserMountSpec disableAccessTime:*bool secure:*bool
block.UserVolumeConfigV1Alpha1 name+:string volumeType:*block.VolumeType
  provisioning:block.ProvisioningSpec filesystem:block.FilesystemSpec
  encryption:block.EncryptionSpec mount:block.UserMountSpec
block.VirtiofsMountSpec tag+:string
block.VolumeConfigV1Alpha1 name+:string provisioning:block.ProvisioningSpec
  encryption:block.EncryptionSpec mount:block.MountSpec
block.VolumeDiscoverySpec volumeSelector:block.VolumeSelector
block.VolumeSelector match:cel.Expression
block.ZswapConfigV1Alpha1 maxPoolPercent:*int shrinkerEnabled:*bool
cri.RegistryAuthConfigV1Alpha1 name+:string username:string password:string auth:string
  identityToken:string
cri.RegistryEndpoint url+:meta.URL overridePath:*bool
cri.RegistryMirrorConfigV1Alpha1 name+:string endpoints:[]cri.RegistryEndpoint skipFallback:*bool
cri.RegistryTLSConfigV1Alpha1 name+:string clientIdentity:*meta.CertificateAndKey ca:string
  insecureSkipVerify:*bool
extensions.ConfigFile content+:string mountPath+:string
extensions.ServiceConfigV1Alpha1 name+:string configFiles:extensions.ConfigFileList
  environment:[]string
hardware.PCIDriverRebindConfigV1Alpha1 name+:string targetDriver+:string
meta.CertificateAndKey cert:string key:string
network.AddressConfig address+:netip.Prefix routePriority:*uint32
network.BlackholeRouteConfigV1Alpha1 name+:string metric:uint32
network.BondConfigV1Alpha1 name+:string hardwareAddr:nethelpers.HardwareAddr links:[]string
  bondMode:*nethelpers.BondMode miimon:*uint32 updelay:*uint32 downdelay:*uint32 useCarrier:*bool
  xmitHashPolicy:*nethelpers.BondXmitHashPolicy arpInterval:*uint32 arpIpTargets:[]netip.Addr
  nsIp6Targets:[]netip.Addr arpValidate:*nethelpers.ARPValidate
  arpAllTargets:*nethelpers.ARPAllTargets lacpRate:*nethelpers.LACPRate
  failOverMac:*nethelpers.FailOverMAC adSelect:*nethelpers.ADSelect adActorSysPrio:*uint16
  adUserPortKey:*uint16 adLACPActive:*nethelpers.ADLACPActive
  primaryReselect:*nethelpers.PrimaryReselect resendIGMP:*uint32 minLinks:*uint32
  lpInterval:*uint32 packetsPerSlave:*uint32 numPeerNotif:*uint8 tlbLogicalLb:*uint8
  allSlavesActive:*uint8 peerNotifDelay:*uint32 missedMax:*uint8 up:*bool mtu:uint32
  addresses:[]network.AddressConfig routes:[]network.RouteConfig multicast:*bool
network.BridgeConfigV1Alpha1 name+:string hardwareAddr:nethelpers.HardwareAddr links:[]string
  stp:network.BridgeSTPConfig vlan:network.BridgeVLANConfig up:*bool mtu:uint32
  addresses:[]network.AddressConfig routes:[]network.RouteConfig multicast:*bool
network.BridgeSTPConfig enabled:*bool
network.BridgeVLANConfig filtering:*bool
network.DHCPv4ConfigV1Alpha1 name+:string routeMetric:uint32 ignoreHostname:*bool
  clientIdentifier:*nethelpers.ClientIdentifier duidRaw:nethelpers.HardwareAddr
network.DHCPv6ConfigV1Alpha1 name+:string routeMetric:uint32 ignoreHostname:*bool
  clientIdentifier:*nethelpers.ClientIdentifier duidRaw:nethelpers.HardwareAddr
network.DefaultActionConfigV1Alpha1 ingress+:nethelpers.DefaultAction
network.DummyLinkConfigV1Alpha1 name+:string hardwareAddr:nethelpers.HardwareAddr up:*bool
  mtu:uint32 addresses:[]network.AddressConfig routes:[]network.RouteConfig multicast:*bool
network.EthernetChannelsConfig rx:*uint32 tx:*uint32 other:*uint32 combined:*uint32
network.EthernetConfigV1Alpha1 name+:string features:map[string]bool
  rings:*network.EthernetRingsConfig channels:*network.EthernetChannelsConfig
  wakeOnLan:[]nethelpers.WOLMode
network.EthernetRingsConfig rx:*uint32 tx:*uint32 rx-mini:*uint32 rx-jumbo:*uint32
  rx-buf-len:*uint32 cqe-size:*uint32 tx-push:*bool rx-push:*bool tx-push-buf-len:*uint32
  tcp-data-split:*bool
network.HCloudVIPConfigV1Alpha1 name+:string link+:string apiToken+:string
network.HostnameConfigV1Alpha1 auto:*nethelpers.AutoHostnameKind hostname:string
network.IngressRule subnet+:netip.Prefix except:Prefix
network.KubeSpanConfigV1Alpha1 enabled:*bool advertiseKubernetesNetworks:*bool
  allowDownPeerBypass:*bool harvestExtraEndpoints:*bool mtu:*uint32
  filters:*network.KubeSpanFiltersConfig
network.KubeSpanFiltersConfig endpoints:[]string excludeAdvertisedNetworks:[]Prefix
network.KubespanEndpointsConfigV1Alpha1 extraAnnouncedEndpoints+:[]netip.AddrPort
network.Layer2VIPConfigV1Alpha1 name+:string link+:string
network.LinkAliasConfigV1Alpha1 name+:string selector:network.LinkSelector
network.LinkConfigV1Alpha1 name+:string up:*bool mtu:uint32 addresses:[]network.AddressConfig
  routes:[]network.RouteConfig multicast:*bool
network.LinkSelector match:cel.Expression
network.NTPConfig servers:[]string
network.NameserverConfig address+:Addr
network.PTPConfig devices:[]string
network.ResolverConfigV1Alpha1 nameservers:[]network.NameserverConfig
  searchDomains:network.SearchDomainsConfig
network.RouteConfig destination:Prefix gateway:Addr source:Addr metric:uint32 mtu:uint32
  table:nethelpers.RoutingTable
network.RoutingRuleConfigV1Alpha1 name+:string src:Prefix dst:Prefix
  table+:nethelpers.RoutingTable action:nethelpers.RoutingRuleAction iifName:string oifName:string
  fwMark:uint32 fwMask:uint32
network.RuleConfigV1Alpha1 name+:string portSelector+:network.RulePortSelector
  ingress!+:network.IngressConfig
network.RulePortSelector ports!+:network.PortRanges protocol+:nethelpers.Protocol
network.SearchDomainsConfig domains:[]string disableDefault:*bool
network.StaticHostConfigV1Alpha1 name+:string hostnames+:[]string
network.TCPProbeConfigV1Alpha1 name+:string interval:time.Duration failureThreshold:int
  endpoint+:string timeout:time.Duration
network.TimeSyncConfigV1Alpha1 enabled:*bool bootTimeout:time.Duration ntp:*network.NTPConfig
  ptp:*network.PTPConfig
network.VLANConfigV1Alpha1 name+:string vlanID:uint16 vlanMode:*nethelpers.VLANProtocol
  parent:string up:*bool mtu:uint32 addresses:[]network.AddressConfig routes:[]network.RouteConfig
  multicast:*bool
network.VRFConfigV1Alpha1 name+:string hardwareAddr:nethelpers.HardwareAddr links:[]string
  table+:nethelpers.RoutingTable up:*bool mtu:uint32 addresses:[]network.AddressConfig
  routes:[]network.RouteConfig multicast:*bool
network.WireguardConfigV1Alpha1 name+:string privateKey:string listenPort:int firewallMark:int
  peers:[]network.WireguardPeer up:*bool mtu:uint32 addresses:[]network.AddressConfig
  routes:[]network.RouteConfig multicast:*bool
network.WireguardPeer publicKey:string presharedKey:string endpoint:AddrPort
  persistentKeepaliveInterval:time.Duration allowedIPs:[]Prefix
runtime.EnvironmentV1Alpha1 variables+:map[string]string
runtime.EventSinkV1Alpha1 endpoint+:string
runtime.KmsgLogV1Alpha1 name+:string url+:meta.URL
runtime.OOMV1Alpha1 triggerExpression:cel.Expression cgroupRankingExpression:cel.Expression
  strictCgroupClassOrdering:*bool sampleInterval:time.Duration
runtime.WatchdogTimerV1Alpha1 device+:string timeout:time.Duration
security.ImageKeylessVerifierV1Alpha1 issuer:string subject:string subjectRegex:string
security.ImagePublicKeyVerifierV1Alpha1 certificate:string
security.ImageVerificationConfigV1Alpha1 rules:security.ImageVerificationRules
security.ImageVerificationRuleV1Alpha1 image:string skip:*bool deny:*bool
  keyless:*security.ImageKeylessVerifierV1Alpha1
  publicKey:*security.ImagePublicKeyVerifierV1Alpha1
security.TrustedRootsConfigV1Alpha1 name+:string certificates+:string
siderolink.ConfigV1Alpha1 apiUrl+:meta.URL uniqueToken:string
`;

/** Kind and section. */
export const documentKinds = `
BlackholeRouteConfig network.BlackholeRouteConfigV1Alpha1
BondConfig network.BondConfigV1Alpha1
BridgeConfig network.BridgeConfigV1Alpha1
DHCPv4Config network.DHCPv4ConfigV1Alpha1
DHCPv6Config network.DHCPv6ConfigV1Alpha1
DummyLinkConfig network.DummyLinkConfigV1Alpha1
EnvironmentConfig runtime.EnvironmentV1Alpha1
EthernetConfig network.EthernetConfigV1Alpha1
EventSinkConfig runtime.EventSinkV1Alpha1
ExistingVolumeConfig block.ExistingVolumeConfigV1Alpha1
ExtensionServiceConfig extensions.ServiceConfigV1Alpha1
ExternalVolumeConfig block.ExternalVolumeConfigV1Alpha1
HCloudVIPConfig network.HCloudVIPConfigV1Alpha1
HostnameConfig network.HostnameConfigV1Alpha1
ImageVerificationConfig security.ImageVerificationConfigV1Alpha1
KmsgLogConfig runtime.KmsgLogV1Alpha1
KubeSpanConfig network.KubeSpanConfigV1Alpha1
KubeSpanEndpointsConfig network.KubespanEndpointsConfigV1Alpha1
Layer2VIPConfig network.Layer2VIPConfigV1Alpha1
LinkAliasConfig network.LinkAliasConfigV1Alpha1
LinkConfig network.LinkConfigV1Alpha1
NetworkDefaultActionConfig network.DefaultActionConfigV1Alpha1
NetworkRuleConfig network.RuleConfigV1Alpha1
OOMConfig runtime.OOMV1Alpha1
PCIDriverRebindConfig hardware.PCIDriverRebindConfigV1Alpha1
RawVolumeConfig block.RawVolumeConfigV1Alpha1
RegistryAuthConfig cri.RegistryAuthConfigV1Alpha1
RegistryMirrorConfig cri.RegistryMirrorConfigV1Alpha1
RegistryTLSConfig cri.RegistryTLSConfigV1Alpha1
ResolverConfig network.ResolverConfigV1Alpha1
RoutingRuleConfig network.RoutingRuleConfigV1Alpha1
SideroLinkConfig siderolink.ConfigV1Alpha1
StaticHostConfig network.StaticHostConfigV1Alpha1
SwapVolumeConfig block.SwapVolumeConfigV1Alpha1
TCPProbeConfig network.TCPProbeConfigV1Alpha1
TimeSyncConfig network.TimeSyncConfigV1Alpha1
TrustedRootsConfig security.TrustedRootsConfigV1Alpha1
UserVolumeConfig block.UserVolumeConfigV1Alpha1
VLANConfig network.VLANConfigV1Alpha1
VRFConfig network.VRFConfigV1Alpha1
VolumeConfig block.VolumeConfigV1Alpha1
WatchdogTimerConfig runtime.WatchdogTimerV1Alpha1
WireguardConfig network.WireguardConfigV1Alpha1
ZswapConfig block.ZswapConfigV1Alpha1
`;

/** Lists and maps with a name of their own. */
export const namedLists = `
Args map[string]ArgValue
extensions.ConfigFileList []extensions.ConfigFile
network.IngressConfig []network.IngressRule
network.PortRanges []network.PortRange
security.ImageVerificationRules []security.ImageVerificationRuleV1Alpha1
v1alpha1.AdmissionPluginConfigList []*v1alpha1.AdmissionPluginConfig
v1alpha1.AuthorizationConfigAuthorizerConfigList []*v1alpha1.AuthorizationConfigAuthorizerConfig
v1alpha1.ClusterInlineManifests []v1alpha1.ClusterInlineManifest
v1alpha1.NetworkDeviceList []*v1alpha1.Device
v1alpha1.VlanList []*v1alpha1.Vlan
`;

/** Words that a field takes; the first is what it is without one, `-` when it then is nothing. */
export const choices = `
block.EncryptionProviderType none luks2
block.FilesystemType none xfs vfat ext4 iso9660 swapi virtiofs
block.VolumeType partition disk tmpfs directory symlink overlay external
nethelpers.ADLACPActive off on
nethelpers.ADSelect stable bandwidth count
nethelpers.ARPAllTargets any all
nethelpers.ARPValidate none active backup all filter filter-active filter-backup
nethelpers.AutoHostnameKind off talos-addr stable
nethelpers.BondMode balance-rr active-backup balance-xor broadcast 802.3ad balance-tlb balance-alb
nethelpers.BondXmitHashPolicy layer2 layer3+4 layer2+3 encap2+3 encap3+4
nethelpers.ClientIdentifier none mac duid
nethelpers.DefaultAction accept block
nethelpers.FailOverMAC none active follow
nethelpers.LACPRate slow fast
nethelpers.PrimaryReselect always better failure
nethelpers.Protocol - icmp tcp udp icmpv6
nethelpers.RoutingRuleAction unspec unicast blackhole unreachable prohibit
nethelpers.RoutingTable unspec default main local 1..252
nethelpers.VLANProtocol - 802.1q 802.1ad
nethelpers.WOLMode - phy unicast multicast broadcast magic magicsecure filter
`;
