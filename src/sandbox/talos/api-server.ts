import type { Machine } from '../machines.js';
import { createCertificate, readCertificate, yearMs } from '../pki.js';
import { firstAddress } from './subnets.js';
import type { ConfiguredNode } from './talos-node.js';

/** What an API server shows to its clients, and whose certificates it believes; all PEM. */
export interface ApiServerTls {
  readonly key: string;
  readonly cert: string;
  readonly clientCa: string;
}

/** The certificate that the API server of this node serves with. */
export async function apiServerTls(
  node: ConfiguredNode,
  serviceCidr: string,
  now: number,
): Promise<ApiServerTls> {
  const { kubernetesCa } = node.settings;
  const { crt, key } = await createCertificate({
    issuer: kubernetesCa,
    subject: { organizations: ['kube-master'], commonName: 'kube-apiserver' },
    usage: 'server',
    sans: sansOf(node, serviceCidr),
    ...validityUnder(kubernetesCa.crt, now),
  });
  return { key, cert: crt, clientCa: kubernetesCa.crt };
}

/**
 * A year from now, but never before the authority's own time: simulated time runs ahead of the
 * machine's, by which the real kubectl judges certificates.
 */
export function validityUnder(
  authorityPem: string,
  now: number,
): { notBefore: number; lifetimeMs: number } {
  const notBefore = Date.parse(readCertificate(authorityPem).validFrom);
  return { notBefore, lifetimeMs: Math.max(now - notBefore, 0) + yearMs };
}

/** All addresses of a machine, the public ones first. */
export function addressesOf(machine: Machine): string[] {
  const found = [machine.publicIpv4, machine.publicIpv6, ...machine.privateIps.map(({ ip }) => ip)];
  return found.filter((address) => address !== undefined);
}

function sansOf({ settings, machine, state }: ConfiguredNode, serviceCidr: string): string[] {
  const services = serviceCidr.split(',').map((range) => firstAddress(range));
  const kubernetes = ['kubernetes', 'kubernetes.default', 'kubernetes.default.svc'];
  return [
    ...new Set([
      new URL(settings.endpoint).hostname.replace(/^\[|\]$/g, ''),
      ...addressesOf(machine),
      settings.hostname ?? state.name,
      'localhost',
      '127.0.0.1',
      ...services,
      ...kubernetes,
      `kubernetes.default.svc.${settings.dnsDomain}`,
      ...settings.apiServerSans,
    ]),
  ];
}
