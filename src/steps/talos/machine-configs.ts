import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { machineConfigPatches } from '../../cluster/talos/machine-config.js';
import { poolsOf } from '../../cluster/state/node-pools.js';
import { configContract } from '../../cluster/talos/versions.js';
import type { LoadBalancerState } from '../../cluster/state/load-balancer.js';
import type { ClusterConfig } from '../../config/schema.js';
import { oxide } from '../../lib/commands.js';
import { UsageError } from '../../lib/errors.js';
import {
  ensurePrivateFolder,
  readMadeText,
  readTextIfExists,
  withScratchFolder,
  writePrivateFile,
} from '../../lib/files.js';
import { exists } from '../../lib/folders.js';
import { plural } from '../../lib/format.js';
import type { StepIo } from '../../lib/step.js';
import type { RunTool } from '../../tools/exec.js';
import { genSecrets } from '../../tools/talosctl.js';
import type { FlowContext } from '../run/context.js';
import { attemptsFor, type ConfigSource } from './config-attempt.js';
import { checkedConfig } from './patch-faults.js';

/** The machine configurations that cluster.yaml makes. Nothing of it is kept. */
export interface MachineConfigs {
  /** By the name of the pool; also of pools without nodes. */
  readonly texts: ReadonlyMap<string, string>;
  /** The secrets in them when the cluster has none yet: the cluster's, once they are kept. */
  readonly madeSecrets: string | undefined;
}

/**
 * Generates the machine configuration of every pool and lets talosctl check it, without writing
 * anything that lasts: for plans, and before the first write. Invalid user data makes a server that
 * never answers and says nothing. Throws a UsageError that names each patch that is at fault.
 */
export async function generateMachineConfigs(
  { config, files, run, clock }: FlowContext,
  balancer: LoadBalancerState | undefined,
  io: StepIo,
): Promise<MachineConfigs> {
  const kept = (await readTextIfExists(files.secrets)) === undefined ? undefined : files.secrets;
  // A plan for a cluster that is not there yet has no output folder, and makes none.
  const folder = (await exists(files.folder)) ? files.folder : tmpdir();
  // Work of this machine, files included: a cluster that a rehearsal simulates waits meanwhile.
  const made = await clock.during(() =>
    machineConfigsOf({ config, run, folder, secrets: kept, balancerIps: balancer?.publicIps }),
  );
  io.summary(plural(made.texts.size, 'pool'));
  return made;
}

interface Wish {
  readonly config: ClusterConfig;
  readonly run: RunTool;
  /** Where a scratch folder may be made. */
  readonly folder: string;
  /** Path of the cluster's secrets; undefined: others are made, which are thrown away. */
  readonly secrets?: string | undefined;
  readonly balancerIps?: readonly string[] | undefined;
}

/** The same without a cluster at hand. */
export function machineConfigsOf({ folder, secrets, ...wish }: Wish): Promise<MachineConfigs> {
  const work = async (scratch: string): Promise<MachineConfigs> => {
    const made = secrets === undefined ? join(scratch, 'secrets.yaml') : undefined;
    if (made !== undefined) {
      const contract = configContract(wish.config.talos.version);
      await wish.run(genSecrets({ file: made, contract }));
    }
    const source = { ...wish, scratch, secrets: secrets ?? made ?? '' };
    return {
      texts: await checkedConfigs(source),
      madeSecrets: made && (await readMadeText(made, 'talosctl gen secrets')),
    };
  };
  // Secrets that nobody keeps do not stay either, also when an error names where they were.
  return withScratchFolder(folder, work, { mayStay: secrets !== undefined });
}

async function checkedConfigs(source: ConfigSource): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  const faults = new Set<string>();
  // One after the other: each takes a moment, and a talosctl for each of many pools much memory.
  for (const rolePool of poolsOf(source.config)) {
    const found = await checkedConfig(
      attemptsFor(source, rolePool),
      machineConfigPatches(source.config, rolePool, source.balancerIps),
    );
    if ('text' in found) texts.set(rolePool.pool.name, found.text);
    else found.faults.forEach((fault) => faults.add(fault));
  }
  if (faults.size > 0) throw new UsageError([...faults].join('\n'), faultHint);
  return texts;
}

const faultHint = `Nothing was changed. Correct the patches in cluster.yaml, and check them again: ${oxide`validate`}`;

/** Keeps the machine configurations of pools with nodes in the output folder: they hold secrets. */
export async function keepMachineConfigs(
  { config, files }: FlowContext,
  { texts }: MachineConfigs,
): Promise<ReadonlyMap<string, string>> {
  await ensurePrivateFolder(files.machineConfigs);
  for (const { pool } of poolsOf(config)) {
    const text = texts.get(pool.name);
    if (pool.count > 0 && text !== undefined) {
      await writePrivateFile(files.machineConfig(pool.name), text);
    }
  }
  return texts;
}
