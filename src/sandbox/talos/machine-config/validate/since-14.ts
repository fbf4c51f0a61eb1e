import { isIP } from 'node:net';
import { base64Objection } from '../layout/leaf-types.js';
import { nanoseconds, durationText, quote } from '../layout/go-text.js';
import { parseUrl } from '../layout/go-url.js';
import { bytesOf } from '../layout/sizes.js';
import { list, mapping, text, type Mapping } from '../values.js';
import type { ConfigDocument } from '../types.js';
import { containerErrors } from './containers.js';
import { diskObjection, volumeObjection, type CelCheck } from './expressions.js';
import { commonErrors } from './links.js';
import { isNegative, probeErrors } from './network.js';

type Check = (document: ConfigDocument) => string[];

const shortestScrub = 10e9;
const managedFiles =
  /^(resolv\.conf|hosts|machine-id|extensions\.yaml|localtime|os-release|xattr\.conf)$/;
const managedFolders =
  /^(apparmor\.d|apparmor|ca-certificates|cni|cri|iscsi|kubernetes|lvm|nvme|pki|selinux|ssl)(\/|$)/;

/** What is wrong with documents that Talos 1.14 has besides those about Kubernetes, by kind. */
export const checksSince14: Readonly<Record<string, Check>> = {
  BGPInstanceConfig: bgpErrors,
  CRICustomizationConfig: ({ name = '' }) =>
    name === 'customization'
      ? ['name "customization" is reserved for the legacy CRI customization']
      : qualified(name),
  ContainerConfig: containerErrors,
  DiscoveryIdentityConfig: ({ body }) => identityErrors(body),
  DiscoveryServiceConfig: ({ name = '', body }) => {
    if (name === '') return ['name is required'];
    const endpoint = text(body['endpoint']);
    const parsed = parseUrl(endpoint);
    if (endpoint === '') return ['endpoint is required'];
    if (typeof parsed === 'string' || parsed.scheme === '') return ['endpoint scheme is required'];
    if (!['http', 'https', 'grpc'].includes(parsed.scheme)) {
      return ['endpoint scheme must be http://, https:// or grpc://'];
    }
    return parsed.hostname === '' ? ['endpoint host is required'] : [];
  },
  EtcFileConfig: ({ name = '' }) => {
    if (name === '') return ['user etc file name cannot be empty'];
    const isLocal = !/^[./]|(^|\/)\.\.(\/|$)/.test(name);
    if (!isLocal) return [`user etc file ${quote(name)} must be a local path`];
    const isManaged = managedFiles.test(name) || managedFolders.test(name);
    return isManaged ? [`user etc file ${quote(name)} is managed by Talos`] : [];
  },
  FilesystemScrubConfig: ({ body }) => scrubErrors(body),
  FilesystemTrimConfig: ({ body }) =>
    isNegative(body['interval']) ? ['interval cannot be negative'] : [],
  HTTPProbeConfig: ({ name = '', body }) => [
    ...(name === '' ? ['probe name is required'] : []),
    ...probeUrlErrors(text(body['url'])),
    ...(isNegative(body['timeout'])
      ? [`HTTP probe timeout cannot be negative: ${durationText(text(body['timeout']))}`]
      : []),
    ...probeErrors(body),
  ],
  KernelModuleConfig: ({ name = '' }) => (name === '' ? ['name is required'] : []),
  LVMLogicalVolumeConfig: logicalVolumeErrors,
  LVMVolumeGroupConfig: ({ name = '', body }) => [
    ...volumeNameErrors(name, 63),
    ...matchErrors(mapping(body['provisioning'])['volumeSelector'], volumeObjection),
  ],
  RAIDArrayConfig: ({ name = '', body }) => [
    ...volumeNameErrors(name, 32),
    ...matchErrors(mapping(body['provisioning'])['volumeSelector'], volumeObjection),
  ],
  ResolverConfig: ({ body }) => resolverErrors(body),
  SysctlConfig: ({ body }) => keyErrors(body, 'sysctl'),
  SysfsConfig: ({ body }) => keyErrors(body, 'sysfs'),
  UnattendedInstallConfig: ({ body }) =>
    matchErrors(mapping(body['provisioning'])['diskSelector'], diskObjection),
  VethConfig: vethErrors,
};

function qualified(name: string): string[] {
  return /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/.test(name)
    ? []
    : [
        `invalid name: ${name === '' ? 'name cannot be empty: ""' : `name ${quote(name)} is invalid`}`,
      ];
}

/** What is wrong with the scrubbing of a file system. */
export function scrubErrors({ interval }: Mapping): string[] {
  const time = nanoseconds(text(interval)) ?? 0;
  return time !== 0 && time < shortestScrub ? ['scrub interval: minimum value is 10s'] : [];
}

function identityErrors({ clusterID, clusterSecret }: Mapping): string[] {
  if (text(clusterID) === '') return ['clusterID is required'];
  const secret = text(clusterSecret);
  if (secret === '') return ['clusterSecret is required'];
  const why = base64Objection(secret);
  if (why !== undefined) {
    return [`invalid clusterSecret: failed to decode from base64: ${secret}; ${why}`];
  }
  const { length } = Buffer.from(secret, 'base64');
  return length === 32
    ? []
    : [`invalid clusterSecret: expected 32 bytes, got ${length}: ${secret}`];
}

function probeUrlErrors(url: string): string[] {
  if (url === '') return ['HTTP probe URL is required'];
  const parsed = parseUrl(url);
  const scheme = typeof parsed === 'string' ? '' : parsed.scheme;
  if (scheme !== 'http' && scheme !== 'https') {
    return [`HTTP probe URL scheme must be http or https, got ${quote(scheme)}`];
  }
  const hasHost = typeof parsed !== 'string' && parsed.hostname !== '';
  return hasHost
    ? []
    : ['HTTP probe URL must be an absolute http or https URL with a non-empty host'];
}

function volumeNameErrors(name: string, most: number): string[] {
  return [
    ...(name === '' ? ['name is required'] : []),
    ...(name.length < 1 || name.length > most
      ? [`name must be between 1 and ${most} characters long`]
      : []),
    ...(/[^A-Za-z0-9_-]/.test(name)
      ? ['name can only contain ASCII letters, digits, hyphens and underscores']
      : []),
  ];
}

function matchErrors(selector: unknown, check: CelCheck): string[] {
  const match = text(mapping(selector)['match']);
  if (match === '') return ['provisioning.volumeSelector.match is required'];
  const why = check(match);
  return why === undefined ? [] : [`provisioning.volumeSelector.match: ${why}`];
}

function logicalVolumeErrors({ name = '', body }: ConfigDocument): string[] {
  const type = text(body['type']) || 'linear';
  const { mirrors, stripes } = body;
  const errors = volumeNameErrors(name, 63);
  if (mirrors !== undefined) {
    if (!['raid1', 'raid10'].includes(type)) {
      errors.push(`mirrors is only valid for raid1/raid10, not ${type}`);
    } else if (Number(mirrors) < 1) errors.push('mirrors must be at least 1');
  }
  if (stripes !== undefined) {
    if (!['raid0', 'raid10'].includes(type)) {
      errors.push(`stripes is only valid for raid0/raid10, not ${type}`);
    } else if (Number(stripes) < 2) errors.push('stripes must be at least 2');
  }
  const place = mapping(body['provisioning']);
  const [min, max] = [text(place['minSize']), text(place['maxSize'])];
  if (text(place['volumeGroup']) === '') errors.push('provisioning.volumeGroup is required');
  if (max === '') errors.push('provisioning.maxSize is required');
  if (max.startsWith('-')) errors.push('provisioning.maxSize must not be negative');
  const bytes = (size: string): number => Number(size === '' ? 0 : bytesOf(size.replace(/^-/, '')));
  if (min !== '' && !max.includes('%') && bytes(min) > bytes(max)) {
    errors.push('provisioning.minSize must not exceed provisioning.maxSize');
  }
  return errors;
}

function resolverErrors(body: Mapping): string[] {
  const dns = mapping(body['hostDNS']);
  const off = (field: string): string[] =>
    dns[field] === true && dns['enabled'] !== true
      ? [`hostDNS.${field} cannot be enabled when hostDNS.enabled is false`]
      : [];
  return [
    ...off('forwardKubeDNSToHost'),
    ...off('resolveMemberNames'),
    ...list(body['nameservers']).flatMap((entry, index) => {
      const { address, protocol, tlsServerName } = mapping(entry);
      const name = text(tlsServerName);
      const kind = text(protocol) || 'Do53';
      return [
        ...(kind !== 'Do53' && name === ''
          ? [`tlsServerName must be set when protocol is ${kind}: entry ${index}`]
          : []),
        ...(kind === 'Do53' && name !== ''
          ? [`tlsServerName must be empty when protocol is Do53: entry ${index}`]
          : []),
        ...(text(address) === '' ? [`nameserver address must be a valid IP: entry ${index}`] : []),
      ];
    }),
  ];
}

function keyErrors(body: Mapping, what: string): string[] {
  return Object.hasOwn(mapping(body['params']), '') ? [`${what} key cannot be empty`] : [];
}

function vethErrors({ name = '', body }: ConfigDocument): string[] {
  const peer = mapping(body['peer']);
  const other = text(peer['name']);
  return [
    ...linkNameErrors('name', name),
    ...linkNameErrors('peer name', other),
    ...(name !== '' && name === other ? ['name and peer name must be different'] : []),
    ...commonErrors(body),
    ...commonErrors(peer),
  ];
}

function linkNameErrors(field: string, name: string): string[] {
  if (name === '') return [`${field} must be specified`];
  if (Buffer.byteLength(name) > 15) return [`${field} must not exceed 15 bytes`];
  if (name === '.' || name === '..') return [`${field} must not be ${quote(name)}`];
  if (/[/:]/.test(name)) return [`${field} must not contain '/' or ':'`];
  return /[\s\p{C}]/u.test(name)
    ? [`${field} must not contain whitespace or non-printable characters`]
    : [];
}

function bgpErrors({ name = '', body }: ConfigDocument): string[] {
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
