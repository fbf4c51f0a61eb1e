import { isDeepStrictEqual } from 'node:util';
import coerce from 'semver/functions/coerce.js';
import gt from 'semver/functions/gt.js';
import type { ClusterConfig } from '../../../config/schema.js';
import type { HelmValues } from '../../../addons/addon.js';
import { ciliumValues, wantedCiliumValues } from '../../../addons/cilium.js';
import { hasGatewayApi, installedChannel, installedRelease } from '../../kubernetes/gateway-api.js';
import { gatewayWish } from '../../talos/gateway-wish.js';
import type { InstalledCharts } from '../../kubernetes/installed.js';
import { metadataPolicyName } from '../../kubernetes/metadata-policy.js';
import { gatewayApiVersion } from '../../talos/versions.js';
import type { Difference } from '../difference.js';
import { addonEffect, effectOf } from './key-effects.js';
import { tool } from '../../../lib/commands.js';

/** What a change of Cilium's version brings along beside Cilium itself. */
const gatewayRemark = 'the Gateway API that belongs to Cilium';

const channelKey = 'addons.gateway_api.channel';

/** What a new revision of Cilium's release brings about; its policy is applied by itself. */
export function isAboutCilium({ key }: Difference): boolean {
  return (key === 'cilium' || key.startsWith('cilium.')) && key !== 'cilium.block_metadata';
}

export function isAboutGatewayApi({ key, remark }: Difference): boolean {
  return key === channelKey || (remark?.startsWith(gatewayRemark) ?? false);
}

/** How what is installed in Kubernetes differs from cluster.yaml; what is not there at all is not told here. */
export function chartDifferences(
  config: ClusterConfig,
  installed: InstalledCharts | undefined,
): readonly Difference[] {
  if (!installed) return [];
  const { cilium, gatewayApi } = installed;
  const { version } = config.cilium;
  const bundle = gatewayApiVersion(version);
  const ofVersion = { key: 'cilium.version', servers: [], ...effectOf('cilium.version') };
  return [
    ...(gatewayApi === undefined || gatewayApi === bundle
      ? []
      : [
          {
            ...ofVersion,
            found: gatewayApi,
            wanted: bundle,
            remark: `${gatewayRemark} ${version}${direction(gatewayApi, bundle)}`,
          },
        ]),
    ...channelDifferences(config, installed),
    ...(cilium && cilium.version !== version
      ? [
          {
            ...ofVersion,
            found: cilium.version,
            wanted: version,
            remark: direction(cilium.version, version).replace(/^, /, '') || undefined,
          },
        ]
      : []),
    ...(cilium ? valueDifferences(config, cilium.values) : []),
    ...(cilium ? metadataDifferences(config, installed) : []),
  ];
}

/** Another release brings its channel along. */
function channelDifferences(
  config: ClusterConfig,
  { definitions }: InstalledCharts,
): readonly Difference[] {
  const wish = gatewayWish(config);
  const found = installedChannel(definitions);
  const isOfRelease = installedRelease(definitions) === wish.wanted;
  if (found === undefined || !isOfRelease || hasGatewayApi(definitions, wish)) return [];
  return [{ key: channelKey, servers: [], found, wanted: wish.channel, ...addonEffect }];
}

/** A create closes the metadata service and does not open it: it takes nothing away. */
function metadataDifferences(
  { cilium: { block_metadata: wanted } }: ClusterConfig,
  { metadataBlocked: found }: InstalledCharts,
): readonly Difference[] {
  if (found === wanted) return [];
  const key = 'cilium.block_metadata';
  const sides = { key, servers: [], found: String(found), wanted: String(wanted) };
  if (wanted) return [{ ...sides, ...effectOf(key) }];
  const way = tool`kubectl delete ciliumclusterwidenetworkpolicy ${metadataPolicyName}`;
  return [{ ...sides, effect: 'live', by: 'apply', way }];
}

function direction(found: string, wanted: string): string {
  const [from, to] = [coerce(found), coerce(wanted)];
  return from && to && gt(from, to) ? ', a downgrade' : '';
}

/** Values of oxide's that not every version of Cilium gets. */
const ofSomeVersions = ['hubble.tls.auto.method'];

/** The user's own values may hold secrets: of them only the key is told. */
function valueDifferences(config: ClusterConfig, found: HelmValues): readonly Difference[] {
  const user = config.cilium.helm_values;
  const wanted = wantedCiliumValues(config).values;
  return changedPaths(found, wanted).map(({ path, was, is }): Difference => {
    const isOwn = path in flat(ciliumValues(config)) || ofSomeVersions.includes(path);
    const isUsers = path in flat(user) || !isOwn;
    const key = isUsers
      ? 'cilium.helm_values'
      : path.startsWith('hubble.') && !path.startsWith('hubble.tls.')
        ? 'cilium.enable_hubble'
        : undefined;
    const show = (value: unknown): string | null => {
      if (value === undefined) return null;
      return isUsers ? `${path}=…` : `${path}=${JSON.stringify(value)}`;
    };
    const reason = path === 'operator.replicas' ? 'as many as nodes take them, two at most' : '';
    return {
      ...{ key: key ?? 'cilium', servers: [], found: show(was) },
      wanted: isUsers && was !== undefined && is !== undefined ? 'another value' : show(is),
      ...effectOf(key ?? 'cilium.helm_values'),
      remark: key === undefined ? reason || "oxide's own value for this cluster" : undefined,
    };
  });
}

interface ChangedPath {
  readonly path: string;
  readonly was: unknown;
  readonly is: unknown;
}

function changedPaths(found: HelmValues, wanted: HelmValues): readonly ChangedPath[] {
  const [before, after] = [flat(found), flat(JSON.parse(JSON.stringify(wanted)) as HelmValues)];
  const paths = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return paths.flatMap((path) =>
    isDeepStrictEqual(before[path], after[path])
      ? []
      : [{ path, was: before[path], is: after[path] }],
  );
}

/** Mappings as dotted paths; lists and empty mappings are values. */
function flat(values: HelmValues, path = ''): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([key, value]): [string, unknown][] => {
      const at = path === '' ? key : `${path}.${key}`;
      const isMapping = typeof value === 'object' && value !== null && !Array.isArray(value);
      if (!isMapping || Object.keys(value).length === 0) return [[at, value]];
      return Object.entries(flat(value as HelmValues, at));
    }),
  );
}
