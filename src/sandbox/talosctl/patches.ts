import { decodeConfig } from '../talos/machine-config/decode.js';
import { encodeConfig } from '../talos/machine-config/encode.js';
import { applyPatches, parsePatch, type ConfigPatch } from '../talos/machine-config/patch.js';
import type { CommandInvocation } from './command.js';
import { readText } from './files.js';

/** Reads patches that are given inline or as `@file`. */
export function loadPatches(
  invocation: CommandInvocation,
  patches: readonly string[],
): ConfigPatch[] {
  return patches.map((patch) =>
    parsePatch(
      patch.startsWith('@') || patch === '' ? readText(invocation, patch.slice(1)) : patch,
    ),
  );
}

/** A configuration with patches applied, as text. */
export function patchText(
  invocation: CommandInvocation,
  text: string,
  patches: readonly string[],
): string {
  return encodeConfig(applyPatches(decodeConfig(text), loadPatches(invocation, patches)));
}
