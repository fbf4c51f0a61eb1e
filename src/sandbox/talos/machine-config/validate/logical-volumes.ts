import { bytesOf } from '../layout/sizes.js';
import type { ConfigDocument } from '../types.js';
import { mapping, text } from '../values.js';
import type { CelCheck } from './expressions.js';

/** What is wrong with the name of a volume group, a volume or an array. */
export function volumeNameErrors(name: string, most: number): string[] {
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

/** What is wrong with the expression that selects disks or volumes. */
export function matchErrors(selector: unknown, check: CelCheck): string[] {
  const match = text(mapping(selector)['match']);
  if (match === '') return ['provisioning.volumeSelector.match is required'];
  const why = check(match);
  return why === undefined ? [] : [`provisioning.volumeSelector.match: ${why}`];
}

/** What is wrong with an LVMLogicalVolumeConfig. */
export function logicalVolumeErrors({ name = '', body }: ConfigDocument): string[] {
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
