import { UsageError } from './errors.js';
import { directly, isLoopback, type Outbound } from './outbound.js';

/**
 * Everything outside the machine that oxide reaches, in one object: the real addresses by default,
 * mirrors when the user sets them, loopback ones in the sandbox.
 */
export interface Endpoints {
  /** Base of the Hetzner Cloud API, with version, without a slash at the end. */
  readonly hcloud: string;
  /** Services that answer a GET with the caller's own address as text, in order of preference. */
  readonly ownIpv4: readonly string[];
  readonly ownIpv6: readonly string[];
  /** Repository of the Cilium chart. */
  readonly ciliumChart: string;
  /** One repository of all other charts; undefined: each comes from its own. */
  readonly charts: string | undefined;
  /** Base of the Gateway API release assets: `<base>/<version>/standard-install.yaml`. */
  readonly gatewayApi: string;
  /** Where what is added to Talos is registered, and images come from. */
  readonly imageFactory: string;
  /** Proxy that leads to the nodes' addresses; undefined: they are reached directly. */
  readonly nodeProxy: string | undefined;
  /** How oxide's own requests get there. */
  readonly outbound: Outbound;
}

export const publicEndpoints: Endpoints = {
  hcloud: 'https://api.hetzner.cloud/v1',
  ownIpv4: ['https://ipv4.icanhazip.com', 'https://api.ipify.org'],
  ownIpv6: ['https://ipv6.icanhazip.com', 'https://api6.ipify.org'],
  ciliumChart: 'https://helm.cilium.io',
  charts: undefined,
  gatewayApi: 'https://github.com/kubernetes-sigs/gateway-api/releases/download',
  imageFactory: 'https://factory.talos.dev',
  nodeProxy: undefined,
  outbound: directly,
};

/**
 * An address that the user set instead of a public one, without a slash at the end; undefined when
 * it is not set, or empty. Throws a UsageError when it is no web address.
 */
export function customEndpoint(variable: string, value: string | undefined): string | undefined {
  const text = value?.trim() ?? '';
  if (text === '') return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isWeb = url && ['http:', 'https:'].includes(url.protocol) && url.hostname !== '';
  // A name and a password in it would be shown with every error.
  if (
    !isWeb ||
    url.username !== '' ||
    url.password !== '' ||
    url.search !== '' ||
    url.hash !== ''
  ) {
    throw new UsageError(
      `${variable} is not the address of a service: ${isWeb ? url.origin : JSON.stringify(text)}`,
      `It takes the form https://host/path. Unset it to use the public one.`,
    );
  }
  return text.replace(/\/+$/, '');
}

/** An address that the API token may be sent to: encrypted, or on this machine. UsageError otherwise. */
export function endpointForToken(url: string, variable = 'HCLOUD_ENDPOINT'): string {
  const { protocol, hostname, origin } = new URL(url);
  if (protocol === 'https:' || isLoopback(hostname)) return url;
  throw new UsageError(
    `${variable} names ${origin}: the API token would go there unencrypted`,
    'Use https. Without encryption oxide sends it to this machine only (127.0.0.1, localhost).',
  );
}
