import {
  any,
  bool,
  duration,
  int,
  list,
  string,
  strings,
  struct,
  toggle,
  type Struct,
} from './schema.js';

const route = struct('Route', {
  network: string,
  gateway: string,
  source: string,
  metric: int,
  mtu: int,
});

const dhcpOptions = struct('DHCPOptions', {
  routeMetric: int,
  ipv4: bool,
  ipv6: bool,
  duidv6: string,
});

const sharedAddress = struct('DeviceVIPConfig', {
  ip: string,
  equinixMetal: struct('VIPEquinixMetalConfig', { apiToken: string }),
  hcloud: struct('VIPHCloudConfig', { apiToken: string }),
});

const deviceSelector = struct('NetworkDeviceSelector', {
  busPath: string,
  hardwareAddr: string,
  permanentAddr: string,
  pciID: string,
  driver: string,
  physical: bool,
});

const bond = struct('Bond', {
  interfaces: strings,
  deviceSelectors: list(deviceSelector),
  arpIPTarget: strings,
  mode: string,
  xmitHashPolicy: string,
  lacpRate: string,
  adActorSystem: string,
  arpValidate: string,
  arpAllTargets: string,
  primary: string,
  primaryReselect: string,
  failOverMac: string,
  adSelect: string,
  miimon: int,
  updelay: int,
  downdelay: int,
  arpInterval: int,
  resendIgmp: int,
  minLinks: int,
  lpInterval: int,
  packetsPerSlave: int,
  numPeerNotif: int,
  tlbDynamicLb: int,
  allSlavesActive: int,
  useCarrier: bool,
  adActorSysPrio: int,
  adUserPortKey: int,
  peerNotifyDelay: int,
});

const wireguard = struct('DeviceWireguardConfig', {
  privateKey: string,
  listenPort: int,
  firewallMark: int,
  peers: list(
    struct('DeviceWireguardPeer', {
      publicKey: string,
      endpoint: string,
      persistentKeepaliveInterval: duration,
      allowedIPs: strings,
    }),
  ),
});

const vlan = struct(
  'Vlan',
  {
    addresses: strings,
    cidr: string,
    routes: list(route),
    dhcp: bool,
    vlanId: int,
    mtu: int,
    vip: sharedAddress,
    dhcpOptions,
  },
  ['vlanId'],
);

const device = struct(
  'Device',
  {
    interface: string,
    deviceSelector,
    addresses: strings,
    cidr: string,
    routes: list(route),
    bond,
    bridge: struct('Bridge', {
      interfaces: strings,
      stp: toggle('STP'),
      vlan: toggle('BridgeVLAN', 'vlanFiltering'),
    }),
    bridgePort: struct('BridgePort', { master: string }),
    vlans: list(vlan),
    mtu: int,
    dhcp: bool,
    ignore: bool,
    dummy: bool,
    dhcpOptions,
    wireguard,
    vip: sharedAddress,
  },
  ['interface'],
);

/** The section `machine.network` of the v1alpha1 document. */
export const networkConfig: Struct = struct('NetworkConfig', {
  hostname: string,
  interfaces: list(device),
  nameservers: strings,
  searchDomains: strings,
  extraHostEntries: list(struct('ExtraHost', { ip: string, aliases: strings })),
  kubespan: struct('NetworkKubeSpan', {
    enabled: bool,
    advertiseKubernetesNetworks: bool,
    allowDownPeerBypass: bool,
    harvestExtraEndpoints: bool,
    mtu: int,
    filters: any,
  }),
  disableSearchDomain: bool,
});
