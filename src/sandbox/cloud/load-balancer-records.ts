import type { Labels } from './labels.js';

export interface LoadBalancerTarget {
  readonly type: 'server' | 'label_selector' | 'ip';
  readonly server: number | null;
  readonly selector: string | null;
  readonly ip: string | null;
  readonly usePrivateIp: boolean;
  /** When it was added, simulated ms. */
  readonly since: number;
  /** What was thought of it when that was last so, by server and service. */
  seen?: Readonly<Record<string, { readonly failure: TargetFailure | null; readonly at: number }>>;
}

/** What is wrong with a target, in the API's words. */
export interface TargetFailure {
  readonly detail: string;
  readonly http_status_code?: number;
}

export interface HealthCheck {
  readonly protocol: 'tcp' | 'http';
  readonly port: number;
  /** Seconds, as the timeout. */
  readonly interval: number;
  readonly timeout: number;
  readonly retries: number;
  readonly http?: {
    readonly domain: string | null;
    readonly path: string;
    readonly response: string;
    readonly status_codes: readonly string[];
    readonly tls: boolean;
  };
}

export interface ServiceHttp {
  readonly cookie_name: string;
  readonly cookie_lifetime: number;
  readonly timeout_idle: number;
  readonly certificates: readonly number[];
  readonly redirect_http: boolean;
  readonly sticky_sessions: boolean;
}

/** A service in the API's own shape. */
export interface ServiceFields {
  readonly protocol: 'tcp' | 'http' | 'https';
  readonly listen_port: number;
  readonly destination_port: number;
  readonly proxyprotocol: boolean;
  readonly health_check: HealthCheck;
  readonly http?: ServiceHttp;
}

export interface LoadBalancerService extends ServiceFields {
  /** When it was added, simulated ms. */
  readonly since: number;
}

export interface LoadBalancerRecord {
  readonly id: number;
  name: string;
  readonly created: number;
  labels: Labels;
  loadBalancerType: string;
  readonly location: string;
  algorithm: 'round_robin' | 'least_connections';
  publicInterface: boolean;
  /** Ids of its primary IPs. */
  readonly ipv4: number;
  readonly ipv6: number;
  privateNet: { readonly network: number; readonly ip: string; attached: boolean } | null;
  services: LoadBalancerService[];
  targets: LoadBalancerTarget[];
  protection: boolean;
}
