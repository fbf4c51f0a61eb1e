import type { Labels } from './labels.js';

export interface LoadBalancerTarget {
  readonly type: 'server' | 'label_selector' | 'ip';
  readonly server: number | null;
  readonly selector: string | null;
  readonly ip: string | null;
  readonly usePrivateIp: boolean;
}

interface HealthCheck {
  readonly protocol: 'tcp' | 'http';
  readonly port: number;
  readonly interval: number;
  readonly timeout: number;
  readonly retries: number;
  readonly http?: object | undefined;
}

export interface LoadBalancerService {
  readonly protocol: 'tcp' | 'http' | 'https';
  readonly listen_port: number;
  readonly destination_port: number;
  readonly proxyprotocol: boolean;
  readonly health_check: HealthCheck;
  readonly http?: object | undefined;
}

export interface LoadBalancerRecord {
  readonly id: number;
  name: string;
  readonly created: number;
  labels: Labels;
  readonly loadBalancerType: string;
  readonly location: string;
  readonly algorithm: 'round_robin' | 'least_connections';
  readonly publicInterface: boolean;
  readonly ipv4: string;
  readonly ipv6: string;
  privateNet: { readonly network: number; readonly ip: string; attached: boolean } | null;
  services: LoadBalancerService[];
  targets: LoadBalancerTarget[];
  protection: boolean;
}
