import { join } from 'node:path';
import {
  certificateNames,
  clusterEndpoint,
  type MachineConfigPatch,
} from '../../cluster/talos/machine-config.js';
import type { RolePool } from '../../cluster/state/node-pools.js';
import { configContract } from '../../cluster/talos/versions.js';
import type { ClusterConfig } from '../../config/schema.js';
import { readMadeText, writeScratchFile } from '../../lib/files.js';
import type { RunTool } from '../../tools/exec.js';
import { genConfig, validateConfig } from '../../tools/talosctl.js';

/** What machine configurations are made of. */
export interface ConfigSource {
  readonly config: ClusterConfig;
  readonly run: RunTool;
  /** Path of the cluster's secrets, or of others of their kind. */
  readonly secrets: string;
  /** A folder that only its owner can enter; it is removed afterwards. */
  readonly scratch: string;
  /** The public addresses of the cluster's load balancer. */
  readonly balancerIps?: readonly string[] | undefined;
}

/** Makes the machine configuration of one pool with these patches and checks it. */
export type AttemptConfig = (patches: readonly MachineConfigPatch[]) => Promise<string>;

/** Attempts for one pool: each has a number, because talosctl writes over no file. */
export function attemptsFor(source: ConfigSource, rolePool: RolePool): AttemptConfig {
  const { config, run, secrets, scratch } = source;
  const { talos } = config;
  let attempts = 0;
  return async (patches) => {
    const base = join(scratch, `${rolePool.pool.name}-${++attempts}`);
    const output = `${base}.yaml`;
    await run(
      genConfig({
        cluster: config.cluster_name,
        endpoint: clusterEndpoint(config),
        secrets,
        role: rolePool.role,
        output,
        contract: configContract(talos.version),
        kubernetesVersion: talos.kubernetes_version,
        patchFiles: await writePatches(base, patches),
        additionalSans: certificateNames(config, source.balancerIps ?? []),
      }),
    );
    // Half a file is refused as well, for reasons that are not its own.
    const text = await readMadeText(output, 'talosctl gen config');
    await run(validateConfig(output));
    return text;
  };
}

async function writePatches(
  base: string,
  patches: readonly MachineConfigPatch[],
): Promise<string[]> {
  return Promise.all(
    patches.map(async ({ text }, i) => {
      const file = `${base}-patch-${i}.yaml`;
      await writeScratchFile(file, text);
      return file;
    }),
  );
}
