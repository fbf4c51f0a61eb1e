import { optionalCharts } from '../../../addons/wanted.js';
import type { InstalledAddon, InstalledCharts } from '../../kubernetes/installed.js';
import { isOpenManifest, shortDigest, type ManifestState } from '../../kubernetes/manifests.js';
import type { Difference } from '../difference.js';
import { addonEffect } from './key-effects.js';

/** How the addons that are there differ from cluster.yaml; their values may hold secrets, and are not told. */
export function addonDifferences({ addons, manifests }: InstalledCharts): readonly Difference[] {
  return [...ofCharts(addons), ...manifests.flatMap(manifestDifference)];
}

function manifestDifference(state: ManifestState): readonly Difference[] {
  const { name, wanted, applied } = state;
  if (!wanted || !applied || !isOpenManifest(state)) return [];
  return [
    {
      ...{ key: 'addons.manifests', servers: [], found: shortDigest(applied.digest) },
      ...{ wanted: shortDigest(wanted.digest ?? ''), remark: name, ...addonEffect },
    },
  ];
}

function ofCharts(addons: readonly InstalledAddon[]): readonly Difference[] {
  return addons.flatMap((one): Difference[] => {
    const { name, wanted, version, same, status } = one;
    if (wanted === undefined || same || status !== 'deployed') return [];
    const key = optionalCharts.find((addon) => addon.name === name)?.key ?? `charts.${name}`;
    const differs = isOtherVersion(one, wanted);
    return [
      {
        key: `addons.${key}.${differs ? 'version' : 'values'}`,
        servers: [],
        found: differs ? (version ?? null) : 'other values',
        wanted: differs ? wanted : "oxide's values and those of cluster.yaml",
        ...addonEffect,
      },
    ];
  });
}

/** What an update of it changes: `1.34.0 → 1.35.0`, or only its values. */
export function addonUpdate(found: InstalledAddon, wanted: string): string {
  return isOtherVersion(found, wanted) ? `${found.version ?? '?'} → ${wanted}` : 'other values';
}

function isOtherVersion({ version }: InstalledAddon, wanted: string): boolean {
  return wanted !== '' && version !== wanted.replace(/^v/, '');
}
