import { isAbsolute, resolve } from 'node:path';
import { messageOf } from '../lib/errors.js';
import type { ReadFile } from './patches.js';
import type { ClusterConfig } from './schema.js';
import { readYaml, type Problem, type YamlSource } from './source.js';

/** From where the files are read that cluster.yaml names. */
export interface Around {
  /** That of cluster.yaml. */
  readonly folder: string;
  readonly read: ReadFile;
  readonly source: YamlSource;
}

type OwnChart = ClusterConfig['addons']['charts'][number];

/**
 * The same with the charts as cluster.yaml means them: paths are relative to its own folder, and files
 * of values are read.
 */
export function withChartPlaces(
  config: ClusterConfig,
  around: Around,
): { readonly config: ClusterConfig; readonly problems: readonly Problem[] } {
  const placed = <T extends { readonly chart?: string | undefined }>(one: T): T =>
    one.chart === undefined ? one : { ...one, chart: chartPlace(one.chart, around.folder) };
  const sections = Object.fromEntries(
    Object.entries(config.addons).map(([key, section]) => [
      key,
      typeof section === 'object' && 'chart' in section ? placed(section) : section,
    ]),
  ) as ClusterConfig['addons'];
  const own = config.addons.charts.map((one, index) => withValues(one, index, around));
  const charts = own.map(({ chart }) => (chart.repository === undefined ? placed(chart) : chart));
  return {
    config: { ...config, cilium: placed(config.cilium), addons: { ...sections, charts } },
    problems: own.flatMap(({ problem }) => problem ?? []),
  };
}

function chartPlace(chart: string, folder: string): string {
  const isUrl = /^[a-z]+:\/\//.test(chart);
  return isUrl || isAbsolute(chart) ? chart : resolve(folder, chart);
}

/** The values in the place of the file that holds them. */
function withValues(
  chart: OwnChart,
  index: number,
  { folder, read, source }: Around,
): { readonly chart: OwnChart; readonly problem?: Problem } {
  const { values_file: file } = chart;
  if (file === undefined) return { chart };
  const path = ['addons', 'charts', index, 'values_file'];
  const found = valuesIn(isAbsolute(file) ? file : resolve(folder, file), read);
  if ('values' in found) return { chart: { ...chart, values: found.values } };
  const reason = `${file} ${found.reason}`;
  return { chart, problem: { position: source.valueAt(path), path: path.join('.'), reason } };
}

type Values = NonNullable<OwnChart['values']>;

function valuesIn(
  path: string,
  read: ReadFile,
): { readonly values: Values } | { readonly reason: string } {
  let text: string | undefined;
  try {
    text = read(path);
  } catch (error) {
    return { reason: `cannot be read: ${messageOf(error)}` };
  }
  if (text === undefined) return { reason: 'does not exist' };
  const { value, problems } = readYaml(text);
  const [problem] = problems;
  if (problem) return { reason: `is no YAML: ${problem.reason}` };
  if (value === null || value === undefined) return { values: {} };
  if (typeof value !== 'object' || Array.isArray(value)) {
    return { reason: 'is no mapping of keys and values' };
  }
  return { values: value as Values };
}
