import type { Labels } from '../state/cluster-state.js';

/** A price per hour and month; decimal numbers in the catalogue's currency. */
export interface Price {
  readonly hourlyNet: number;
  readonly hourlyGross: number;
  readonly monthlyNet: number;
  readonly monthlyGross: number;
}

export type Architecture = 'x86' | 'arm';

/** A server type in one location. */
export interface ServerTypeOffer {
  readonly location: string;
  /** Can be ordered now. */
  readonly available: boolean;
  /** RFC 3339 time after which it cannot be ordered any more, when Hetzner has announced one. */
  readonly unavailableAfter: string | undefined;
  readonly price: Price | undefined;
}

export interface ServerTypeInfo {
  readonly name: string;
  readonly architecture: Architecture;
  readonly cores: number;
  /** GB */
  readonly memory: number;
  /** GB */
  readonly disk: number;
  readonly offers: readonly ServerTypeOffer[];
}

export interface LocationInfo {
  readonly name: string;
  readonly city: string;
  readonly networkZone: string;
}

export interface ImageInfo {
  readonly id: number;
  readonly type: string;
  /** available, creating or unavailable */
  readonly status: string;
  readonly description: string;
  readonly architecture: Architecture;
  /** GB; a server's disk must be at least as large. */
  readonly diskSize: number;
  readonly created: string;
  readonly labels: Labels;
  /** GB that are paid for; undefined while it is being made. */
  readonly size?: number | undefined;
  /** Hetzner's delete protection. */
  readonly deleteProtected?: boolean;
}

export interface LoadBalancerTypeInfo {
  readonly name: string;
  readonly maxServices: number;
  /** Servers that its targets stand for. */
  readonly maxTargets: number;
  readonly prices: readonly { readonly location: string; readonly price: Price }[];
}

/** What can be ordered, and for how much: read live from Hetzner, never hard-coded. */
export interface Catalogue {
  readonly serverTypes: readonly ServerTypeInfo[];
  readonly locations: readonly LocationInfo[];
  /** Read when cluster.yaml asks for a load balancer. */
  readonly loadBalancerTypes?: readonly LoadBalancerTypeInfo[];
  /** Snapshots that can carry Talos: the configured one, or all labelled `os=talos`. */
  readonly images: readonly ImageInfo[];
  readonly currency: string;
  /** A gigabyte of a snapshot for a month; undefined: not known. */
  readonly imageGb?: { readonly net: number; readonly gross: number } | undefined;
  /** A public IPv4 address; per location, with the first as the fallback. */
  readonly primaryIpv4: Price;
}
