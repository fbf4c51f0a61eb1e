import { wantedAddons } from '../../../addons/wanted.js';
import type { ClusterConfig } from '../../../config/schema.js';
import type { InstalledAddon } from '../../kubernetes/installed.js';
import {
  isOpenManifest,
  manifestStates,
  shortDigest,
  wantedManifests,
  type ManifestState,
} from '../../kubernetes/manifests.js';
import { metadataAddress } from '../../kubernetes/metadata-policy.js';
import { gatewayApiVersion } from '../../talos/versions.js';
import { addonUpdate } from '../differences/addon-differences.js';
import { isAboutCilium, isAboutGatewayApi } from '../differences/chart-differences.js';
import { sidesText, type Difference } from '../difference.js';
import type { Change, KubernetesState } from '../plan.js';

/** What has to be done in Kubernetes, the Gateway API and Cilium first. */
export function kubernetesChanges(
  config: ClusterConfig,
  { running, installed }: Pick<KubernetesState, 'running' | 'installed'>,
  differences: readonly Difference[],
): readonly Change[] {
  const { talos, cilium, cluster_name: name } = config;
  const missing = (there: boolean, kind: Change['kind'], detail: string): readonly Change[] =>
    there ? [] : [{ action: 'create', kind, name, detail }];
  const updates = (kind: Change['kind'], changed: readonly Difference[]): readonly Change[] =>
    changed.length === 0
      ? []
      : [{ action: 'update', kind, name, detail: changed.map(sidesText).join(', ') }];
  return [
    ...missing(running, 'kubernetes', `${talos.kubernetes_version} on Talos ${talos.version}`),
    ...(installed?.gatewayApi === undefined
      ? missing(false, 'gateway-api', gatewayApiVersion(cilium.version))
      : updates('gateway-api', differences.filter(isAboutGatewayApi))),
    ...(installed?.cilium === undefined
      ? missing(false, 'cilium', cilium.version)
      : updates(
          'cilium',
          differences.filter((one) => isAboutCilium(one) && !isAboutGatewayApi(one)),
        )),
    ...addonChanges(config, installed?.addons ?? []),
    ...manifestChanges(config, installed?.manifests),
    ...missing(
      (installed?.metadataBlocked ?? false) || !cilium.block_metadata,
      'network-policy',
      `keeps pods from ${metadataAddress}`,
    ),
  ];
}

/** The user's own come last; a cluster that is still to be made gets all of them. */
function manifestChanges(
  config: ClusterConfig,
  states: readonly ManifestState[] | undefined,
): readonly Change[] {
  const found = states ?? manifestStates(wantedManifests(config), {});
  return found.filter(isOpenManifest).map(({ name, wanted, applied }): Change => {
    const digest = wanted?.digest === undefined ? undefined : shortDigest(wanted.digest);
    if (!applied)
      return {
        action: 'create',
        kind: 'manifest',
        name,
        detail: digest ?? wanted?.problem ?? 'fetched when the cluster runs',
      };
    const detail = `${shortDigest(applied.digest)} → ${digest ?? '?'}`;
    return { action: 'update', kind: 'manifest', name, detail };
  });
}

/** A release that is not as it should be is brought there, also one that is there by half. */
function addonChanges(
  config: ClusterConfig,
  installed: readonly InstalledAddon[],
): readonly Change[] {
  // Which token they get changes nothing of which they are.
  return wantedAddons(config, { tokenMark: undefined }).flatMap(
    ({ addon: { name }, version, from }): Change[] => {
      const found = installed.find((one) => one.name === name);
      if (found?.same) return [];
      if (found?.status !== 'deployed') {
        return [{ action: 'create', kind: 'addon', name, detail: version || from }];
      }
      return [{ action: 'update', kind: 'addon', name, detail: addonUpdate(found, version) }];
    },
  );
}
