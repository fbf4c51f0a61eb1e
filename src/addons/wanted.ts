import { chartPins } from '../cluster/talos/pins.js';
import type { AddonKey, ClusterConfig } from '../config/schema.js';
import type { AddonFacts, ChartAddon, HelmValues, MachineNeeds } from './addon.js';
import { cilium } from './cilium.js';
import { mergeHelmValues } from './merge-values.js';
import { addonTable } from './table.js';

/** A chart as cluster.yaml wants it installed. */
export interface WantedChart {
  readonly addon: ChartAddon;
  /** Empty: whatever the chart on this machine has. */
  readonly version: string;
  readonly values: HelmValues;
  /** Keys of the user's values that are not taken. */
  readonly kept: readonly string[];
  /** In texts, with its version: `hcloud-csi 2.22.1`. */
  readonly label: string;
  /** Its name in its repository. */
  readonly chart: string;
  /** Repository, OCI URL or path. */
  readonly from: string;
  /** The place is the user's own, which no mirror replaces. */
  readonly ownPlace: boolean;
  /** The section of its values in cluster.yaml: `addons.hcloud_csi.values`. */
  readonly valuesKey: string;
}

/** All addons of the table that are charts and have a section in cluster.yaml. */
export const optionalCharts: readonly (ChartAddon & { readonly key: AddonKey })[] =
  addonTable.flatMap((addon) =>
    addon.kind === 'chart' && addon.key !== undefined ? [{ ...addon, key: addon.key }] : [],
  );

/** All charts beside Cilium that this cluster may have: those of the table, and the user's own. */
export function chartAddons({ addons }: ClusterConfig): readonly ChartAddon[] {
  return [...optionalCharts, ...addons.charts.map(ownAddon)];
}

/** Those that cluster.yaml asks for, without Cilium, each after what it needs. */
export function wantedAddons(config: ClusterConfig, facts: AddonFacts): readonly WantedChart[] {
  return [
    ...optionalCharts.flatMap((addon) =>
      config.addons[addon.key].enabled ? [wantedChart(config, addon, facts)] : [],
    ),
    ...config.addons.charts.map(wantedOwn),
  ];
}

type OwnChart = ClusterConfig['addons']['charts'][number];

/** What it needs oxide cannot know: it comes after all others. */
function ownAddon({ name, namespace = name, pod_security: podSecurity }: OwnChart): ChartAddon {
  return {
    ...{ kind: 'chart', key: undefined, name, title: name, core: false, namespace },
    ...{ release: name, workloads: [], values: () => ({}), protectedKeys: [] },
    needs: optionalCharts.map((one) => one.name),
    ...(podSecurity !== undefined && { podSecurity }),
    about: { purpose: '', cost: '', remarks: '', stays: 'Its definitions and claims may stay.' },
  };
}

function wantedOwn(one: OwnChart): WantedChart {
  const { name, chart, repository, version, values = {} } = one;
  return {
    ...{ addon: ownAddon(one), values, kept: [], label: name, ownPlace: true },
    version: version ?? '',
    chart: repository === undefined ? (chart.split('/').at(-1) ?? chart) : chart,
    from: repository ?? chart,
    valuesKey: `addons.charts (${name})`,
  };
}

function wantedChart(
  config: ClusterConfig,
  addon: ChartAddon & { readonly key: AddonKey },
  facts: AddonFacts,
): WantedChart {
  const { version, chart, values: user } = config.addons[addon.key];
  const pin = chartPins[addon.key];
  const merged = mergeHelmValues(addon.values(config, facts), {
    user,
    protectedKeys: addon.protectedKeys,
  });
  return {
    addon,
    version: version ?? (isOnMachine(chart) ? '' : pin.version),
    values: merged.values,
    kept: merged.kept,
    label: addon.name,
    chart: pin.chart,
    // In a registry every chart has an address of its own.
    from: chart ?? pin.repository.replace(/^oci:.*$/, `$&/${pin.chart}`),
    ownPlace: chart !== undefined,
    valuesKey: `addons.${addon.key}.values`,
  };
}

/** A path, and no address. */
function isOnMachine(chart: string | undefined): boolean {
  return chart !== undefined && !/^[a-z]+:\/\//.test(chart);
}

/** Cilium, whose keys have a section of their own. `repository`: where its chart is unless told. */
export function wantedCilium(config: ClusterConfig, repository: string): WantedChart {
  const { version, chart, helm_values: user } = config.cilium;
  const merged = mergeHelmValues(cilium.values(config, { tokenMark: undefined }), {
    user,
    protectedKeys: cilium.protectedKeys,
  });
  return {
    addon: cilium,
    version,
    values: merged.values,
    kept: merged.kept,
    label: 'Cilium',
    chart: 'cilium',
    from: chart ?? repository,
    ownPlace: true,
    valuesKey: 'cilium.helm_values',
  };
}

/** True when something in the cluster has to speak to Hetzner. */
export function needsToken(config: ClusterConfig): boolean {
  return optionalCharts.some(({ key, usesToken }) => usesToken && config.addons[key].enabled);
}

/** The addons that need something of nodes. */
export const machineAddons = optionalCharts.flatMap(({ machine }) => machine ?? []);

/** What nodes have to be made with for the addons that are on, by the key of cluster.yaml. */
export function machineNeeds(
  config: ClusterConfig,
): readonly { readonly key: AddonKey; readonly needs: MachineNeeds }[] {
  return optionalCharts.flatMap(({ key, machine }) =>
    machine && config.addons[key].enabled ? [{ key, needs: machine }] : [],
  );
}
