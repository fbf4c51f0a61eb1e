import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { WantedChart } from '../../addons/wanted.js';
import type { Digests } from '../../cluster/kubernetes/used-downloads.js';
import { sha256 } from '../../lib/digest.js';
import { OxideError, PreconditionError } from '../../lib/errors.js';
import { explained } from '../../lib/file-errors.js';
import type { StepIo } from '../../lib/step.js';
import { publishedDigests } from '../../tools/chart-index.js';
import { download } from '../../tools/download.js';
import * as helm from '../../tools/helm.js';
import type { FlowContext } from '../run/context.js';

/** Bytes. That of Cilium's own repository has 1.7 MB; a mirror may hold other charts too. */
const indexLimit = 16 * 1024 * 1024;

/** A chart that is ready to be installed. */
export interface FetchedChart {
  /** Its archive or folder. */
  readonly path: string;
  /** What it is, to be kept with the cluster; nothing for a folder of the user's. */
  readonly digests: Digests;
}

/** Where to put charts that are fetched. */
export interface ChartPlace {
  readonly wanted: WantedChart;
  readonly folder: string;
}

/**
 * Fetches a chart into a folder of its own, or takes the one on this machine. Fetched while the servers
 * boot, so that a slow mirror costs no time and a wrong version is known early.
 */
export async function fetchChart(
  ctx: FlowContext,
  { wanted, folder: scratch }: ChartPlace,
  io: StepIo,
): Promise<FetchedChart> {
  const { chart, version } = wanted;
  const from = placeOf(ctx, wanted);
  if (!helm.isChartUrl(from)) return localChart(from, wanted);
  const folder = join(scratch, wanted.addon.name);
  await explained('write', folder, () => mkdir(folder, { mode: 0o700 }));
  await ctx.run(helm.pull({ chart, from, version }, folder));
  const pulled = await explained('read', folder, () => readdir(folder));
  const archive = pulled.find((name) => name.endsWith('.tgz'));
  if (archive === undefined) {
    throw new OxideError('helm pull ended without an error, but left no chart', {
      hint: 'The same command goes on from here.',
    });
  }
  const path = join(folder, archive);
  const digest = sha256(await explained('read', path, () => readFile(path)));
  // What an OCI registry gives is named by its digest, which helm checks itself.
  if (!helm.isOci(from)) await compareWithIndex(ctx, { repository: from, digest, wanted }, io);
  return { path, digests: { [`${wanted.label} chart ${version}`]: digest } };
}

/** A mirror of all charts stands for every repository but the user's own places. */
function placeOf({ endpoints }: FlowContext, { from, ownPlace }: WantedChart): string {
  return ownPlace ? from : (endpoints.charts ?? from);
}

async function localChart(path: string, { label, version }: WantedChart): Promise<FetchedChart> {
  // What is not there is helm's to say, as it says what it misses in a chart.
  const isFile = await stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
  // Without a version it is nothing that others have published.
  if (!isFile || version === '') return { path, digests: {} };
  const digest = sha256(await readFile(path));
  return { path, digests: { [`${label} chart ${version}`]: digest } };
}

interface Fetched {
  readonly repository: string;
  readonly digest: string;
  readonly wanted: WantedChart;
}

/** helm takes whatever archive comes; the index of the repository says which one it should be. */
async function compareWithIndex(
  ctx: FlowContext,
  { repository, digest, wanted }: Fetched,
  io: StepIo,
): Promise<void> {
  const { chart, label, version } = wanted;
  const { clock, signal, endpoints } = ctx;
  const url = `${repository.replace(/\/$/, '')}/index.yaml`;
  const index = await download({
    ...{ url, clock, signal, limit: indexLimit },
    outbound: endpoints.outbound,
  });
  const published = publishedDigests(index, { chart, version });
  if (published.includes(digest)) return;
  if (published.length === 0) {
    io.note(`the repository of the chart publishes no digest of ${label} ${version}: not compared`);
    return;
  }
  throw new PreconditionError(
    `the ${label} chart ${version} that came is not the one that its repository publishes: it has the SHA-256 ${digest}, the index says ${published.join(' or ')}`,
    `Nothing of it was installed. Something between this machine and the repository changes what it fetches; the index: ${url}`,
  );
}
