import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { WantedChart } from '../../addons/wanted.js';
import { withScratchFolder, writeScratchFile } from '../../lib/files.js';
import type { StepIo } from '../../lib/step.js';
import { waitFor, wallClock } from '../../lib/wait.js';
import * as helm from '../../tools/helm.js';
import type { FlowContext } from '../run/context.js';
import { waitOptions } from '../run/waiting.js';
import type { DeployedRelease } from './release-source.js';
import { upgradeRelease } from './upgrade-release.js';

/** A release and its name in a sentence. */
interface TitledRelease extends helm.Release {
  readonly title: string;
}

/** By what helm finds the release of an addon. */
export function releaseOf({ addon }: WantedChart): helm.Release {
  return { name: addon.release, namespace: addon.namespace };
}

/** Whether a release is deployed with the wanted version and values. */
export function isAsWanted(
  found: DeployedRelease | undefined,
  { version, values }: WantedChart,
): boolean {
  return (
    found !== undefined &&
    (version === '' || found.version === version.replace(/^v/, '')) &&
    isDeepStrictEqual(found.values, JSON.parse(JSON.stringify(values)))
  );
}

/**
 * Installs or upgrades a release. One that an interrupted run left half way is freed first. It waits for
 * nothing to become ready.
 */
export async function changeRelease(
  ctx: FlowContext,
  { wanted, chart }: { readonly wanted: WantedChart; readonly chart: string },
  io: StepIo,
): Promise<void> {
  const release = releaseOf(wanted);
  await freeRelease(ctx, { ...release, title: wanted.addon.title }, io);
  await withScratchFolder(ctx.files.folder, async (scratch) => {
    // JSON, which YAML 1.1 and 1.2 read alike: helm takes an unquoted "yes" for true.
    const file = join(scratch, 'values.json');
    await writeScratchFile(file, JSON.stringify(wanted.values));
    await upgradeRelease(ctx, { release, chart, values: file }, io);
  });
}

/** Helm refuses every change of a release that an interrupted call left pending. */
async function freeRelease(
  ctx: FlowContext,
  { title, ...release }: TitledRelease,
  io: StepIo,
): Promise<void> {
  const { run, files } = ctx;
  const status = await settledStatus(ctx, { title, ...release }, io);
  if (status === 'pending-install' || status === 'uninstalling') {
    io.note(`an earlier run was interrupted (helm release ${status}): installing afresh`);
    await run(helm.uninstall(files.kubeconfig, release));
  } else if (status === 'pending-upgrade' || status === 'pending-rollback') {
    io.note(`an earlier run was interrupted (helm release ${status}): rolling back first`);
    await run(helm.rollback(files.kubeconfig, release));
  }
}

/**
 * How long another helm may be at work on a release in this state, ms: a colleague's, or one that
 * outlived a killed oxide. A change has helm's own timeout; a first install waits for nothing, so
 * it is over within moments.
 */
const workMs: Readonly<Record<string, number>> = {
  'pending-upgrade': helm.changeTimeoutMs,
  'pending-rollback': helm.changeTimeoutMs,
  'pending-install': 60_000,
};

/**
 * The release's status once no other helm can be at work on it. Rolled back or uninstalled
 * meanwhile, it would be broken.
 */
async function settledStatus(
  ctx: FlowContext,
  { title, ...release }: TitledRelease,
  io: StepIo,
): Promise<string | undefined> {
  const { clock } = ctx;
  const seen = await releaseStatus(ctx, release);
  // The time is that of the machine on which helm runs, also in the sandbox.
  const left = (workMs[seen?.status ?? ''] ?? 0) - Math.abs(wallClock() - (seen?.since ?? 0));
  if (!seen || left <= 0) return seen?.status;
  const deadline = clock.steady() + left;
  return waitFor(
    `another helm to finish its change of ${title}`,
    async () => {
      const status = (await releaseStatus(ctx, release))?.status;
      if (status === undefined || !(status in workMs) || clock.steady() >= deadline) {
        return { ready: status };
      }
      return { waiting: `another helm may be at work on it (helm release ${status})` };
    },
    { ...waitOptions(ctx, io, { timeoutMs: 2 * left }), intervalMs: 5_000 },
  );
}

async function releaseStatus(
  { run, files }: FlowContext,
  release: helm.Release,
): Promise<helm.ReleaseStatus | undefined> {
  try {
    return helm.parseStatus((await run(helm.status(files.kubeconfig, release))).stdout);
  } catch (error) {
    if (helm.isNoRelease(error)) return undefined;
    throw error;
  }
}
