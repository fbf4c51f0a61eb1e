import { join } from 'node:path';
import {
  clusterEndpoint,
  machineConfigPatches,
  type MachineConfigPatch,
} from '../../cluster/talos/machine-config.js';
import { poolsOf, type RolePool } from '../../cluster/state/node-pools.js';
import { configContract } from '../../cluster/talos/versions.js';
import { UsageError } from '../../lib/errors.js';
import {
  ensurePrivateFolder,
  readMadeText,
  withScratchFolder,
  writePrivateFile,
  writeScratchFile,
} from '../../lib/files.js';
import { plural } from '../../lib/format.js';
import type { StepIo } from '../../lib/step.js';
import { genConfig, validateConfig } from '../../tools/talosctl.js';
import type { FlowContext } from '../run/context.js';

/** Hetzner's limit for user data. */
const userDataLimit = 32 * 1024;

/**
 * The machine configuration of each pool, by pool name: generated from the cluster's secrets,
 * checked by talosctl and kept in the output folder. Invalid user data makes a server that never
 * answers and says nothing, so the check comes before any server is paid for.
 */
export async function ensureMachineConfigs(
  ctx: FlowContext,
  io: StepIo,
): Promise<ReadonlyMap<string, string>> {
  await ensurePrivateFolder(ctx.files.machineConfigs);
  const pools = poolsOf(ctx.config).filter(({ pool }) => pool.count > 0);
  const configs = new Map<string, string>();
  // One after the other: each takes a moment, and a talosctl for each of many pools much memory.
  for (const rolePool of pools) configs.set(rolePool.pool.name, await generate(ctx, rolePool));
  io.summary(plural(pools.length, 'pool'));
  return configs;
}

async function generate(ctx: FlowContext, rolePool: RolePool): Promise<string> {
  const { config, files, run } = ctx;
  const { pool, role } = rolePool;
  const { talos } = config;
  const text = await withScratchFolder(files.folder, async (scratch) => {
    const patchFiles = await writePatches(scratch, machineConfigPatches(config, rolePool));
    const output = join(scratch, `${pool.name}.yaml`);
    await run(
      genConfig({
        cluster: config.cluster_name,
        endpoint: clusterEndpoint(config),
        secrets: files.secrets,
        role,
        output,
        contract: configContract(talos.version),
        kubernetesVersion: talos.kubernetes_version,
        patchFiles,
        additionalSans: talos.cluster_endpoint ? [new URL(talos.cluster_endpoint).hostname] : [],
      }),
    );
    await run(validateConfig(output));
    return readMadeText(output, 'talosctl gen config');
  });
  const size = Buffer.byteLength(text);
  if (size > userDataLimit) {
    throw new UsageError(
      `the machine configuration of the pool "${pool.name}" has ${size} bytes; Hetzner takes ${userDataLimit}`,
      'Shorten the patches in cluster.yaml (talos.config_patches and its neighbours).',
    );
  }
  await writePrivateFile(files.machineConfig(pool.name), text);
  return text;
}

async function writePatches(
  folder: string,
  patches: readonly MachineConfigPatch[],
): Promise<string[]> {
  return Promise.all(
    patches.map(async ({ text }, i) => {
      const file = join(folder, `patch-${i}.yaml`);
      await writeScratchFile(file, text);
      return file;
    }),
  );
}
