import {
  any,
  bool,
  choice,
  duration,
  int,
  list,
  string,
  stringMap,
  strings,
  struct,
  type FieldType,
  type Struct,
} from './schema.js';
import { clusterSchema } from './schema-cluster.js';
import { machineSchema } from './schema-machine.js';

/** The first document of every configuration; it alone has no `kind`. */
export const v1alpha1Schema = struct('Config', {
  version: string,
  debug: bool,
  persist: bool,
  machine: machineSchema,
  cluster: clusterSchema,
});

const address = struct('network.AddressConfig', { address: string, routePriority: int });
const link = { up: bool, mtu: int, addresses: list(address), routes: any, multicast: bool };
const dhcp = {
  name: string,
  routeMetric: int,
  ignoreHostname: bool,
  clientIdentifier: string,
  duidRaw: string,
};
const volume = { name: string, provisioning: any, encryption: any, mount: any };

/** All keys of `names` with any value, besides those that are given with their types. */
function fields(
  typed: Readonly<Record<string, FieldType>>,
  names = '',
): Readonly<Record<string, FieldType>> {
  const untyped = names.split(' ').filter((name) => name !== '');
  return { ...typed, ...Object.fromEntries(untyped.map((name) => [name, any])) };
}

/**
 * The kinds of documents besides v1alpha1 that Talos 1.13 knows, with their keys (Talos source,
 * pkg/machinery/config/types). What the simulation does not act on is checked by key only.
 */
const kinds: Readonly<Record<string, Readonly<Record<string, FieldType>>>> = {
  BlackholeRouteConfig: fields({ name: string, metric: int }),
  BondConfig: fields(
    { name: string, ...link },
    'hardwareAddr links bondMode miimon updelay downdelay useCarrier xmitHashPolicy arpInterval ' +
      'arpIpTargets nsIp6Targets arpValidate arpAllTargets lacpRate failOverMac adSelect ' +
      'adActorSysPrio adUserPortKey adLACPActive primaryReselect resendIGMP minLinks lpInterval ' +
      'packetsPerSlave numPeerNotif tlbLogicalLb allSlavesActive peerNotifDelay missedMax',
  ),
  BridgeConfig: fields({ name: string, ...link }, 'hardwareAddr links stp vlan'),
  DHCPv4Config: fields(dhcp),
  DHCPv6Config: fields(dhcp),
  DummyLinkConfig: fields({ name: string, ...link }, 'hardwareAddr'),
  EnvironmentConfig: fields({ variables: stringMap }),
  EthernetConfig: fields({ name: string }, 'features rings channels wakeOnLan'),
  EventSinkConfig: fields({ endpoint: string }),
  ExistingVolumeConfig: fields({ name: string }, 'discovery mount'),
  ExtensionServiceConfig: fields({ name: string }, 'configFiles environment'),
  ExternalVolumeConfig: fields({ name: string }, 'filesystemType mount'),
  HCloudVIPConfig: fields({ name: string, link: string, apiToken: string }),
  HostnameConfig: fields({
    auto: choice('AutoHostnameKind', 'off', 'addr', 'stable'),
    hostname: string,
  }),
  ImageVerificationConfig: fields({}, 'rules'),
  KmsgLogConfig: fields({ name: string, url: string }),
  KubeSpanConfig: fields(
    { enabled: bool, advertiseKubernetesNetworks: bool, allowDownPeerBypass: bool },
    'harvestExtraEndpoints mtu filters',
  ),
  KubeSpanEndpointsConfig: fields({}, 'extraAnnouncedEndpoints'),
  Layer2VIPConfig: fields({ name: string, link: string }),
  LinkAliasConfig: fields({ name: string }, 'selector'),
  LinkConfig: fields({ name: string, ...link }),
  NetworkDefaultActionConfig: fields({}, 'ingress'),
  NetworkRuleConfig: fields({ name: string }, 'portSelector ingress'),
  OOMConfig: fields(
    {},
    'triggerExpression cgroupRankingExpression strictCgroupClassOrdering sampleInterval',
  ),
  PCIDriverRebindConfig: fields({ name: string, targetDriver: string }),
  RawVolumeConfig: fields({ name: string }, 'provisioning encryption'),
  RegistryAuthConfig: fields({ name: string }, 'username password auth identityToken'),
  RegistryMirrorConfig: fields({ name: string, skipFallback: bool }, 'endpoints'),
  RegistryTLSConfig: fields({ name: string }, 'clientIdentity ca insecureSkipVerify'),
  ResolverConfig: fields({}, 'nameservers searchDomains'),
  RoutingRuleConfig: fields({ name: string }, 'src dst table action iifName oifName fwMark fwMask'),
  SideroLinkConfig: fields({ apiUrl: string, uniqueToken: string }),
  StaticHostConfig: fields({ name: string, hostnames: strings }),
  SwapVolumeConfig: fields({ name: string }, 'provisioning encryption'),
  TCPProbeConfig: fields(
    { name: string, endpoint: string, timeout: duration },
    'interval failureThreshold',
  ),
  TimeSyncConfig: fields({ enabled: bool, bootTimeout: duration }, 'ntp ptp'),
  TrustedRootsConfig: fields({ name: string, certificates: string }),
  UserVolumeConfig: fields(volume, 'volumeType filesystem'),
  VLANConfig: fields({ name: string, ...link }, 'vlanID vlanMode parent'),
  VRFConfig: fields({ name: string, ...link }, 'hardwareAddr links table'),
  VolumeConfig: fields(volume),
  WatchdogTimerConfig: fields({ device: string, timeout: duration }),
  WireguardConfig: fields({ name: string, ...link }, 'privateKey listenPort firewallMark peers'),
  ZswapConfig: fields({}, 'maxPoolPercent shrinkerEnabled'),
};

const goNames: Readonly<Record<string, string>> = {
  HostnameConfig: 'network.HostnameConfigV1Alpha1',
  LinkConfig: 'network.LinkConfigV1Alpha1',
};

/** The keys of a kind of document; undefined when Talos does not know it in this API version. */
export function documentSchema(kind: string, apiVersion: string): Struct | undefined {
  const known = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
  if (!known || apiVersion !== 'v1alpha1') return undefined;
  const name = goNames[kind] ?? `config.${kind}V1Alpha1`;
  return struct(name, { apiVersion: string, kind: string, ...known });
}
