import { decodeConfig } from '../talos/machine-config/decode.js';
import { encodeConfig } from '../talos/machine-config/encode.js';
import { applyPatches, parsePatch, type ConfigPatch } from '../talos/machine-config/patch.js';
import type { MachineConfig } from '../talos/machine-config/types.js';
import { CommandError, type CommandInvocation } from './command.js';
import { readText } from './files.js';

/** Reads patches that are given inline or as `@file`. */
export function loadPatches(
  invocation: CommandInvocation,
  patches: readonly string[],
): ConfigPatch[] {
  return patches.map((patch) =>
    parsePatch(
      patch.startsWith('@') || patch === '' ? readText(invocation, patch.slice(1)) : patch,
      invocation.io.version,
    ),
  );
}

/** A configuration with patches applied, as text. */
export function patchText(
  invocation: CommandInvocation,
  text: string,
  patches: readonly string[],
): string {
  const { version } = invocation.io;
  const config = applyPatches(decodeConfig(text, version), loadPatches(invocation, patches));
  return encodeConfig(config, version);
}

/** A generated configuration with patches; says which one a patch did not fit (Talos source, config/bundle). */
export function patchedConfig(
  config: MachineConfig,
  role: 'controlplane' | 'worker',
  patches: readonly ConfigPatch[],
): MachineConfig {
  try {
    return applyPatches(config, patches);
  } catch (error) {
    const what = role === 'worker' ? 'worker config' : 'control plane configs';
    const why = error instanceof Error ? error.message : '';
    throw new CommandError(`failed to generate config bundle: error patching ${what}: ${why}`);
  }
}
