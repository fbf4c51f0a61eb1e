import { base64Objection } from '../layout/leaf-types.js';
import { nanoseconds, durationText, quote } from '../layout/go-text.js';
import { parseUrl } from '../layout/go-url.js';
import { list, mapping, text, type Mapping } from '../values.js';
import type { ConfigDocument } from '../types.js';
import { bgpErrors } from './bgp.js';
import { containerErrors } from './containers.js';
import { diskObjection, volumeObjection } from './expressions.js';
import { commonErrors } from './links.js';
import { logicalVolumeErrors, matchErrors, volumeNameErrors } from './logical-volumes.js';
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
