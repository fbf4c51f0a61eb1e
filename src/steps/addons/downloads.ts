import type { Digests } from '../../cluster/kubernetes/used-downloads.js';
import { inParallel } from '../../lib/parallel.js';
import type { StepIo } from '../../lib/step.js';
import type { FlowContext } from '../run/context.js';
import { fetchChart, type FetchedChart } from './charts.js';
import { ciliumOf } from './cilium.js';
import { fetchGatewayApi, type FetchedManifest } from './gateway-api.js';
import { failureOf, type AddonFailure, type ReadyChart } from './install.js';
import { addonsOf } from './look.js';

/** Everything that is installed in Kubernetes, on this machine. */
export interface Downloads {
  readonly manifest: FetchedManifest;
  readonly cilium: FetchedChart;
  /** Of the addons beside Cilium. */
  readonly charts: readonly ReadyChart[];
  /** Optional ones whose charts could not be had. */
  readonly unfetched: readonly AddonFailure[];
  /** What all of it is, to be kept with the cluster. */
  readonly digests: Digests;
}

/** Some of what is installed in Kubernetes, on this machine. */
type Chosen = Omit<Downloads, 'manifest' | 'cilium'> & {
  readonly manifest: FetchedManifest | undefined;
  readonly cilium: FetchedChart | undefined;
};

/** Fetches what is installed later, while the servers boot. */
export async function fetchDownloads(
  ctx: FlowContext,
  folder: string,
  io: StepIo,
): Promise<Downloads> {
  const [manifest, cilium, charts] = await inParallel(
    fetchGatewayApi(ctx),
    fetchChart(ctx, { wanted: ciliumOf(ctx), folder }, io),
    fetchCharts(ctx, { folder }, io),
  );
  const digests = { ...manifest.digests, ...cilium.digests, ...charts.digests };
  return { ...charts, manifest, cilium, digests };
}

/** Some of it: what belongs to the addons of these names. */
export async function fetchChosen(
  ctx: FlowContext,
  { names, folder }: { readonly names: readonly string[]; readonly folder: string },
  io: StepIo,
): Promise<Chosen> {
  const nothing = Promise.resolve(undefined);
  const [manifest, cilium, charts] = await inParallel(
    names.includes('gateway-api') ? fetchGatewayApi(ctx) : nothing,
    names.includes('cilium') ? fetchChart(ctx, { wanted: ciliumOf(ctx), folder }, io) : nothing,
    fetchCharts(ctx, { folder, names }, io),
  );
  const digests = { ...manifest?.digests, ...cilium?.digests, ...charts.digests };
  return { ...charts, manifest, cilium, digests };
}

/** The charts of the addons that cluster.yaml wants; of these names, if any are given. */
async function fetchCharts(
  ctx: FlowContext,
  { folder, names }: { readonly folder: string; readonly names?: readonly string[] },
  io: StepIo,
): Promise<Pick<Downloads, 'charts' | 'unfetched' | 'digests'>> {
  const meant = addonsOf(ctx).filter(({ addon }) => names?.includes(addon.name) ?? true);
  const unfetched: AddonFailure[] = [];
  const fetched = await inParallel(
    ...meant.map(async (wanted) => {
      try {
        return [{ wanted, chart: await fetchChart(ctx, { wanted, folder }, io) }];
      } catch (error) {
        unfetched.push(failureOf(ctx, wanted, error));
        return [];
      }
    }),
  );
  const there = fetched.flat();
  return {
    charts: there.map(({ wanted, chart }) => ({ wanted, path: chart.path })),
    unfetched,
    digests: Object.assign({}, ...there.map(({ chart }) => chart.digests)) as Digests,
  };
}
