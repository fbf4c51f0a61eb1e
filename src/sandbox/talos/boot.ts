import { messageOf } from '../../lib/errors.js';
import { decodeConfig } from './machine-config/decode.js';
import { runtimeObjection, validateConfig } from './machine-config/validate.js';
import type { MachineConfig } from './machine-config/types.js';
import { readUserData } from './user-data.js';

/** What Talos makes of its user_data: a configuration, none (maintenance mode), or a refusal. */
export function bootConfig(
  userData: string,
  talosVersion: string,
): { readonly config: string | undefined } | { readonly refusal: string } {
  if (userData.trim() === '') return { config: undefined };
  try {
    const text = readUserData(userData);
    const config = decodeConfig(text, talosVersion);
    const refusal = refusalOf(config, talosVersion);
    if (refusal !== undefined) return { refusal };
    // Without the v1alpha1 document Talos uses what there is and waits for the rest.
    return { config: config.v1alpha1 ? text : undefined };
  } catch (error) {
    return { refusal: messageOf(error) };
  }
}

/** Why a node with this Talos refuses the configuration; undefined when it does not. */
export function refusalOf(config: MachineConfig, talosVersion: string): string | undefined {
  if (!config.v1alpha1) return undefined;
  return (
    validateConfig(config, 'cloud', { talosVersion }).error ??
    runtimeObjection(config, talosVersion)
  );
}
