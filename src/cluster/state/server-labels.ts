import { tool } from '../../lib/commands.js';
import { enumerate } from '../../lib/format.js';
import type { Labels } from './cluster-state.js';
import { labelKeys, readServerIdentity } from './labels.js';

/**
 * What keeps the labels of a server from saying which node it is: `it has no label pool or index`.
 * Undefined when they say it. Somebody edited them, or another tool made the server.
 */
export function unreadableReason(labels: Labels): string | undefined {
  if (readServerIdentity(labels)) return undefined;
  const keys = [labelKeys.role, labelKeys.pool, labelKeys.index];
  const missing = keys.filter((key) => (labels[key] ?? '') === '');
  const wrong = keys.filter((key) => !missing.includes(key) && !isReadable(key, labels[key] ?? ''));
  return [
    ...(missing.length > 0 ? [`it has no label ${missing.join(' or ')}`] : []),
    ...(wrong.length > 0
      ? [`${enumerate(wrong.map((key) => `${key}=${labels[key] ?? ''}`))} cannot be read`]
      : []),
  ].join(', and ');
}

/** The reader itself says it: with the others right, only this one can be wrong. */
function isReadable(key: string, value: string): boolean {
  const right = { [labelKeys.role]: 'worker', [labelKeys.pool]: 'a', [labelKeys.index]: '1' };
  return readServerIdentity({ ...right, [key]: value }) !== undefined;
}

/** `hcloud server add-label --overwrite 42 role=worker pool=web index=2` */
export function relabelCommand(id: number, labels: Labels): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return tool`hcloud server add-label --overwrite ${id} ${pairs}`;
}
