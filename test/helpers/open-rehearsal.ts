import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { typesOf } from '../../src/cluster/catalogue/candidates.js';
import { addedToTalos } from '../../src/cluster/catalogue/schematic.js';
import { parseConfig } from '../../src/config/load.js';
import { ensurePrivateFolder } from '../../src/lib/files.js';
import { FaultPlan } from '../../src/sandbox/faults.js';
import { openSandbox, type Sandbox } from '../../src/sandbox/sandbox.js';
import type { World } from '../../src/sandbox/world.js';
import { ClusterFiles, type Holder } from '../../src/steps/run/context.js';
import { composeRun, type Run, type RunOptions } from './compose-run.js';
import { runFolder } from './run-folder.js';
import { scanRehearsal } from './secret-scan.js';
import { WarpClock } from './warp-clock.js';

/** A simulated project with an output folder, in which flows can be run again and again. */
export interface Rehearsal {
  readonly world: World;
  readonly faults: FaultPlan;
  readonly clock: WarpClock;
  readonly files: ClusterFiles;
  /** Every run so far. */
  readonly runs: readonly Run[];
  run(options?: RunOptions): Run;
  /** Ends the simulation; its folder stays. */
  stop(): Promise<void>;
  /** Ends the simulation, looks for secrets in what its runs said and wrote, and removes its folder. */
  close(): Promise<void>;
}

/** A rehearsal that ended: others can begin with a copy of it. */
export interface Prepared {
  readonly folder: string;
  readonly yaml: string;
}

/** Ends a rehearsal, so that others can begin where it stopped: see `beginFrom`. */
export async function prepared(yaml: string, rehearsal: Rehearsal): Promise<Prepared> {
  await rehearsal.stop();
  return { folder: join(rehearsal.files.folder, '..'), yaml };
}

/** A rehearsal that begins with a copy of one that ended, and that nobody opens again. */
export function beginFrom(begin: Prepared): Promise<Rehearsal> {
  return openRehearsal(begin.yaml, { folder: copyOf(begin), saved: false });
}

/** A folder with a copy of a rehearsal that ended. */
export function copyOf({ folder }: Prepared): string {
  const copy = runFolder();
  cpSync(folder, copy, { recursive: true });
  return copy;
}

export interface Beginning {
  /** That of a rehearsal that was stopped or killed; a new one unless given. */
  readonly folder?: string;
  readonly saved?: boolean;
  /**
   * The project begins without the snapshot, as a user's does: it is built. Others have one, because
   * hundreds of tests are about what comes afterwards.
   */
  readonly empty?: boolean;
}

/** A rehearsal outside of a test, or on the folder of one that was stopped or killed. */
export async function openRehearsal(
  yaml: string,
  { folder = runFolder(), saved = true, empty = false }: Beginning = {},
): Promise<Rehearsal> {
  const clock = new WarpClock({ startAt: savedTime(folder) });
  const faults = new FaultPlan();
  const sandbox = await openSandbox({
    folder: join(folder, 'sandbox'),
    speed: clock.speed,
    clock,
    faults,
    ticking: false,
    saved,
  });
  const { world } = sandbox;
  if (!world) throw new Error('a sandbox that nobody else runs runs in this process');
  if (!empty) await addSnapshot(sandbox, yaml);
  const files = new ClusterFiles(join(folder, 'output'));
  await ensurePrivateFolder(files.folder);
  const runs: Run[] = [];
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopped ??= sandbox.close());
  const parts = { world, faults, clock, files, runs };
  return {
    ...parts,
    stop,
    run: (options = {}) => {
      const holder = options.holder ?? heir(runs.at(-1)?.ctx.holder);
      const run = composeRun({ sandbox, world, clock, files, yaml }, { ...options, holder });
      runs.push(run);
      return run;
    },
    close: async () => {
      await stop();
      try {
        scanRehearsal(parts);
      } finally {
        rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
      }
    },
  };
}

/** As the lock of the folder has it: the id goes on to the next run while a lease may stand with it. */
function heir(before: Holder | undefined): Partial<Holder> {
  return before?.hasLease ? { id: before.id, host: before.host, hasLease: true } : {};
}

async function addSnapshot(sandbox: Sandbox, yaml: string): Promise<void> {
  const config = parseConfig(yaml, { file: 'cluster.yaml' });
  await sandbox.ensureSnapshot({
    talosVersion: config.talos.version,
    schematic: addedToTalos(config.talos),
    id: config.talos.hcloud_snapshot_id,
    serverTypes: [...config.control_planes, ...config.workers].flatMap(typesOf),
  });
}

/** The simulated time that a kept world had reached. */
function savedTime(folder: string): number | undefined {
  try {
    const text = readFileSync(join(folder, 'sandbox', 'cloud.json'), 'utf8');
    return (JSON.parse(text) as { now: number }).now;
  } catch {
    return undefined;
  }
}
