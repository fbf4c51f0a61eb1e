import type { ConfigDocument } from './types.js';

const longestName = 34;

/** What is wrong with a `UserVolumeConfig` (Talos source, types/block/user_volume_config.go). */
export function userVolumeErrors({ name = '', body }: ConfigDocument): string[] {
  const errors: string[] = [];
  if (name === '') errors.push('name is required');
  if (name.length < 1 || name.length > longestName) {
    errors.push(`name must be between 1 and ${longestName} characters long`);
  }
  if (/[^a-zA-Z0-9-]/.test(name)) {
    errors.push('name can only contain lowercase and uppercase ASCII letters, digits, and hyphens');
  }
  const type = body['volumeType'] ?? 'partition';
  if (type === 'directory') return errors;
  const provisioning = mapping(body['provisioning']);
  if ((mapping(provisioning['diskSelector'])['match'] ?? '') === '') {
    errors.push('disk selector is required');
  }
  const isSized = provisioning['minSize'] !== undefined || provisioning['maxSize'] !== undefined;
  if (type === 'partition' && !isSized) errors.push('min size or max size is required');
  return errors;
}

/** What is wrong with a `WatchdogTimerConfig` (Talos source, types/runtime/watchdog_timer.go). */
export function watchdogErrors({ body }: ConfigDocument): string[] {
  return (body['device'] ?? '') === '' ? ['watchdog device: empty value'] : [];
}

function mapping(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
