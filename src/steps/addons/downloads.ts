import type { Digests } from '../../cluster/kubernetes/used-downloads.js';
import { inParallel } from '../../lib/parallel.js';
import type { StepIo } from '../../lib/step.js';
import type { FlowContext } from '../run/context.js';
import { fetchChart, type FetchedChart } from './charts.js';
import { ciliumOf } from './cilium.js';
import { fetchGatewayApi, type FetchedManifest } from './gateway-api.js';
import type { ReadyChart } from './install.js';
import { addonsOf } from './look.js';

/** Everything that is installed in Kubernetes, on this machine. */
export interface Downloads {
  readonly manifest: FetchedManifest;
  readonly cilium: FetchedChart;
  /** Of the addons beside Cilium. */
  readonly charts: readonly ReadyChart[];
  /** What all of it is, to be kept with the cluster. */
  readonly digests: Digests;
}

/** Fetches what is installed later, while the servers boot. */
export async function fetchDownloads(
  ctx: FlowContext,
  folder: string,
  io: StepIo,
): Promise<Downloads> {
  const [manifest, cilium, charts] = await inParallel(
    fetchGatewayApi(ctx),
    fetchChart(ctx, { wanted: ciliumOf(ctx), folder }, io),
    fetchCharts(ctx, folder, io),
  );
  const digests = { ...manifest.digests, ...cilium.digests, ...charts.digests };
  return { manifest, cilium, charts: charts.charts, digests };
}

/** The charts of the addons that cluster.yaml wants. */
async function fetchCharts(
  ctx: FlowContext,
  folder: string,
  io: StepIo,
): Promise<Pick<Downloads, 'charts' | 'digests'>> {
  const fetched = await inParallel(
    ...addonsOf(ctx).map(async (wanted) => ({
      wanted,
      chart: await fetchChart(ctx, { wanted, folder }, io),
    })),
  );
  return {
    charts: fetched.map(({ wanted, chart }) => ({ wanted, path: chart.path })),
    digests: Object.assign({}, ...fetched.map(({ chart }) => chart.digests)) as Digests,
  };
}
