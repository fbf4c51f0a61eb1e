import { needsToken, type WantedChart } from '../../addons/wanted.js';
import { OxideError } from '../../lib/errors.js';
import { enumerate } from '../../lib/format.js';
import { inParallel } from '../../lib/parallel.js';
import type { StepIo } from '../../lib/step.js';
import { waitFor, type Probe } from '../../lib/wait.js';
import { applyServerSide, getCrd, isEstablished, isWebhookSilent } from '../../tools/kubectl.js';
import { ToolError } from '../../tools/exec.js';
import type { FlowContext } from '../run/context.js';
import { asked, waitOptions } from '../run/waiting.js';
import { observeAddons } from './look.js';
import { changeRelease } from './releases.js';
import { applyTokenSecret } from './token-secret.js';
import { ensureVolumesPassphrase } from './volumes-passphrase.js';

/** An addon that does not work, and why. */
export interface AddonFailure {
  readonly name: string;
  readonly reason: string;
}

/** An addon and where its chart was put. */
export interface ReadyChart {
  readonly wanted: WantedChart;
  readonly path: string;
}

/** What came of an installation. */
export interface Installed {
  /** Names of those that were installed or changed. */
  readonly fresh: readonly string[];
  /** Optional ones that could not be. */
  readonly failures: readonly AddonFailure[];
}

/** None were installed. */
export const noAddons: Installed = { fresh: [], failures: [] };

interface Installation {
  readonly charts: readonly ReadyChart[];
  /** Optional ones whose charts could not be had. */
  readonly unfetched: readonly AddonFailure[];
  /** Hetzner's id of the cluster's network, which its controllers have to know. */
  readonly networkId: number;
  /** Also those that are there as they should be. */
  readonly again?: boolean;
}

/**
 * Installs these addons, or brings them to the wanted version and values: those side by side that do not
 * need each other. It waits for none of them to work. An optional one that fails does not end the run.
 */
export async function installAddons(
  ctx: FlowContext,
  { charts, unfetched, networkId, again = false }: Installation,
  io: StepIo,
): Promise<Installed> {
  if (needsToken(ctx.config)) await applyTokenSecret(ctx, networkId);
  const { hcloud_csi: csi } = ctx.config.addons;
  if (csi.enabled && csi.luks) await ensureVolumesPassphrase(ctx, io);
  const found = again ? [] : await observeAddons(ctx);
  const open = charts.filter(({ wanted }) => {
    const there = found.find(named(wanted));
    return !there?.same || there.meanwhile;
  });
  for (const { wanted } of open) warnOfKept(wanted, io);
  await ensureNamespaces(ctx, open);
  // What is there as it should be needs no chart.
  const failures = unfetched.filter(
    ({ name }) => !found.some((one) => one.name === name && one.same),
  );
  for (const wave of waves(open)) {
    io.detail(`installing ${enumerate(wave.map(({ wanted }) => wanted.addon.name))}`);
    const ended = await inParallel(...wave.map((one) => installOne(ctx, one, io)));
    failures.push(...ended.flatMap((failure) => failure ?? []));
  }
  if (failures.length > 0) {
    io.unmet(`not installed: ${enumerate(failures.map(({ name }) => name))}`);
  } else {
    io.summary(summaryOf(charts, open));
  }
  return { fresh: open.map(({ wanted }) => wanted.addon.name), failures };
}

function named({ addon }: WantedChart) {
  return ({ name }: { readonly name: string }): boolean => name === addon.name;
}

function summaryOf(charts: readonly ReadyChart[], open: readonly ReadyChart[]): string {
  const names = enumerate((open.length > 0 ? open : charts).map(({ wanted }) => wanted.label));
  return open.length > 0 ? names : `${names}: installed already`;
}

function warnOfKept({ kept, valuesKey }: WantedChart, io: StepIo): void {
  if (kept.length === 0) return;
  io.warn(`${valuesKey}: ${kept.join(', ')} not taken, oxide's value is needed`);
}

/** In the order of their needs; what is needed and not among them is there already, or not wanted. */
function waves(charts: readonly ReadyChart[]): readonly (readonly ReadyChart[])[] {
  const first = charts.filter(
    ({ wanted: { addon } }) =>
      !addon.needs.some((need) => charts.some(({ wanted }) => wanted.addon.name === need)),
  );
  if (first.length === 0) return charts.length === 0 ? [] : [charts];
  return [first, ...waves(charts.filter((one) => !first.includes(one)))];
}

async function installOne(
  ctx: FlowContext,
  { wanted, path }: ReadyChart,
  io: StepIo,
): Promise<AddonFailure | undefined> {
  const { addon } = wanted;
  try {
    if (addon.definition !== undefined) await waitForDefinition(ctx, addon.definition, io);
    await changeOnceHooksAnswer(ctx, { wanted, path }, io);
    return undefined;
  } catch (error) {
    return failureOf(ctx, wanted, error);
  }
}

/** Of an optional addon, what went wrong with it; thrown again is what ends the run. */
export function failureOf(
  { signal }: FlowContext,
  { addon }: WantedChart,
  error: unknown,
): AddonFailure {
  signal.throwIfAborted();
  if (addon.core || !(error instanceof OxideError)) throw error;
  const reason = error instanceof ToolError ? error.reason : error.message;
  return { name: addon.name, reason };
}

/** Webhooks of what was installed just now answer a while later, and are asked about what comes next. */
async function changeOnceHooksAnswer(
  ctx: FlowContext,
  { wanted, path }: ReadyChart,
  io: StepIo,
): Promise<void> {
  const probe = async (): Promise<Probe<true>> => {
    try {
      await changeRelease(ctx, { wanted, chart: path }, io);
      return { ready: true };
    } catch (error) {
      if (!(error instanceof ToolError) || !isWebhookSilent(error)) throw error;
      return { waiting: error.reason };
    }
  };
  const { addons: timeoutMs } = ctx.config.timeouts;
  await waitFor(`${wanted.addon.name} to be taken`, probe, waitOptions(ctx, io, { timeoutMs }));
}

async function waitForDefinition(ctx: FlowContext, name: string, io: StepIo): Promise<void> {
  const probe = async (): Promise<Probe<true>> => {
    const found = await asked(ctx, async () =>
      isEstablished((await ctx.run(getCrd(ctx.files.kubeconfig, name))).stdout),
    );
    if ('waiting' in found) return found;
    return found.ready ? { ready: true } : { waiting: `${name} is being installed` };
  };
  await waitFor(
    `Talos to bring the definition ${name}`,
    probe,
    waitOptions(ctx, io, { timeoutMs: definitionMs }),
  );
}

/** Talos makes its definitions when Kubernetes answers; what is not there then does not come. */
const definitionMs = 2 * 60_000;

/** helm makes namespaces too, but none that allows more than Talos does by itself. */
async function ensureNamespaces(ctx: FlowContext, charts: readonly ReadyChart[]): Promise<void> {
  const namespaces = charts
    .filter(({ wanted }) => wanted.addon.namespace !== 'kube-system')
    .map(({ wanted: { addon } }) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name: addon.namespace,
        ...(addon.podSecurity && {
          labels: { 'pod-security.kubernetes.io/enforce': addon.podSecurity },
        }),
      },
    }));
  if (namespaces.length === 0) return;
  const list = { apiVersion: 'v1', kind: 'List', items: namespaces };
  await ctx.run(applyServerSide(ctx.files.kubeconfig, JSON.stringify(list)));
}
