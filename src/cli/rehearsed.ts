import { isManifestUrl } from '../config/manifest-places.js';
import type { ClusterConfig } from '../config/schema.js';
import { isChartUrl } from '../tools/helm.js';

/**
 * The simulated internet has no mirrors, only what they are mirrors of; and of others' charts only those
 * that oxide knows.
 */
export function rehearsed(config: ClusterConfig): ClusterConfig {
  const { charts, manifests, ...sections } = config.addons;
  const addons = Object.fromEntries(
    Object.entries(sections).map(([key, section]) => [
      key,
      typeof section === 'object' && 'enabled' in section ? withoutMirror(section) : section,
    ]),
  ) as Omit<ClusterConfig['addons'], 'charts' | 'manifests'>;
  const own = charts.filter(
    ({ chart, repository }) => repository === undefined && !isChartUrl(chart),
  );
  return {
    ...config,
    talos: { ...config.talos, image_url: undefined },
    cilium: withoutMirror(config.cilium),
    addons: {
      ...addons,
      charts: own,
      manifests: manifests.filter(({ place }) => !isManifestUrl(place)),
    },
  };
}

function withoutMirror<T extends { readonly chart?: string | undefined }>(section: T): T {
  const { chart, ...rest } = section;
  return chart !== undefined && isChartUrl(chart) ? (rest as T) : section;
}
