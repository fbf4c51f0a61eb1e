import { diskObjection, volumeObjection, type CelCheck } from './expressions.js';
import { bytesOf } from '../layout/sizes.js';
import { list, mapping, text, type Mapping } from '../values.js';
import type { ConfigDocument } from '../types.js';

const longestName = 34;
const systemVolumes = ['STATE', 'EPHEMERAL', 'IMAGECACHE'];
/** Since Talos 1.14 a place of their own. */
const promoted = ['ETCD', 'CRI', 'KUBELET', 'LOG'];

const required = { isRequired: true, hasSizes: true };

/** What is wrong with the documents about disks (Talos source, types/block), by their kind. */
export const volumeChecks: Readonly<
  Record<string, (document: ConfigDocument, minor: number) => string[]>
> = {
  ExistingVolumeConfig: ({ name = '', body }) => [
    ...(name === '' ? ['name is required'] : []),
    ...letterErrors(name),
    ...selectorErrors(mapping(body['discovery'])['volumeSelector'], {
      what: 'volume selector',
      isRequired: true,
      check: volumeObjection,
    }),
  ],
  ExternalVolumeConfig: ({ name = '', body }) => [...nameErrors(name), ...mountErrors(body)],
  RawVolumeConfig: rawVolumeErrors,
  SwapVolumeConfig: rawVolumeErrors,
  UserVolumeConfig: ({ name = '', body }) => [...nameErrors(name), ...userVolumeErrors(body)],
  VolumeConfig: volumeErrors,
  ZswapConfig: ({ body }) => {
    const percent = Number(body['maxPoolPercent'] ?? 0);
    return percent < 0 || percent > 100 ? ['maxPoolPercent must be between 0 and 100'] : [];
  },
};

function rawVolumeErrors({ name = '', body }: ConfigDocument): string[] {
  return [
    ...nameErrors(name),
    ...provisioningErrors(body['provisioning'], required),
    ...encryptionErrors(body['encryption']),
  ];
}

function volumeErrors({ name = '', body }: ConfigDocument, minor: number): string[] {
  const known = minor >= 14 ? [...systemVolumes, ...promoted] : systemVolumes;
  if (!known.includes(name)) {
    const names = known.map((volume) => `"${volume}"`).join(' ');
    return [`only [${names}] volumes are supported`];
  }
  const errors: string[] = [];
  if (name === 'STATE') {
    if (isProvisioned(body['provisioning'])) {
      errors.push('provisioning config is not allowed for the "STATE" volume');
    }
    const locked = keysOf(body['encryption']).filter((key) => key['lockToState'] === true);
    errors.push(...locked.map(() => 'state-locked key is not allowed for the "STATE" volume'));
  }
  if (minor >= 14) errors.push(...constraintErrors(name, body));
  return [
    ...errors,
    ...provisioningErrors(body['provisioning'], { isRequired: false, hasSizes: true }),
    ...encryptionErrors(body['encryption']),
  ];
}

/** Which sections a system volume takes. */
function constraintErrors(name: string, body: Mapping): string[] {
  const isMounted = Object.keys(mapping(body['mount'])).length > 0;
  const notAllowed = (what: string): string =>
    `${what} config is not allowed for the "${name}" volume`;
  if (name === 'STATE') return isMounted ? [notAllowed('mount')] : [];
  if (name === 'IMAGECACHE') {
    const isFormatted = Object.keys(mapping(body['filesystem'])).length > 0;
    return [
      ...(isMounted ? [notAllowed('mount')] : []),
      ...(isFormatted ? [notAllowed('filesystem')] : []),
    ];
  }
  return promoted.includes(name) && isMounted && !isProvisioned(body['provisioning'])
    ? [
        `mount config for the "${name}" volume is only supported when it is provisioned onto a dedicated partition`,
      ]
    : [];
}

function userVolumeErrors(body: Mapping): string[] {
  const { provisioning, filesystem, encryption, mount } = body;
  const type = text(body['volumeType']) || 'partition';
  if (type === 'directory') {
    const mounted = mapping(mount);
    return [
      ...(isProvisioned(provisioning) ? ['provisioning'] : []),
      ...(isEncrypted(encryption) ? ['encryption'] : []),
      ...(hasFilesystem(filesystem) ? ['filesystem'] : []),
      ...((mounted['disableAccessTime'] ?? mounted['secure']) === undefined ? [] : ['mount']),
    ].map((section) => `${section} spec is invalid for volumeType directory`);
  }
  if (type !== 'partition' && type !== 'disk') return [`unsupported volume type "${type}"`];
  return [
    ...provisioningErrors(provisioning, { isRequired: true, hasSizes: type === 'partition' }),
    ...filesystemErrors(mapping(filesystem)),
    ...encryptionErrors(encryption),
  ];
}

function nameErrors(name: string): string[] {
  return [
    ...(name === '' ? ['name is required'] : []),
    ...(name.length < 1 || name.length > longestName
      ? [`name must be between 1 and ${longestName} characters long`]
      : []),
    ...letterErrors(name),
  ];
}

function letterErrors(name: string): string[] {
  return /[^a-zA-Z0-9-]/.test(name)
    ? ['name can only contain lowercase and uppercase ASCII letters, digits, and hyphens']
    : [];
}

function mountErrors(body: Mapping): string[] {
  const type = text(body['filesystemType']) || 'none';
  if (type !== 'virtiofs') return [`invalid filesystem type: ${type}`];
  const { virtiofs } = mapping(body['mount']);
  if (virtiofs === undefined) return ['virtiofs mount spec is required'];
  return text(mapping(virtiofs)['tag']) === '' ? ['virtiofs tag is required'] : [];
}

function hasFilesystem(given: unknown): boolean {
  const { type = 'none', projectQuotaSupport, xfs } = mapping(given);
  return type !== 'none' || projectQuotaSupport !== undefined || xfs !== undefined;
}

function filesystemErrors({ type = 'none', projectQuotaSupport, xfs }: Mapping): string[] {
  if (!['none', 'xfs', 'ext4', 'btrfs'].includes(String(type))) {
    return [`unsupported filesystem type: ${String(type)}`];
  }
  return projectQuotaSupport === true && (type === 'ext4' || type === 'btrfs')
    ? ['project quota support is only available for xfs filesystem']
    : xfs !== undefined && type !== 'none' && type !== 'xfs'
      ? ['xfs options are only available for xfs filesystem']
      : [];
}

interface Selector {
  readonly what: string;
  readonly isRequired: boolean;
  readonly check: CelCheck;
}

function selectorErrors(given: unknown, { what, isRequired, check }: Selector): string[] {
  const match = text(mapping(given)['match']);
  if (match === '') return isRequired ? [`${what} is required`] : [];
  const why = check(match);
  return why === undefined ? [] : [`${what} is invalid: ${why}`];
}

interface Wanted {
  readonly isRequired: boolean;
  readonly hasSizes: boolean;
}

/** What is wrong with the place and size of a volume. */
function provisioningErrors(given: unknown, { isRequired, hasSizes }: Wanted): string[] {
  const spec = mapping(given);
  const errors = selectorErrors(spec['diskSelector'], {
    what: 'disk selector',
    isRequired,
    check: diskObjection,
  });
  const [min, max] = [text(spec['minSize']), text(spec['maxSize'])];
  if (!hasSizes) {
    const isSized = min !== '' || max !== '' || spec['grow'] !== undefined;
    return isSized ? [...errors, 'min size, max size and grow are not supported'] : errors;
  }
  return [...errors, ...sizeErrors(min, max, isRequired)];
}

function sizeErrors(min: string, max: string, isRequired: boolean): string[] {
  const errors: string[] = [];
  if (min !== '' && max !== '' && !/^-|%/.test(max)) {
    const isAbove = Number(bytesOf(min.replace(/^-/, ''))) > Number(bytesOf(max));
    if (isAbove) errors.push('min size is greater than max size');
  } else if (isRequired && min === '' && max === '') {
    errors.push('min size or max size is required');
  }
  return min.startsWith('-') ? [...errors, 'min size cannot be negative'] : errors;
}

function isProvisioned(given: unknown): boolean {
  const { grow, minSize, maxSize, diskSelector } = mapping(given);
  const texts = [minSize, maxSize, mapping(diskSelector)['match']];
  return grow !== undefined || texts.some((value) => text(value) !== '');
}

function keysOf(encryption: unknown): Mapping[] {
  return list(mapping(encryption)['keys']).map(mapping);
}

function isEncrypted(given: unknown): boolean {
  return (mapping(given)['provider'] ?? 'none') !== 'none' || keysOf(given).length > 0;
}

/** What is wrong with the encryption of a volume. */
function encryptionErrors(given: unknown): string[] {
  if (!isEncrypted(given)) return [];
  const errors: string[] = [];
  const provider = text(mapping(given)['provider']) || 'none';
  if (provider !== 'luks2') errors.push(`unsupported encryption provider: ${provider}`);
  const keys = keysOf(given);
  if (keys.length === 0) errors.push('encryption keys are required');
  const slots = new Set<number>();
  for (const key of keys) {
    const slot = Number(key['slot'] ?? 0);
    if (slots.has(slot)) errors.push(`duplicate key slot ${slot}`);
    slots.add(slot);
    const kinds = ['static', 'nodeID', 'kms', 'tpm'];
    if (kinds.every((kind) => key[kind] === undefined)) {
      errors.push(`at least one encryption key type must be specified for slot ${slot}`);
    }
    const registers = list(mapping(mapping(key['tpm'])['options'])['pcrs']).map(Number);
    const wrong = registers.filter((register) => register < 0 || register > 23);
    errors.push(...wrong.map((register) => `TPM PCR ${register} is out of range (0-23)`));
  }
  return errors;
}
