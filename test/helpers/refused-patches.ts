import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolder } from './source-files.js';

/** A patch that Talos refuses, with what the real talosctl says about it, by its version. */
export interface RefusedPatch {
  readonly what: string;
  readonly role: 'control-plane' | 'worker';
  readonly patch: string;
  readonly said: Readonly<Record<string, { readonly call: string; readonly stderr: string }>>;
}

/**
 * Recorded from talosctl v1.12.11, v1.13.9 and v1.14.0-rc.1: `gen config` with oxide's arguments, its
 * own patch and this one, and `validate` where that succeeded.
 */
export const refusedPatches = JSON.parse(
  readFileSync(
    join(projectFolder, 'test', 'tools', 'recorded', 'talosctl', 'refused-patches.json'),
    'utf8',
  ),
) as readonly RefusedPatch[];
