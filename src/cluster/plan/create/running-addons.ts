import { optionalCharts } from '../../../addons/wanted.js';
import type { ClusterConfig } from '../../../config/schema.js';
import { oxide } from '../../../lib/commands.js';
import type { Answer } from '../../../lib/answer.js';
import type { InstalledAddon, InstalledCharts } from '../../kubernetes/installed.js';
import type { ClusterState } from '../../state/cluster-state.js';
import { hasAddonNeed, type KnownOfNode } from '../../talos/found-settings.js';

/**
 * cluster.yaml without the addons that a create cannot bring to this cluster, because none of its control
 * planes was made with what they need. It says so as a difference of the nodes, and waits for nothing.
 */
export function withoutImpossibleAddons(
  config: ClusterConfig,
  { servers }: ClusterState,
  known: ReadonlyMap<number, KnownOfNode>,
): ClusterConfig {
  const controlPlanes = servers.filter(({ role }) => role === 'control-plane');
  // One of which nothing is known may have it.
  const lacking = (what: string): boolean =>
    controlPlanes.length > 0 &&
    controlPlanes.every(({ id }) => hasAddonNeed(known.get(id), what) === false);
  return withoutAddons(
    config,
    ({ machine }) => machine?.controlPlanes !== undefined && lacking(machine.what),
  );
}

/**
 * cluster.yaml without the addons that nodes are made for and that are not installed: scaling and
 * replacing nodes installs none, and a node that waits for a controller takes no pods.
 */
export function withInstalledAddons(
  config: ClusterConfig,
  installed: Answer<InstalledCharts>,
): ClusterConfig {
  if ('unknown' in installed) return config;
  const { addons } = installed.is;
  return withoutAddons(
    config,
    ({ name, machine }) =>
      machine !== undefined && !addons.some((one) => one.name === name && isThere(one)),
  );
}

/** An upgrade that failed, or was stopped, has left running what was there before it. */
function isThere({ status }: InstalledAddon): boolean {
  return ['deployed', 'failed', 'pending-upgrade', 'pending-rollback'].includes(status ?? '');
}

/** Names of the addons that one configuration has and the other has not. */
export function missingAddons(all: ClusterConfig, some: ClusterConfig): readonly string[] {
  return optionalCharts
    .filter(({ key }) => all.addons[key].enabled && !some.addons[key].enabled)
    .map(({ name }) => name);
}

/** Why a create or an apply leaves addons out that `withoutImpossibleAddons` took away. */
export const lackText = 'no control plane was made with what it needs of the machine configuration';

/** What is said of the addons of these names. */
export function leftOutWarnings(names: readonly string[]): readonly string[] {
  return names.map((name) => `${name} is left out: ${lackText} (${oxide`status`}).`);
}

/** cluster.yaml without the addons of which this is true. */
export function withoutAddons(
  config: ClusterConfig,
  isOff: (addon: (typeof optionalCharts)[number]) => boolean,
): ClusterConfig {
  const off = optionalCharts.filter((addon) => config.addons[addon.key].enabled && isOff(addon));
  if (off.length === 0) return config;
  const addons = off.reduce<ClusterConfig['addons']>(
    (all, { key }) => ({ ...all, [key]: { ...all[key], enabled: false } }),
    config.addons,
  );
  return { ...config, addons };
}
