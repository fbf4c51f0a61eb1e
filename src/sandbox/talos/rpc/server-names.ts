import { isIP } from 'node:net';
import { addressesOf } from '../api-server.js';
import type { ConfiguredNode } from '../talos-node.js';

/**
 * Why a client that dials this host does not believe the certificate of the node's API, in the words
 * of Go's crypto/x509 (HostnameError); undefined when it does. The certificate is for the node's own
 * addresses, its hostname and machine.certSANs (Talos 1.13 source, secrets/api_cert_sans.go). An
 * address that is not the node's own leads here through a load balancer.
 */
export function nameObjection(node: ConfiguredNode, host: string): string | undefined {
  const { settings, state } = node;
  if (isIP(host) !== 0) return addressObjection(node, host);
  const given = settings.machineSans.filter((san) => isIP(san) === 0);
  const names = [...given, settings.hostname ?? state.name].map((name) => name.replace(/\.+$/, ''));
  if (names.some((name) => covers(name.toLowerCase(), host.toLowerCase()))) return undefined;
  return `x509: certificate is valid for ${[...new Set(names)].sort().join(', ')}, not ${host}`;
}

function addressObjection({ settings, machine }: ConfiguredNode, host: string): string | undefined {
  const given = settings.machineSans.filter((san) => isIP(san) !== 0);
  const addresses = [...new Set([...addressesOf(machine), ...given])];
  if (addresses.includes(host)) return undefined;
  return `x509: certificate is valid for ${addresses.sort().join(', ')}, not ${host}`;
}

/** Whether a name of a certificate is this one; a star stands for one whole label at the start. */
function covers(name: string, host: string): boolean {
  const labels = host.split('.');
  const wanted = name.split('.');
  return (
    labels.length === wanted.length &&
    wanted.every((label, index) => label === labels[index] || (index === 0 && label === '*'))
  );
}
