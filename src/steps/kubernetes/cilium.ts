import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import {
  ciliumValues,
  mergeHelmValues,
  type MergedValues,
} from '../../cluster/kubernetes/cilium-values.js';
import type { InstalledCharts } from '../../cluster/kubernetes/installed.js';
import { standInRemark } from '../../cluster/kubernetes/stand-in-chart.js';
import { tool } from '../../lib/commands.js';
import { withScratchFolder, writeScratchFile } from '../../lib/files.js';
import type { StepIo } from '../../lib/step.js';
import { waitFor, wallClock, type Probe } from '../../lib/wait.js';
import * as helm from '../../tools/helm.js';
import { getWorkloads, parseWorkloads } from '../../tools/kubectl.js';
import type { FlowContext } from '../run/context.js';
import { askKubernetes, waitOptions } from '../run/waiting.js';
import { upgradeRelease } from './upgrade-release.js';

const release: helm.Release = { name: 'cilium', namespace: 'kube-system' };

/** What the nodes need of Cilium to become Ready; Hubble may follow later. */
const names = ['daemonset/cilium', 'deployment/cilium-operator'] as const;

/**
 * Installs Cilium, or brings it to the configured version and values, and waits until its agents
 * run on the nodes that are there. A release that an interrupted run left half way is freed first.
 */
export async function ensureCilium(ctx: FlowContext, chart: string, io: StepIo): Promise<void> {
  const { version } = ctx.config.cilium;
  const { values, kept } = wantedValues(ctx);
  if (kept.length > 0) {
    io.warn(`cilium.helm_values: ${kept.join(', ')} not taken, Talos needs oxide's value`);
  }
  const remark = ctx.rehearsal ? standInRemark(ctx.config) : undefined;
  if (remark !== undefined) io.note(remark);
  if (await ciliumIsAsWanted(ctx)) {
    io.summary(`${version}, installed already`);
  } else {
    await freeRelease(ctx, io);
    await withScratchFolder(ctx.files.folder, async (scratch) => {
      // JSON, which YAML 1.1 and 1.2 read alike: helm takes an unquoted "yes" for true.
      const file = join(scratch, 'values.json');
      await writeScratchFile(file, JSON.stringify(values));
      await upgradeRelease(ctx, { release, chart, values: file }, io);
    });
    io.summary(version);
  }
  await waitForAgents(ctx, io);
}

async function waitForAgents(ctx: FlowContext, io: StepIo): Promise<void> {
  const { namespace } = release;
  const { kubeconfig } = ctx.files;
  const ask = askKubernetes(ctx);
  const probe = async (): Promise<Probe<true>> => {
    const listed = await ask(async () =>
      parseWorkloads((await ctx.run(getWorkloads(kubeconfig, { namespace, names }))).stdout),
    );
    if ('waiting' in listed) return listed;
    const [behind] = listed.ready.filter(({ complete }) => !complete);
    if (!behind) return { ready: true };
    return { waiting: `${behind.name}: ${behind.available} of ${behind.wanted} ready` };
  };
  await waitFor(
    'the agents of Cilium to run',
    probe,
    waitOptions(ctx, io, {
      timeoutMs: ctx.config.timeouts.cilium,
      hint: `Look closer: ${tool`kubectl -n ${namespace} get pods -o wide`}\nThe same command goes on from here.`,
    }),
  );
}

/** Whether the release is deployed with the configured version and values. */
async function ciliumIsAsWanted(ctx: FlowContext): Promise<boolean> {
  const found = await installedCilium(ctx);
  return (
    found?.version === ctx.config.cilium.version &&
    isDeepStrictEqual(found.values, JSON.parse(JSON.stringify(wantedValues(ctx).values)))
  );
}

/** The release as it is deployed; undefined when there is none, or one that is half made. */
export async function installedCilium(ctx: FlowContext): Promise<InstalledCharts['cilium']> {
  const { run, files } = ctx;
  try {
    const metadata = await run(helm.getMetadata(files.kubeconfig, release));
    const { status, version } = helm.parseMetadata(metadata.stdout);
    if (status !== 'deployed') return undefined;
    const { stdout } = await run(helm.getValues(files.kubeconfig, release));
    return { version, values: helm.parseValues(stdout) };
  } catch (error) {
    if (helm.isNoRelease(error)) return undefined;
    throw error;
  }
}

function wantedValues({ config }: FlowContext): MergedValues {
  return mergeHelmValues(ciliumValues(config), config.cilium.helm_values);
}

/** Helm refuses every change of a release that an interrupted call left pending. */
async function freeRelease(ctx: FlowContext, io: StepIo): Promise<void> {
  const { run, files } = ctx;
  const status = await settledStatus(ctx, io);
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
async function settledStatus(ctx: FlowContext, io: StepIo): Promise<string | undefined> {
  const { clock } = ctx;
  const seen = await releaseStatus(ctx);
  // The time is that of the machine on which helm runs, also in the sandbox.
  const left = (workMs[seen?.status ?? ''] ?? 0) - Math.abs(wallClock() - (seen?.since ?? 0));
  if (!seen || left <= 0) return seen?.status;
  const deadline = clock.steady() + left;
  return waitFor(
    'another helm to finish its change of Cilium',
    async () => {
      const status = (await releaseStatus(ctx))?.status;
      if (status === undefined || !(status in workMs) || clock.steady() >= deadline) {
        return { ready: status };
      }
      return { waiting: `another helm may be at work on it (helm release ${status})` };
    },
    { ...waitOptions(ctx, io, { timeoutMs: 2 * left }), intervalMs: 5_000 },
  );
}

async function releaseStatus({ run, files }: FlowContext): Promise<helm.ReleaseStatus | undefined> {
  try {
    return helm.parseStatus((await run(helm.status(files.kubeconfig, release))).stdout);
  } catch (error) {
    if (helm.isNoRelease(error)) return undefined;
    throw error;
  }
}
