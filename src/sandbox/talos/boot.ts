import { messageOf } from '../../lib/errors.js';
import { ConfigDecodeError, decodeConfig } from './machine-config/decode.js';
import { runtimeObjection, validateConfig } from './machine-config/validate.js';
import { minorOf } from './machine-config/versions.js';
import type { MachineConfig } from './machine-config/types.js';
import { readUserData } from './user-data.js';

/** Talos minor that first knows a kind of document; all others are older than any that counts. */
const kindsSince: Readonly<Record<string, number>> = {
  EnvironmentConfig: 13,
  HCloudVIPConfig: 12,
  HostnameConfig: 12,
  ImageVerificationConfig: 13,
  KubeSpanConfig: 13,
  RegistryAuthConfig: 12,
  RegistryMirrorConfig: 12,
  RegistryTLSConfig: 12,
  ResolverConfig: 12,
  StaticHostConfig: 12,
  TimeSyncConfig: 12,
};

/** What Talos makes of its user_data: a configuration, none (maintenance mode), or a refusal. */
export function bootConfig(
  userData: string,
  talosVersion: string,
): { readonly config: string | undefined } | { readonly refusal: string } {
  if (userData.trim() === '') return { config: undefined };
  try {
    const text = readUserData(userData);
    const config = decodeConfig(text);
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
  const minor = minorOf(talosVersion);
  const unknown = config.documents.find(({ kind }) => (kindsSince[kind] ?? 0) > minor);
  if (unknown) {
    return new ConfigDecodeError(
      `error decoding document v1alpha1/${unknown.kind}/: "${unknown.kind}" "v1alpha1": not registered`,
    ).message;
  }
  if (!config.v1alpha1) return undefined;
  return validateConfig(config, 'cloud').error ?? runtimeObjection(config, talosVersion);
}
