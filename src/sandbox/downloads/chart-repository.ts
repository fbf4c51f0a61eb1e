import { createHash } from 'node:crypto';
import { tarGzip } from './archive.js';
import { ciliumChart } from './chart/cilium.js';
import { filesOf } from './charts/stand-in.js';
import { standIns } from './charts/table.js';

/**
 * Releases of Cilium that the simulated repository carries: every patch level of a minor up to
 * the last one seen (Cilium release notes, August to November 2026).
 */
const lastPatches = [
  { minor: '1.20', lastPatch: 4 },
  { minor: '1.19', lastPatch: 7 },
  { minor: '1.18', lastPatch: 14 },
  { minor: '1.17', lastPatch: 18 },
];

const ciliumVersions = lastPatches.flatMap(({ minor, lastPatch }) =>
  Array.from({ length: lastPatch + 1 }, (_, index) => `${minor}.${lastPatch - index}`),
);

interface Chart {
  readonly name: string;
  readonly version: string;
  readonly appVersion: string;
  readonly files: () => Map<string, string>;
}

const charts: readonly Chart[] = [
  ...ciliumVersions.map((version) => ({
    ...{ name: 'cilium', version, appVersion: version },
    files: () => ciliumChart(version),
  })),
  ...standIns.flatMap((chart) =>
    chart.releases.map((release) => ({
      ...release,
      name: chart.name,
      files: () => filesOf(chart, release),
    })),
  ),
];

const fileOf = ({ name, version }: Chart): string => `${name}-${version}.tgz`;

const byFile = new Map(charts.map((chart) => [fileOf(chart), chart]));

/** Packed once: asking for the index needs all of them. */
const archives = new Map<Chart, Promise<Buffer>>();

/** The repository's `index.yaml`; helm resolves the archives' addresses relative to it. */
export async function chartIndex(): Promise<string> {
  const names = [...new Set(charts.map(({ name }) => name))];
  const entries = await Promise.all(
    names.map(async (name) => {
      const own = charts.filter((chart) => chart.name === name);
      return `  ${name}:\n${(await Promise.all(own.map(entryOf))).join('\n')}\n`;
    }),
  );
  return `apiVersion: v1\nentries:\n${entries.join('')}`;
}

async function entryOf(chart: Chart): Promise<string> {
  const digest = createHash('sha256')
    .update(await packed(chart))
    .digest('hex');
  return `    - apiVersion: v2
      name: ${chart.name}
      version: ${chart.version}
      appVersion: ${chart.appVersion}
      description: A stand-in for the ${chart.name === 'cilium' ? 'Cilium chart' : `chart ${chart.name}`}
      digest: ${digest}
      urls: [${fileOf(chart)}]`;
}

/** A chart's archive by its file's name, or undefined when there is no such release. */
export async function chartArchive(file: string): Promise<Buffer | undefined> {
  const chart = byFile.get(file);
  return chart && packed(chart);
}

function packed(chart: Chart): Promise<Buffer> {
  const known = archives.get(chart) ?? tarGzip(chart.files());
  archives.set(chart, known);
  return known;
}
