/**
 * Patches for a control plane, and what Talos says of them: nothing when it takes them. The words
 * are those of Talos v1.13.9's own machinery (pkg/machinery/config: load, merge, write, read again,
 * validate for `cloud`), and those of v1.14.0-rc.1 where they differ.
 */
export const recordedPatches: readonly (readonly [
  patch: string,
  said: string,
  since14?: string,
])[] = [
  ['machine: {time: {bootTimeout: soon}}', 'cannot construct !!str `soon` into time.Duration'],
  ['machine: {time: {bootTimeout: 5}}', 'cannot construct !!int `5` into time.Duration'],
  ['machine: {time: {bootTimeout: 2m30s}}', ''],
  [
    'machine: {install: {diskSelector: {size: big}}}',
    'failed to parse disk size big: strconv.ParseFloat: parsing "": invalid syntax',
  ],
  ['machine: {install: {diskSelector: {size: ">= 10GB"}}}', ''],
  [
    'machine: {disks: [{device: /dev/sdb, partitions: [{size: 1 parsec}]}]}',
    'unhandled size name: parsec',
  ],
  ['machine: {disks: [null]}', 'machine.disks[0] is null'],
  [
    'machine: {registries: {mirrors: {docker.io: null}}}',
    'registries.mirrors["docker.io"] is null',
  ],
  [
    'machine: {network: {interfaces: [{dhcp: true}]}}',
    '[networking.os.device.interface], [networking.os.device.deviceSelector]: required either config section to be set',
  ],
  [
    'machine: {network: {interfaces: [{interface: eth1, deviceSelector: {driver: virtio}}]}}',
    '[networking.os.device.interface], [networking.os.device.deviceSelector]: config sections are mutually exclusive',
  ],
  [
    'machine: {network: {interfaces: [{deviceSelector: {}}]}}',
    '[networking.os.device.deviceSelector]: config section should contain at least one field',
  ],
  [
    'machine: {network: {interfaces: [{interface: eth1, addresses: [10.0.0.300]}]}}',
    '[networking.os.device.addresses] "eth1": failed to parse IP address "10.0.0.300"',
  ],
  [
    'machine: {network: {interfaces: [{interface: eth1, routes: [{gateway: router}]}]}}',
    '[networking.os.device.route[0].gateway] "router": invalid network address',
  ],
  [
    'machine: {network: {interfaces: [{interface: eth1, vip: {ip: shared}}]}}',
    '[networking.os.device.vip] failed to parse "shared" as IP address',
  ],
  [
    'machine: {network: {interfaces: [{interface: bond0, bond: {mode: fast}}]}}',
    'invalid bond type fast',
  ],
  [
    'machine: {network: {interfaces: [{interface: bond0, bond: {mode: 802.3ad, miimon: 100, updelay: 250}}]}}',
    'bond.upDelay should be a multiple of miiMon',
  ],
  [
    'machine: {network: {interfaces: [{interface: wg0, wireguard: {privateKey: c2hvcnQ=}}]}}',
    'private key is invalid: wrong key "c2hvcnQ=" length: 5',
  ],
  [
    'machine: {network: {interfaces: [{interface: br0, bridge: {interfaces: [eth1]}}, {interface: eth1, dhcp: true}]}}',
    '[networking.os.device] "eth1": bonded/bridged interface shouldn\'t have any addressing methods configured',
  ],
  [
    'machine: {network: {interfaces: [{interface: eth1, vlans: [{vlanId: 70000}]}]}}',
    'cannot construct !!int `70000` into uint16',
  ],
  [
    'machine: {kubelet: {nodeIP: {validSubnets: [10.0.0.0/33]}}}',
    'kubelet nodeIP subnet is not valid: "10.0.0.0/33"',
  ],
  [
    'machine: {kubelet: {extraConfig: {port: 1}}}',
    'kubelet configuration field "port" can\'t be overridden',
  ],
  [
    'machine: {kubelet: {extraMounts: [{destination: /a, uidMappings: [{containerID: -1}]}]}}',
    'cannot construct !!int `-1` into uint32',
  ],
  [
    'machine: {logging: {destinations: [{endpoint: "http://log:1/", format: json_lines}]}}',
    'unexpected logging endpoint scheme "http"',
  ],
  [
    'machine: {logging: {destinations: [{endpoint: "tcp://log:1/", format: text}]}}',
    'unknown logging format "text"',
  ],
  ['machine: {logging: {destinations: [{endpoint: "tcp://log:1/", format: json_lines}]}}', ''],
  [
    'machine: {systemDiskEncryption: {state: {provider: luks2, keys: [{slot: 0}]}}}',
    'partition "STATE": encryption key at slot 0 doesn\'t have the configuration parameters',
  ],
  [
    'machine: {systemDiskEncryption: {state: {provider: luks2, keys: [{nodeID: {}, slot: 0}]}}}',
    '',
  ],
  [
    'machine: {features: {nodeAddressSortAlgorithm: v9}}',
    'invalid node address sort algorithm: v9 does not belong to AddressSortAlgorithm values',
  ],
  [
    'machine: {features: {kubernetesTalosAPIAccess: {enabled: true, allowedRoles: [os:king]}}}',
    'invalid role "os:king" in allowed roles for Kubernetes Talos API Access',
  ],
  [
    'machine: {nodeAnnotations: {talos.dev/owned-labels: x}}',
    'annotation "talos.dev/owned-labels" is reserved',
  ],
  ['machine: {sysctls: {vm.swappiness: 10}}', ''],
  [
    'machine: {files: [{path: /var/x, permissions: rw}]}',
    'cannot construct !!str `rw` into v1alpha1.FileMode',
  ],
  ['machine: {ca: {crt: "no base64!"}}', 'illegal base64 data at input byte 2'],
  ['machine: {certSANs: {}}', 'cannot construct !!map into []string'],
  ['machine: {}', ''],
  ['{}', 'config not found'],
  [
    'cluster: {controlPlane: {endpoint: "https://[::1"}}',
    'parse "https://[::1": missing \']\' in host',
  ],
  ['cluster: {controlPlane: {localAPIServerPort: high}}', 'cannot construct !!str `high` into int'],
  ['cluster: {network: {cni: {name: custom, urls: ["not a url"]}}}', 'hostname must not be blank'],
  [
    'cluster: {network: {cni: {name: none, flannel: {extraArgs: [--x]}}}}',
    '"flanneldExtraArgs" field should be empty for "none" CNI',
  ],
  ['cluster: {network: {dnsDomain: "bad domain"}}', '"bad domain" is not a valid DNS name'],
  [
    'cluster: {externalCloudProvider: {enabled: true, manifests: [plain]}}',
    'invalid external cloud provider manifest url "plain": hostname must not be blank',
  ],
  [
    'cluster: {apiServer: {resources: {requests: {gpu: 1}}}}',
    'apiserver resource validation failed: unsupported pod resource "gpu"',
  ],
  [
    'cluster: {apiServer: {authorizationConfig: [{type: Magic, name: m}]}}',
    'apiserver authorization config validation failed: authorizer type Magic is not allowed, allowed types are [Node RBAC Webhook]',
  ],
  ['cluster: {apiServer: {extraArgs: {v: {}}}}', 'arg value must be a string or list of strings'],
  ['cluster: {apiServer: {extraArgs: {v: [1, 2]}}}', ''],
  [
    'cluster: {apiServer: {auditPolicy: {apiVersion: audit.k8s.io/v1, kind: Policy, rules: []}}}',
    '',
  ],
  [
    'cluster: {inlineManifests: [{name: a, contents: x}, {name: a, contents: y}]}',
    'inline manifest name "a" is duplicate',
  ],
  [
    'cluster: {adminKubeconfig: {certLifetime: 1 year}}',
    'cannot construct !!str `1 year` into time.Duration',
  ],
  [
    'cluster: {discovery: {registries: {service: {endpoint: "https://d/path"}}}}',
    'cluster discovery service path should be empty',
  ],
  ['cluster: {etcd: {advertisedSubnets: [lan]}}', 'etcd advertised subnet is not valid: "lan"'],
  [
    '{apiVersion: v1alpha1, kind: BlackholeRouteConfig, name: 10.0.0.0}',
    'name must be a valid address prefix: netip.ParsePrefix("10.0.0.0"): no \'/\'',
  ],
  ['{apiVersion: v1alpha1, kind: BlackholeRouteConfig, name: 10.0.0.0/8}', ''],
  [
    '{apiVersion: v1alpha1, kind: BondConfig, name: bond0, links: [eth1], bondMode: fast}',
    'fast does not belong to BondMode values',
  ],
  [
    '{apiVersion: v1alpha1, kind: BondConfig, name: bond0, bondMode: 802.3ad}',
    'at least one link must be specified',
  ],
  [
    '{apiVersion: v1alpha1, kind: BridgeConfig, name: br0, links: [eth1], mtu: -5}',
    'cannot construct !!int `-5` into uint32',
  ],
  [
    '{apiVersion: v1alpha1, kind: DHCPv4Config, name: eth0, clientIdentifier: duid}',
    "duidRaw must be set if clientIdentifier is 'duid'",
  ],
  [
    '{apiVersion: v1alpha1, kind: DHCPv4Config, name: eth0, clientIdentifier: serial}',
    'serial does not belong to ClientIdentifier values',
  ],
  [
    '{apiVersion: v1alpha1, kind: EnvironmentConfig, variables: {"1X": y}}',
    'invalid environment variable name: "1X"',
  ],
  [
    '{apiVersion: v1alpha1, kind: EthernetConfig, name: eth0, rings: {rx: many}}',
    'cannot construct !!str `many` into uint32',
  ],
  [
    '{apiVersion: v1alpha1, kind: EventSinkConfig, endpoint: host}',
    'event sink endpoint: address host: missing port in address',
  ],
  [
    '{apiVersion: v1alpha1, kind: ExistingVolumeConfig, name: data, discovery: {volumeSelector: {match: volume.label}}}',
    'volume selector is invalid: expression output type is string, expected bool',
  ],
  [
    "{apiVersion: v1alpha1, kind: ExistingVolumeConfig, name: data, discovery: {volumeSelector: {match: volume.label == 'data'}}}",
    '',
  ],
  [
    '{apiVersion: v1alpha1, kind: ExtensionServiceConfig, name: x}',
    'no config files found for extension "x"',
  ],
  [
    '{apiVersion: v1alpha1, kind: ExternalVolumeConfig, name: ext, filesystemType: xfs}',
    'invalid filesystem type: xfs',
  ],
  [
    '{apiVersion: v1alpha1, kind: HCloudVIPConfig, name: vip, link: eth0, apiToken: t}',
    'name must be a valid IP address: ParseAddr("vip"): unable to parse IP',
  ],
  ['{apiVersion: v1alpha1, kind: HCloudVIPConfig, name: 10.0.0.9, link: eth0, apiToken: t}', ''],
  [
    '{apiVersion: v1alpha1, kind: ImageVerificationConfig, rules: [{image: docker.io/*}]}',
    'rule 0: at least one verifier must be configured',
  ],
  [
    '{apiVersion: v1alpha1, kind: KmsgLogConfig, name: k, url: "http://log:1"}',
    'url scheme must be tcp:// or udp://',
  ],
  ['{apiVersion: v1alpha1, kind: KmsgLogConfig, name: k, url: "udp://log:514"}', ''],
  [
    '{apiVersion: v1alpha1, kind: KubeSpanConfig, enabled: true, mtu: 900}',
    'kubespan link MTU must be at least 1280',
  ],
  [
    '{apiVersion: v1alpha1, kind: KubeSpanConfig, enabled: true, filters: {endpoints: [home]}}',
    'KubeSpan endpoint filter is not valid: "home"',
  ],
  ['{apiVersion: v1alpha1, kind: Layer2VIPConfig, name: 10.0.0.9}', 'link must be specified'],
  [
    "{apiVersion: v1alpha1, kind: LinkAliasConfig, name: lan0, selector: {match: link.mtu == 'x'}}",
    "link selector is invalid: ERROR: <input>:1:10: found no matching overload for '_==_' applied to '(uint, string)'",
  ],
  [
    '{apiVersion: v1alpha1, kind: LinkAliasConfig, name: lan0, selector: {match: link.driver == "virtio"}}',
    '',
  ],
  [
    '{apiVersion: v1alpha1, kind: LinkConfig, name: eth1, addresses: [{address: 10.0.0.1}]}',
    'netip.ParsePrefix("10.0.0.1"): no \'/\'',
  ],
  ['{apiVersion: v1alpha1, kind: LinkConfig, name: eth1, addresses: [{address: 10.0.0.1/24}]}', ''],
  [
    '{apiVersion: v1alpha1, kind: LinkConfig, name: eth1, routes: [{gateway: 0.0.0.0}]}',
    'route 0 gateway must be a valid IP address',
  ],
  [
    '{apiVersion: v1alpha1, kind: NetworkDefaultActionConfig, ingress: drop}',
    'drop does not belong to DefaultAction values',
  ],
  [
    '{apiVersion: v1alpha1, kind: NetworkRuleConfig, name: r, portSelector: {ports: [90-80], protocol: tcp}}',
    'invalid port range: 90-80',
  ],
  [
    '{apiVersion: v1alpha1, kind: NetworkRuleConfig, name: r, portSelector: {ports: [80, 70000], protocol: tcp}}',
    'invalid port range: "70000"',
  ],
  [
    '{apiVersion: v1alpha1, kind: NetworkRuleConfig, name: r, portSelector: {ports: [80], protocol: sctp}}',
    'sctp does not belong to Protocol values',
  ],
  [
    '{apiVersion: v1alpha1, kind: NetworkRuleConfig, name: r, portSelector: {ports: [80], protocol: tcp}, ingress: [{subnet: all}]}',
    'netip.ParsePrefix("all"): no \'/\'',
  ],
  [
    '{apiVersion: v1alpha1, kind: OOMConfig, triggerExpression: memory_full_avg10 > 12}',
    "OOM trigger expression is invalid: ERROR: <input>:1:19: found no matching overload for '_>_' applied to '(double, int)'",
  ],
  [
    '{apiVersion: v1alpha1, kind: OOMConfig, triggerExpression: memory_lots > 1.0}',
    "OOM trigger expression is invalid: ERROR: <input>:1:1: undeclared reference to 'memory_lots' (in container '')",
  ],
  [
    '{apiVersion: v1alpha1, kind: RawVolumeConfig, name: raw, provisioning: {diskSelector: {match: disk.size > 10u * GB}, minSize: 5 apples}}',
    'unhandled size name: apples',
  ],
  [
    '{apiVersion: v1alpha1, kind: RawVolumeConfig, name: raw, provisioning: {diskSelector: {match: disk.size > 10 * GB}, minSize: 5GB}}',
    "disk selector is invalid: ERROR: <input>:1:16: found no matching overload for '_*_' applied to '(int, uint)'",
  ],
  [
    '{apiVersion: v1alpha1, kind: RawVolumeConfig, name: raw, provisioning: {diskSelector: {match: disk.size > 10u * GB}, minSize: 5GB, maxSize: 2GB}}',
    'min size is greater than max size',
  ],
  [
    '{apiVersion: v1alpha1, kind: RegistryAuthConfig, name: r, username: u, identityToken: t}',
    'only one of username/password or identityToken authentication can be specified',
  ],
  [
    '{apiVersion: v1alpha1, kind: RegistryMirrorConfig, name: docker.io, endpoints: [{url: "ftp://m"}]}',
    'endpoints[0].url has unsupported scheme: "ftp"',
  ],
  [
    '{apiVersion: v1alpha1, kind: RegistryMirrorConfig, name: docker.io, endpoints: ["https://m"]}',
    'cannot construct !!str `https://m` into cri.RegistryEndpoint',
  ],
  [
    '{apiVersion: v1alpha1, kind: RegistryMirrorConfig, name: docker.io, endpoints: [{url: "https://m"}]}',
    '',
  ],
  [
    '{apiVersion: v1alpha1, kind: RegistryTLSConfig, name: r, ca: nonsense}',
    'ca must be a valid PEM-encoded certificate',
  ],
  [
    '{apiVersion: v1alpha1, kind: ResolverConfig, nameservers: [{address: dns}]}',
    'ParseAddr("dns"): unable to parse IP',
  ],
  [
    '{apiVersion: v1alpha1, kind: RoutingRuleConfig, name: first, table: 100}',
    'invalid name: must be priority parsable unsigned integer: strconv.ParseUint: parsing "first": invalid syntax',
  ],
  [
    '{apiVersion: v1alpha1, kind: RoutingRuleConfig, name: "1000", table: 300}',
    '300 does not belong to RoutingTable values',
  ],
  [
    '{apiVersion: v1alpha1, kind: SideroLinkConfig, apiUrl: "tcp://x"}',
    'apiUrl scheme must be https:// or grpc://',
  ],
  [
    '{apiVersion: v1alpha1, kind: StaticHostConfig, name: host, hostnames: [a]}',
    'name must be a valid IP address',
  ],
  [
    '{apiVersion: v1alpha1, kind: SwapVolumeConfig, name: swap, provisioning: {diskSelector: {match: disk}, maxSize: 4GB}}',
    'disk selector is invalid: expression output type is talos.resource.definitions.block.DiskSpec, expected bool',
  ],
  [
    '{apiVersion: v1alpha1, kind: TCPProbeConfig, name: p, endpoint: "a:1", interval: often}',
    'cannot construct !!str `often` into time.Duration',
  ],
  [
    '{apiVersion: v1alpha1, kind: TimeSyncConfig, ntp: {servers: [a]}, ptp: {devices: [/dev/ptp0]}}',
    'only one of ntp or ptp configuration can be specified',
  ],
  [
    '{apiVersion: v1alpha1, kind: TimeSyncConfig, bootTimeout: -1s}',
    'bootTimeout cannot be negative',
  ],
  [
    '{apiVersion: v1alpha1, kind: TrustedRootsConfig, name: r, certificates: {}}',
    'cannot construct !!map into string',
  ],
  [
    '{apiVersion: v1alpha1, kind: UserVolumeConfig, name: data, volumeType: cloud}',
    'cloud does not belong to VolumeType values',
  ],
  [
    '{apiVersion: v1alpha1, kind: UserVolumeConfig, name: data, volumeType: directory, filesystem: {type: ext4}}',
    'filesystem spec is invalid for volumeType directory',
  ],
  [
    '{apiVersion: v1alpha1, kind: UserVolumeConfig, name: data, provisioning: {diskSelector: {match: "!system_disk"}, maxSize: 120%}}',
    'percentage must be between 0 and 100, got 120',
  ],
  [
    '{apiVersion: v1alpha1, kind: UserVolumeConfig, name: data, provisioning: {diskSelector: {match: "!system_disk"}, maxSize: 50%}}',
    '',
  ],
  [
    '{apiVersion: v1alpha1, kind: VLANConfig, name: vlan5, vlanID: 5000, parent: eth0}',
    'vlanID must be specified and between 1 and 4094',
  ],
  [
    '{apiVersion: v1alpha1, kind: VRFConfig, name: vrf, links: [], table: main}',
    'cannot create vrf with reserved table main',
  ],
  [
    '{apiVersion: v1alpha1, kind: VolumeConfig, name: DATA}',
    'only ["STATE" "EPHEMERAL" "IMAGECACHE"] volumes are supported',
    'only ["STATE" "EPHEMERAL" "IMAGECACHE" "ETCD" "CRI" "KUBELET" "LOG"] volumes are supported',
  ],
  [
    '{apiVersion: v1alpha1, kind: VolumeConfig, name: STATE, provisioning: {maxSize: 1GB}}',
    'provisioning config is not allowed for the "STATE" volume',
  ],
  [
    '{apiVersion: v1alpha1, kind: WatchdogTimerConfig, device: /dev/watchdog0, timeout: 5s}',
    'watchdog timeout: minimum value is 10s',
  ],
  [
    '{apiVersion: v1alpha1, kind: WireguardConfig, name: wg0, privateKey: short}',
    'wireguard private key is invalid: illegal base64 data at input byte 4',
  ],
  [
    '{apiVersion: v1alpha1, kind: ZswapConfig, maxPoolPercent: 101}',
    'maxPoolPercent must be between 0 and 100',
  ],
  [
    '{apiVersion: v1alpha1, kind: ContainerConfig, name: Web, image: nginx}',
    '"ContainerConfig" "v1alpha1": not registered',
    'name "Web": name can only contain lowercase ASCII letters, digits and hyphens',
  ],
  [
    '{apiVersion: v1alpha1, kind: ContainerConfig, name: web, image: nginx, mounts: [{tmpfs: {destination: tmp}}]}',
    '"ContainerConfig" "v1alpha1": not registered',
    'mounts[0]: tmpfs.destination "tmp" must be an absolute path',
  ],
  [
    '{apiVersion: v1alpha1, kind: EtcFileConfig, name: hosts, mode: 0o644, contents: x}',
    '"EtcFileConfig" "v1alpha1": not registered',
    'user etc file "hosts" is managed by Talos',
  ],
  [
    '{apiVersion: v1alpha1, kind: HTTPProbeConfig, name: p, url: "tcp://x"}',
    '"HTTPProbeConfig" "v1alpha1": not registered',
    'HTTP probe URL scheme must be http or https, got "tcp"',
  ],
  [
    '{apiVersion: v1alpha1, kind: KubeletConfig, image: "k:v1.36.0"}',
    '"KubeletConfig" "v1alpha1": not registered',
    'kubelet config is already set in v1alpha1 config (.machine.kubelet)',
  ],
  [
    '{apiVersion: v1alpha1, kind: KubeNetworkConfig, dnsDomain: x, podSubnets: [10.0.0.0/8], serviceSubnets: [10.96.0.0/12]}',
    '"KubeNetworkConfig" "v1alpha1": not registered',
    'cluster network config is already set in the v1alpha1 config (.machine.cluster.network). Please remove it and use only the new KubeNetworkConfig document to avoid conflicts',
  ],
  [
    '{apiVersion: v1alpha1, kind: KubeProxyConfig, enabled: false}',
    '"KubeProxyConfig" "v1alpha1": not registered',
    "cluster proxy config in v1alpha1 config (.machine.cluster.proxy) can't be used with KubeProxyConfig document, please remove it to avoid conflicts",
  ],
  [
    '{apiVersion: v1alpha1, kind: KubeCoreDNSConfig, enabled: false}',
    '"KubeCoreDNSConfig" "v1alpha1": not registered',
    '',
  ],
  [
    '{apiVersion: v1alpha1, kind: LVMVolumeGroupConfig, name: vg, provisioning: {volumeSelector: {match: volume.size > 1u}}}',
    '"LVMVolumeGroupConfig" "v1alpha1": not registered',
    '',
  ],
  [
    '{apiVersion: v1alpha1, kind: RAIDArrayConfig, name: r, level: raid9}',
    '"RAIDArrayConfig" "v1alpha1": not registered',
    'raid9 does not belong to MDLevel values',
  ],
  [
    '{apiVersion: v1alpha1, kind: SysctlConfig, params: {a: b}}',
    '"SysctlConfig" "v1alpha1": not registered',
    '',
  ],
  [
    '{apiVersion: v1alpha1, kind: UnattendedInstallConfig, installer: {image: x}, provisioning: {diskSelector: {match: "!disk.readonly"}}}',
    '"UnattendedInstallConfig" "v1alpha1": not registered',
    'UnattendedInstallConfig config is incompatible with v1alpha1 config (.machine.install)',
  ],
  [
    '{apiVersion: v1alpha1, kind: VethConfig, name: a, peer: {name: "b:c"}}',
    '"VethConfig" "v1alpha1": not registered',
    "peer name must not contain '/' or ':'",
  ],
  [
    "{apiVersion: v1alpha1, kind: RawVolumeConfig, name: raw, provisioning: {diskSelector: {match: 'disk.size > 10'}, minSize: 5GB}}",
    "disk selector is invalid: ERROR: <input>:1:11: found no matching overload for '_>_' applied to '(uint, int)'",
  ],
  [
    "{apiVersion: v1alpha1, kind: RawVolumeConfig, name: raw, provisioning: {diskSelector: {match: 'disk.size >= 100u * GB && !disk.rotational'}, minSize: 5GB}}",
    '',
  ],
  [
    '{apiVersion: v1alpha1, kind: RawVolumeConfig, name: raw, provisioning: {diskSelector: {match: \'glob("nvme*", disk.dev_path)\'}, minSize: 5GB}}',
    '',
  ],
  [
    '{apiVersion: v1alpha1, kind: RawVolumeConfig, name: raw, provisioning: {diskSelector: {match: \'disk.transport in ["nvme", "sata"]\'}, minSize: 5GB}}',
    '',
  ],
  [
    '{apiVersion: v1alpha1, kind: RawVolumeConfig, name: raw, provisioning: {diskSelector: {match: \'"x" in disk.symlinks\'}, minSize: 5GB}}',
    '',
  ],
  [
    '{apiVersion: v1alpha1, kind: RawVolumeConfig, name: raw, provisioning: {diskSelector: {match: \'disk.symlinks.exists(s, s.startsWith("/dev"))\'}, minSize: 5GB}}',
    '',
  ],
  [
    "{apiVersion: v1alpha1, kind: RawVolumeConfig, name: raw, provisioning: {diskSelector: {match: 'size(disk.serial) > 3'}, minSize: 5GB}}",
    '',
  ],
  [
    "{apiVersion: v1alpha1, kind: RawVolumeConfig, name: raw, provisioning: {diskSelector: {match: 'disk.nope == 1'}, minSize: 5GB}}",
    "disk selector is invalid: ERROR: <input>:1:5: undefined field 'nope'",
  ],
  [
    '{apiVersion: v1alpha1, kind: RawVolumeConfig, name: raw, provisioning: {diskSelector: {match: \'disk.model.matches("a.*")\'}, minSize: 5GB}}',
    '',
  ],
  [
    "{apiVersion: v1alpha1, kind: RawVolumeConfig, name: raw, provisioning: {diskSelector: {match: 'disk.size > uint(5)'}, minSize: 5GB}}",
    '',
  ],
  [
    "{apiVersion: v1alpha1, kind: RawVolumeConfig, name: raw, provisioning: {diskSelector: {match: 'has(disk.serial)'}, minSize: 5GB}}",
    '',
  ],
  [
    "{apiVersion: v1alpha1, kind: RawVolumeConfig, name: raw, provisioning: {diskSelector: {match: 'disk.readonly ? true : false'}, minSize: 5GB}}",
    '',
  ],
  [
    "{apiVersion: v1alpha1, kind: RawVolumeConfig, name: raw, provisioning: {diskSelector: {match: 'disk.size + 1u > 2u'}, minSize: 5GB}}",
    '',
  ],
  [
    "{apiVersion: v1alpha1, kind: RawVolumeConfig, name: raw, provisioning: {diskSelector: {match: 'disk.size == 5'}, minSize: 5GB}}",
    "disk selector is invalid: ERROR: <input>:1:11: found no matching overload for '_==_' applied to '(uint, int)'",
  ],
  [
    '{apiVersion: v1alpha1, kind: RawVolumeConfig, name: raw, provisioning: {diskSelector: {match: \'disk.serial + 5 == "x"\'}, minSize: 5GB}}',
    "disk selector is invalid: ERROR: <input>:1:13: found no matching overload for '_+_' applied to '(string, int)'",
  ],
  [
    "{apiVersion: v1alpha1, kind: RawVolumeConfig, name: raw, provisioning: {diskSelector: {match: '!disk.size'}, minSize: 5GB}}",
    "disk selector is invalid: ERROR: <input>:1:1: found no matching overload for '!_' applied to '(uint)'",
  ],
  [
    "{apiVersion: v1alpha1, kind: RawVolumeConfig, name: raw, provisioning: {diskSelector: {match: '(disk.size > 1u'}, minSize: 5GB}}",
    'disk selector is invalid: ERROR: <input>:',
  ],
  [
    "{apiVersion: v1alpha1, kind: RawVolumeConfig, name: raw, provisioning: {diskSelector: {match: 'disk.size > 1u ||'}, minSize: 5GB}}",
    'disk selector is invalid: ERROR: <input>:',
  ],
  [
    "{apiVersion: v1alpha1, kind: RawVolumeConfig, name: raw, provisioning: {diskSelector: {match: 'true'}, minSize: 5GB}}",
    '',
  ],
  [
    "{apiVersion: v1alpha1, kind: RawVolumeConfig, name: raw, provisioning: {diskSelector: {match: 'glob(disk.model)'}, minSize: 5GB}}",
    "disk selector is invalid: ERROR: <input>:1:5: found no matching overload for 'glob' applied to '(string)'",
  ],
  [
    '{apiVersion: v1alpha1, kind: RawVolumeConfig, name: raw, provisioning: {diskSelector: {match: \'disk.serial.contains("x") || disk.wwid.endsWith("y")\'}, minSize: 5GB}}',
    '',
  ],
  [
    "{apiVersion: v1alpha1, kind: RawVolumeConfig, name: raw, provisioning: {diskSelector: {match: '[1, 2].all(x, x > 0)'}, minSize: 5GB}}",
    '',
  ],
  [
    '{apiVersion: v1alpha1, kind: RawVolumeConfig, name: raw, provisioning: {diskSelector: {match: \'system_disk && disk.bus_path == ""\'}, minSize: 5GB}}',
    '',
  ],
  [
    "{apiVersion: v1alpha1, kind: RawVolumeConfig, name: raw, provisioning: {diskSelector: {match: '-disk.size < 1u'}, minSize: 5GB}}",
    "disk selector is invalid: ERROR: <input>:1:1: found no matching overload for '-_' applied to '(uint)'",
  ],
  [
    "{apiVersion: v1alpha1, kind: RawVolumeConfig, name: raw, provisioning: {diskSelector: {match: 'disk.model.size() > 1'}, minSize: 5GB}}",
    '',
  ],
  [
    '{apiVersion: v1alpha1, kind: RawVolumeConfig, name: raw, provisioning: {diskSelector: {match: \'disk["model"] == "x"\'}, minSize: 5GB}}',
    "disk selector is invalid: ERROR: <input>:1:5: found no matching overload for '_[_]' applied to '(talos.resource.definitions.block.DiskSpec, string)'",
  ],
  [
    '{apiVersion: v1alpha1, kind: LinkAliasConfig, name: lan0, selector: {match: \'mac(link.permanent_addr).startsWith("00") && link.mtu == 1500u\'}}',
    '',
  ],
  [
    "{apiVersion: v1alpha1, kind: LinkAliasConfig, name: lan%d, selector: {match: 'link.speed_megabits > 100'}}",
    '',
  ],
  [
    "{apiVersion: v1alpha1, kind: OOMConfig, triggerExpression: 'multiply_qos_vectors(d_qos_memory_full_total, {System: 8.0, Podruntime: 4.0}) > 3000.0'}",
    '',
  ],
  [
    '{apiVersion: v1alpha1, kind: OOMConfig, triggerExpression: \'time_since_trigger > duration("500ms") && memory_some_avg10 > 1.0\'}',
    '',
  ],
  [
    "{apiVersion: v1alpha1, kind: OOMConfig, cgroupRankingExpression: 'memory_max.hasValue() ? 0.0 : {Besteffort: 1.0, Burstable: 0.5}[class] * double(memory_current.orValue(0u))'}",
    '',
  ],
  [
    "{apiVersion: v1alpha1, kind: OOMConfig, cgroupRankingExpression: 'class == Besteffort'}",
    'OOM cgroup scoring expression is invalid: expression output type is bool, expected double',
  ],
];
