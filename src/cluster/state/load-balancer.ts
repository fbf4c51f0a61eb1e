/** What listens on a load balancer and how it tells which targets are well, in Hetzner's terms. */
export interface BalancerService {
  readonly protocol: string;
  readonly listen_port: number;
  readonly destination_port: number;
  readonly proxyprotocol: boolean;
  readonly health_check: {
    readonly protocol: string;
    readonly port: number;
    /** Seconds, as the timeout. */
    readonly interval: number;
    readonly timeout: number;
    readonly retries: number;
    readonly http?: {
      readonly path: string;
      readonly status_codes: readonly string[];
      readonly tls: boolean;
    };
  };
}

/** How a load balancer finds a target at one of its services. */
export interface TargetHealth {
  readonly port: number;
  /** Hetzner's word: healthy, unhealthy or unknown. */
  readonly status: string;
  /** Hetzner's word for why it is not well: `layer4_no_connection`. */
  readonly detail?: string | undefined;
}

export interface BalancerTarget {
  /** Undefined: something else than a server, which oxide never adds. */
  readonly serverId: number | undefined;
  /** The servers with these labels, or an address. */
  readonly other?: { readonly selector: string } | { readonly ip: string } | undefined;
  readonly isPrivate: boolean;
  readonly health: readonly TargetHealth[];
}

/** The cluster's own load balancer before its control planes. */
export interface LoadBalancerState {
  readonly id: number;
  readonly name: string;
  readonly type: string;
  readonly location: string;
  /** Whether the internet reaches it. */
  readonly isPublic: boolean;
  /** It keeps them also while they are switched off. */
  readonly publicIps: readonly string[];
  /** Address in the cluster's network; undefined while it is not attached. */
  readonly privateIp: string | undefined;
  readonly networkIds: readonly number[];
  readonly services: readonly BalancerService[];
  readonly targets: readonly BalancerTarget[];
  /** What it costs; undefined: Hetzner names no price. */
  readonly monthly?: { readonly net: number; readonly gross: number } | undefined;
  readonly deleteProtected: boolean;
  readonly labels: Readonly<Record<string, string>>;
}

/** A target that gets traffic at every service. */
export function isHealthy({ health }: BalancerTarget): boolean {
  return health.length > 0 && health.every(({ status }) => status === 'healthy');
}

/** Where users reach it: its public IPv4 address while that is switched on. */
export function publishedAddress(balancer: LoadBalancerState | undefined): string | undefined {
  if (!balancer?.isPublic) return undefined;
  return balancer.publicIps.find((ip) => !ip.includes(':'));
}
