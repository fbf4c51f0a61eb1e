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
  /** Base of the Gateway API release assets: `<base>/<version>/standard-install.yaml`. */
  readonly gatewayApi: string;
  /** Proxy that leads to the nodes' addresses; undefined: they are reached directly. */
  readonly nodeProxy: string | undefined;
}

export const publicEndpoints: Endpoints = {
  hcloud: 'https://api.hetzner.cloud/v1',
  ownIpv4: ['https://ipv4.icanhazip.com', 'https://api.ipify.org'],
  ownIpv6: ['https://ipv6.icanhazip.com', 'https://api6.ipify.org'],
  ciliumChart: 'https://helm.cilium.io',
  gatewayApi: 'https://github.com/kubernetes-sigs/gateway-api/releases/download',
  nodeProxy: undefined,
};
