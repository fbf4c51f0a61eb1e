import { cilium } from '../../../addons/cilium.js';
import { addonTable } from '../../../addons/table.js';
import { chartAddons, optionalCharts, wantedAddons } from '../../../addons/wanted.js';
import type { ClusterConfig } from '../../../config/schema.js';
import { oxide } from '../../../lib/commands.js';
import { PreconditionError, UsageError } from '../../../lib/errors.js';
import { enumerate } from '../../../lib/format.js';
import { failingAddons, type AddonsSeen } from '../../kubernetes/addon-health.js';
import { checkGatewayApi } from '../../kubernetes/gateway-api.js';
import { gatewayWish } from '../../talos/gateway-wish.js';
import type { InstalledAddon } from '../../kubernetes/installed.js';
import { manifestWarnings, objectsText, type ManifestState } from '../../kubernetes/manifests.js';
import type { Cost } from '../../state/cost.js';
import { addonDifferences } from '../differences/addon-differences.js';
import { chartDifferences } from '../differences/chart-differences.js';
import { tokenNotes } from './create-notes.js';
import { kubernetesChanges } from './kubernetes-changes.js';
import type { Change, KeptEntry, ShownPlan } from '../plan.js';
import { lackText, leftOutWarnings } from './running-addons.js';

export interface AddonsInput extends AddonsSeen {
  readonly config: ClusterConfig;
  /** As they were typed; none: all. */
  readonly names: readonly string[];
  readonly tokenSource: string;
  readonly cost: Cost;
  /** What cluster.yaml asks for and the nodes that are there cannot have, is not in `config`: its names. */
  readonly impossible: readonly string[];
}

/** What of the addons is installed or brought to what cluster.yaml wants. */
export interface AddonsPlan extends ShownPlan {
  /** Names of those that are applied, `gateway-api` and `cilium` among them. */
  readonly apply: readonly string[];
  /** Whether the policy that closes the metadata service is applied. */
  readonly closesMetadata: boolean;
}

/** Those that are named, or all that are not there as cluster.yaml wants them or do not work. */
export function planAddons(input: AddonsInput): AddonsPlan {
  const { config, installed, tokenSource, cost } = input;
  const named = input.names.map((name) => wantedName(input, name));
  checkGatewayApi(installed.definitions, gatewayWish(config));
  const differences = [...chartDifferences(config, installed), ...addonDifferences(installed)];
  // The definitions belong to Cilium: a version of it comes with theirs.
  const meant = named.includes(cilium.name) ? [...named, 'gateway-api'] : named;
  const isMeant = (name: string): boolean => meant.length === 0 || meant.includes(name);
  const changes = kubernetesChanges(config, { running: true, installed }, differences).filter(
    (change) => isMeant(addonOf(change)),
  );
  const open = changes.map(addonOf);
  const again = againChanges(input, named).filter((change) => !open.includes(addonOf(change)));
  const all = [...changes, ...again];
  return {
    cluster: config.cluster_name,
    changes: all,
    differences,
    apply: all.map(addonOf),
    closesMetadata: all.some(({ kind }) => kind === 'network-policy'),
    cost: { now: cost, after: cost },
    notes: all.some(({ kind }) => kind === 'addon') ? tokenNotes(config, tokenSource) : [],
    warnings: [...leftOutWarnings(input.impossible), ...manifestWarnings(installed.manifests)],
  };
}

/** The addon that a change is about; the policy for the metadata service comes with Cilium. */
function addonOf({ kind, name }: Change): string {
  if (kind === 'addon' || kind === 'manifest') return name;
  return kind === 'gateway-api' ? kind : cilium.name;
}

/** What is there as it should be, and is applied all the same: somebody asked for it, or it does not work. */
function againChanges(input: AddonsInput, named: readonly string[]): readonly Change[] {
  const failing = failingAddons(input.config, input).map(
    ({ addon, why }) => [addon.name, why] as const,
  );
  const reasons = new Map<string, string>([
    ...named.map((name) => [name, 'it was named'] as const),
    ...failing.filter(([name]) => named.length === 0 || named.includes(name)),
  ]);
  const isManifest = (name: string): boolean =>
    input.config.addons.manifests.some(({ place }) => place === name);
  return [...reasons].map(([name, why]): Change => {
    const kind =
      name === 'gateway-api' || name === 'cilium' ? name : isManifest(name) ? 'manifest' : 'addon';
    const { cluster_name: cluster } = input.config;
    return {
      ...{ action: 'update', kind, name: kind === 'addon' || kind === 'manifest' ? name : cluster },
      detail: `applied again: ${why}`,
    };
  });
}

/** The names by which addons of this cluster are called. */
function wantedNames(config: ClusterConfig): readonly string[] {
  const charts = wantedAddons(config, { tokenMark: undefined }).map(({ addon }) => addon.name);
  return ['gateway-api', cilium.name, ...charts];
}

/** Also as cluster.yaml writes it: `hcloud_csi`. */
function addonName(typed: string): string {
  return typed.replaceAll('_', '-');
}

function wantedName({ config, impossible }: AddonsInput, typed: string): string {
  if (config.addons.manifests.some(({ place }) => place === typed)) return typed;
  const name = addonName(typed);
  if (impossible.includes(name)) {
    throw new PreconditionError(
      `${name} cannot be installed: ${lackText}`,
      `What the nodes lack, and how they come to it: ${oxide`status`}`,
    );
  }
  if (wantedNames(config).includes(name)) return name;
  const off = addonTable.some((addon) => addon.name === name);
  if (off) {
    throw new UsageError(
      `the addon ${name} is switched off in cluster.yaml`,
      `Switch it on there: addons.${name.replaceAll('-', '_')}.enabled: true`,
    );
  }
  throw unknownAddon(config, typed);
}

/** For a name that no addon has. */
function unknownAddon(config: ClusterConfig, typed: string): UsageError {
  const names = [...new Set([...addonTable.map(({ name }) => name), ...wantedNames(config)])];
  return new UsageError(
    `there is no addon "${typed}"`,
    `There are ${enumerate(names)}; those of this cluster: ${oxide`addons`}`,
  );
}

/** The name of an addon that may be removed; throws for one that may not, and for none. */
export function removableName(config: ClusterConfig, typed: string): string {
  const name = addonName(typed);
  if (name === cilium.name || name === 'gateway-api') {
    throw new UsageError(
      `${name} cannot be removed: the cluster has no network without it`,
      `What there is: ${oxide`addons`}`,
    );
  }
  if (chartAddons(config).some((one) => one.name === name)) return name;
  throw unknownAddon(config, typed);
}

export interface RemovalInput {
  readonly config: ClusterConfig;
  /** Its name. */
  readonly name: string;
  readonly installed: readonly InstalledAddon[];
  /** What it made at Hetzner, and what it costs. */
  readonly leaves: readonly KeptEntry[];
  readonly cost: Cost;
}

/** The plan of a removal, with what it leaves. */
export function planAddonRemoval(input: RemovalInput): ShownPlan {
  const { config, name, installed, leaves, cost } = input;
  const addon = installed.find((one) => one.name === name);
  const about = chartAddons(config).find((one) => one.name === name)?.about;
  return {
    cluster: config.cluster_name,
    changes: [{ action: 'delete', kind: 'addon', name, detail: addon?.version ?? '?' }],
    stays: leaves,
    cost: { now: cost, after: cost },
    notes: about?.stays === undefined ? [] : [about.stays],
    warnings: [
      ...neededWarnings(name, installed),
      ...(addon?.wanted === undefined
        ? []
        : [`cluster.yaml still asks for it: the next ${oxide`create`} installs it again.`]),
    ],
  };
}

interface ManifestRemoval {
  readonly config: ClusterConfig;
  readonly state: ManifestState;
  readonly cost: Cost;
}

/** The plan of taking out what a manifest has made. */
export function planManifestRemoval({ config, state, cost }: ManifestRemoval): ShownPlan {
  const { name, wanted, applied } = state;
  const objects = applied?.objects ?? [];
  const takesMore = objects.some(({ kind }) => /^(CustomResourceDefinition|Namespace)$/.test(kind));
  return {
    cluster: config.cluster_name,
    changes: [{ action: 'delete', kind: 'manifest', name, detail: objectsText(objects) }],
    cost: { now: cost, after: cost },
    notes: takesMore
      ? ['With a namespace or a definition goes everything that is in or of it.']
      : [],
    warnings: wanted
      ? [`cluster.yaml still asks for it: the next ${oxide`create`} applies it again.`]
      : [],
  };
}

function neededWarnings(name: string, installed: readonly InstalledAddon[]): readonly string[] {
  const users = installed.filter(
    (one) =>
      one.status !== undefined &&
      optionalCharts.some((addon) => addon.name === one.name && addon.needs.includes(name)),
  );
  if (users.length === 0) return [];
  const names = enumerate(users.map((one) => one.name));
  return [`${names} ${users.length > 1 ? 'need' : 'needs'} it.`];
}
