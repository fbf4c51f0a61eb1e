import { brokenCharts } from '../cluster/talos/pins.js';
import { chartProblem } from '../cluster/talos/versions.js';
import { isLoopback } from '../lib/outbound.js';
import { issuerRules } from './issuer-rules.js';
import { isManifestUrl } from './manifest-places.js';
import type { RuleProblem } from './rule-problem.js';
import type { ClusterConfig } from './schema.js';

/** What addons need of each other in the file. */
export function addonRules(config: ClusterConfig): readonly RuleProblem[] {
  const { addons } = config;
  return [
    ...issuerRules(config),
    ...brokenVersions(addons),
    ...addons.manifests.flatMap(({ place }, index) => manifestRules(addons, place, index)),
    ...addons.charts.flatMap((chart, index) => ownChartRules(chart, addons.charts, index)),
    ...(addons.load_balancers === 'hcloud' && !addons.hcloud_ccm.enabled
      ? [
          {
            path: ['addons', 'load_balancers'],
            reason:
              'asks for the cloud controller, and addons.hcloud_ccm is off: without it nobody would answer Services of the type LoadBalancer',
          },
        ]
      : []),
    ...(addons.external_dns.enabled && addons.external_dns.values['provider'] === undefined
      ? [
          {
            path: ['addons', 'external_dns', 'values'],
            reason: 'needs the provider of the zone: provider: { name: cloudflare }, for example',
          },
        ]
      : []),
  ];
}

/** Versions that are known to crash are worth nobody's try. */
function brokenVersions(addons: ClusterConfig['addons']): readonly RuleProblem[] {
  return (Object.keys(brokenCharts) as (keyof typeof brokenCharts)[]).flatMap((key) => {
    const { enabled, version } = addons[key];
    const reason = enabled && version !== undefined ? chartProblem(key, version) : undefined;
    return reason === undefined ? [] : [{ path: ['addons', key, 'version'], reason }];
  });
}

function manifestRules(
  { manifests }: ClusterConfig['addons'],
  place: string,
  index: number,
): readonly RuleProblem[] {
  const at = (reason: string): RuleProblem => ({ path: ['addons', 'manifests', index], reason });
  if (manifests.findIndex((one) => one.place === place) < index) return [at('is there twice')];
  if (place === 'cert-manager/issuers') return [at('is what oxide calls its own manifest')];
  if (!/[./]/.test(place)) return [at('is no path of a file such as ./web.yaml, and no URL')];
  if (!isManifestUrl(place)) return [];
  if (!URL.canParse(place)) return [at('is no web address')];
  const { protocol, hostname, username, password } = new URL(place);
  const isOpen = protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
  if (!isOpen) return [at('must begin with https://: what comes is applied with all rights')];
  if (username + password === '') return [];
  return [at('holds a name or a password, which the cluster and every plan would show')];
}

type OwnChart = ClusterConfig['addons']['charts'][number];

/** Names that oxide's own addons have; each is `addons.KEY` with dashes, or stands for the network. */
const takenNames =
  /^(cilium|gateway-api|hcloud-ccm|hcloud-csi|talos-ccm|metrics-server|cert-manager|external-dns|traefik|argocd|kube-prometheus-stack|hcloud-cloud-controller-manager|talos-cloud-controller-manager)$/;

function ownChartRules(
  { name, chart, repository, version, values, values_file: file }: OwnChart,
  all: readonly OwnChart[],
  index: number,
): readonly RuleProblem[] {
  const at = (key: string, reason: string): RuleProblem => ({
    path: ['addons', 'charts', index, key],
    reason,
  });
  const isUrl = /^[a-z]+:\/\//.test(chart);
  const isRemote = repository !== undefined || isUrl;
  return [
    ...(takenNames.test(name) ? [at('name', `"${name}" is an addon of oxide's`)] : []),
    ...(all.findIndex((one) => one.name === name) < index
      ? [at('name', `"${name}" is the name of another chart`)]
      : []),
    ...(isRemote && version === undefined ? [at('version', 'is required: it is fetched')] : []),
    ...(isUrl && (repository !== undefined || !chart.startsWith('oci://'))
      ? [at('chart', 'is an OCI URL, a path, or with `repository` a name there')]
      : []),
    ...(values !== undefined && file !== undefined
      ? [at('values_file', 'cannot stand beside `values`: one of them')]
      : []),
  ];
}
