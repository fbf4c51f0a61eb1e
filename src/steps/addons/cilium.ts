import { wantedCilium, type WantedChart } from '../../addons/wanted.js';
import { standInRemark } from '../../cluster/kubernetes/stand-in-chart.js';
import { tool } from '../../lib/commands.js';
import type { StepIo } from '../../lib/step.js';
import { waitFor, type Probe } from '../../lib/wait.js';
import { getWorkloads, parseWorkloads } from '../../tools/kubectl.js';
import type { FlowContext } from '../run/context.js';
import { askKubernetes, waitOptions } from '../run/waiting.js';
import { changeRelease, isAsWanted, releaseOf } from './releases.js';
import { askedOfHelm, type DeployedRelease, type ReleaseSource } from './release-source.js';

/** Cilium as cluster.yaml wants it. */
export function ciliumOf({ config, endpoints }: FlowContext): WantedChart {
  return wantedCilium(config, endpoints.ciliumChart);
}

/**
 * Installs Cilium, or brings it to the configured version and values, and waits until its agents
 * run on the nodes that are there. `again`: also when it is there as it should be.
 */
export async function ensureCilium(
  ctx: FlowContext,
  { chart, again = false }: { readonly chart: string; readonly again?: boolean },
  io: StepIo,
): Promise<void> {
  const wanted = ciliumOf(ctx);
  const { kept, version } = wanted;
  if (kept.length > 0) {
    io.warn(`cilium.helm_values: ${kept.join(', ')} not taken, Talos needs oxide's value`);
  }
  const remark = ctx.rehearsal ? standInRemark(ctx.config) : undefined;
  if (remark !== undefined) io.note(remark);
  if (!again && isAsWanted(await installedCilium(ctx), wanted)) {
    io.summary(`${version}, installed already`);
  } else {
    await changeRelease(ctx, { wanted, chart }, io);
    io.summary(version);
  }
  await waitForAgents(ctx, wanted, io);
}

/** Cilium as it is deployed; undefined when there is none, or one that is half made. */
export function installedCilium(
  ctx: FlowContext,
  releases: ReleaseSource = askedOfHelm(ctx),
): Promise<DeployedRelease | undefined> {
  return releases.deployed(releaseOf(ciliumOf(ctx)));
}

async function waitForAgents(
  ctx: FlowContext,
  { addon: { namespace, workloads: names } }: WantedChart,
  io: StepIo,
): Promise<void> {
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
