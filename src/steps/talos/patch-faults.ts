import type { MachineConfigPatch } from '../../cluster/talos/machine-config.js';
import { configRefusal, refusedByItself } from '../../tools/config-refusals.js';
import { ToolError } from '../../tools/exec.js';
import type { AttemptConfig } from './config-attempt.js';

/** Hetzner's limit for user data, in bytes. */
const userDataLimit = 32 * 1024;

/** The machine configuration of a pool, or what in cluster.yaml stands in its way. */
export type CheckedConfig = { readonly text: string } | { readonly faults: readonly string[] };

/**
 * Makes a pool's machine configuration from all patches at once. Only when talosctl refuses that, the
 * patches are tried one after the other, so that each one that is at fault can be named.
 */
export async function checkedConfig(
  attempt: AttemptConfig,
  patches: readonly MachineConfigPatch[],
): Promise<CheckedConfig> {
  try {
    const text = await attempt(patches);
    const size = Buffer.byteLength(text);
    return size > userDataLimit ? { faults: [tooLarge(size, patches)] } : { text };
  } catch (error) {
    if (!(error instanceof ToolError) || !refusedByItself(error)) throw error;
    const faults = await faultsOf(attempt, patches);
    // Without its patches it fails as well, or with them it does not fail again: they are not why.
    if (faults.length === 0) throw error;
    return { faults };
  }
}

async function faultsOf(
  attempt: AttemptConfig,
  patches: readonly MachineConfigPatch[],
): Promise<readonly string[]> {
  const good = patches.filter(({ origin }) => origin === undefined);
  if (good.length === patches.length) return [];
  if ((await refusalOf(attempt, good)) !== undefined) return [];
  const faults: string[] = [];
  for (const patch of patches.slice(good.length)) {
    const refusal = await refusalOf(attempt, [...good, patch]);
    if (refusal === undefined) good.push(patch);
    else faults.push(`${patch.origin ?? ''}: Talos refuses it:${indented(refusal)}`);
  }
  return faults;
}

/** What talosctl says against these patches; undefined when it takes them. */
async function refusalOf(
  attempt: AttemptConfig,
  patches: readonly MachineConfigPatch[],
): Promise<string | undefined> {
  try {
    await attempt(patches);
    return undefined;
  } catch (error) {
    if (!(error instanceof ToolError) || !refusedByItself(error)) throw error;
    return configRefusal(error);
  }
}

function indented(text: string): string {
  const lines = text.split('\n');
  return lines.length === 1 ? ` ${text}` : lines.map((line) => `\n    ${line}`).join('');
}

function tooLarge(size: number, patches: readonly MachineConfigPatch[]): string {
  const sized = patches
    .filter(({ origin }) => origin !== undefined)
    .map(({ origin, text }) => ({ origin, bytes: Buffer.byteLength(text) }))
    .sort((a, b) => b.bytes - a.bytes);
  const limit = `a machine configuration has ${size} bytes, and Hetzner takes ${userDataLimit} (user data)`;
  const [largest] = sized;
  if (!largest) return limit;
  return `${largest.origin ?? ''}: ${limit}; ${largest.bytes} of them are this patch`;
}
