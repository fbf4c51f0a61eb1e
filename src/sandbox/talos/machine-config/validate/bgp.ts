import { isIP } from 'node:net';
import { quote } from '../layout/go-text.js';
import type { ConfigDocument } from '../types.js';
import { list, mapping, text, type Mapping } from '../values.js';
import { isNegative } from './network.js';

/** What is wrong with a BGPInstanceConfig. */
export function bgpErrors({ name = '', body }: ConfigDocument): string[] {
  const errors: string[] = [];
  if (name === '') errors.push('name must be specified');
  if (Number(body['localASN'] ?? 0) === 0) errors.push('localASN must be specified');
  const router = text(body['routerID']);
  if (router !== '' && isIP(router) !== 4) errors.push('routerID must be an IPv4 address');
  const seen = new Set<string>();
  for (const [index, neighbor] of list(body['neighbors']).map(mapping).entries()) {
    const [address, link] = [text(neighbor['address']), text(neighbor['link'])];
    const hasOne = (address === '') !== (link === '');
    if (!hasOne) errors.push(`neighbor[${index}]: exactly one of address or link must be set`);
    errors.push(...neighborErrors(neighbor, index, text(body['vrf'])));
    const key = address || link;
    if (hasOne && seen.has(key)) {
      errors.push(`neighbor[${index}]: duplicate neighbor ${quote(key)}`);
    }
    seen.add(key);
  }
  return [
    ...errors,
    ...list(body['importRoutes']).flatMap((route, index) =>
      importErrors(mapping(route), index, name),
    ),
  ];
}

function neighborErrors(neighbor: Mapping, index: number, vrf: string): string[] {
  const { bfd } = neighbor;
  const at = `neighbor[${index}]:`;
  const times = mapping(bfd);
  return [
    ...(isNegative(neighbor['holdTime']) ? [`${at} holdTime must not be negative`] : []),
    ...(bfd !== undefined && vrf !== ''
      ? [`${at} bfd is not supported for VRF-bound BGP instances`]
      : []),
    ...['transmitInterval', 'receiveInterval']
      .filter((field) => isNegative(times[field]))
      .map((field) => `${at} bfd.${field} must not be negative`),
  ];
}

function importErrors(route: Mapping, index: number, name: string): string[] {
  const source = text(route['bgpInstance']);
  const prefixes = list(route['prefixes']);
  const at = `importRoutes[${index}]`;
  return [
    ...(source === '' ? [`${at}: bgpInstance must be specified`] : []),
    ...(source !== '' && source === name
      ? [`${at}: cannot import from the same BGP instance ${quote(name)}`]
      : []),
    ...(prefixes.length === 0 ? [`${at}: at least one prefix must be specified`] : []),
    ...prefixes.flatMap((prefix, place) =>
      text(prefix) === '' ? [`${at}.prefixes[${place}]: invalid prefix`] : [],
    ),
  ];
}
