import { isAbsolute, resolve } from 'node:path';
import type { ClusterConfig } from './schema.js';

/** The same with the paths of charts as cluster.yaml means them: relative to its own folder. */
export function withChartPlaces(config: ClusterConfig, folder: string): ClusterConfig {
  const placed = <T extends { readonly chart?: string | undefined }>(one: T): T =>
    one.chart === undefined ? one : { ...one, chart: chartPlace(one.chart, folder) };
  const addons = Object.fromEntries(
    Object.entries(config.addons).map(([key, section]) => [
      key,
      typeof section === 'object' ? placed(section) : section,
    ]),
  ) as ClusterConfig['addons'];
  return { ...config, cilium: placed(config.cilium), addons };
}

function chartPlace(chart: string, folder: string): string {
  const isUrl = /^[a-z]+:\/\//.test(chart);
  return isUrl || isAbsolute(chart) ? chart : resolve(folder, chart);
}
