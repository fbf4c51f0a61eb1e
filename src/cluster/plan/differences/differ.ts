import type { ClusterConfig } from '../../../config/schema.js';
import { candidateText, locationsText, typesText, wishText } from '../../catalogue/candidates.js';
import type { InstalledCharts } from '../../kubernetes/installed.js';
import type { ClusterState, FirewallRule, ServerState } from '../../state/cluster-state.js';
import { poolsOf, type RolePool } from '../../state/node-pools.js';
import { foundSettings, type KnownOfNode } from '../../talos/found-settings.js';
import {
  noSchematic,
  nodeSettings,
  settingsHash,
  type NodeKey,
  type NodeSettings,
} from '../../talos/node-settings.js';
import { schematicInstaller } from '../../catalogue/schematic.js';
import { labelKeys } from '../../state/labels.js';
import { addonDifferences } from './addon-differences.js';
import { balancerDifferences } from './balancer-differences.js';
import { chartDifferences } from './chart-differences.js';
import type { Difference } from '../difference.js';
import { isRemoval, wayOut } from './surplus.js';
import { matchedServers, missingServers, surplusServers, type MatchedServer } from './drift.js';
import { firewallDifferences } from './firewall-differences.js';
import {
  effectOf,
  machineEffect,
  workloadsEffect,
  type ConfigKey,
  type KeyEffect,
} from './key-effects.js';
import { networkDifferences } from './network-differences.js';
import { schematicToldOnce } from './schematic-differences.js';
import { oxide } from '../../../lib/commands.js';

export interface DifferInput {
  readonly config: ClusterConfig;
  readonly state: ClusterState;
  /** What is known of what nodes are made of, by the id of their server. */
  readonly known: ReadonlyMap<number, KnownOfNode>;
  /** The rules that the firewall is to have; undefined: nobody knows whom it is to admit. */
  readonly firewallRules: readonly FirewallRule[] | undefined;
  /** What is installed in Kubernetes; undefined: it was not asked, or did not answer. */
  readonly installed: InstalledCharts | undefined;
}

/**
 * Every difference between cluster.yaml and what exists, each once, in the order of the file's keys.
 * What is not known does not differ.
 */
export function differencesOf(input: DifferInput): readonly Difference[] {
  const { config, state } = input;
  if (state.servers.length === 0 && !state.network) return [];
  return [
    ...networkDifferences(config, state),
    ...firewallDifferences(input),
    ...balancerDifferences(config, state),
    ...grouped(matchedServers(config, state).flatMap((one) => settingDifferences(input, one))),
    ...chartDifferences(config, input.installed),
    ...(input.installed ? addonDifferences(input.installed) : []),
    ...missingServers(config, state).map((server): Difference => ({
      key: `${sectionOf(server.role)}.${server.pool}.count`,
      servers: [server.name],
      found: null,
      wanted: wishText(server.candidates),
      ...{ effect: 'addition', by: 'create', way: oxide`create` },
    })),
    ...grouped(matchedServers(config, state).flatMap((one) => placeDifferences(config, one))),
    ...surplusServers(config, state).map((server) => surplusDifference(input, server)),
  ];
}

function sectionOf(role: ServerState['role']): 'control_planes' | 'workers' {
  return role === 'worker' ? 'workers' : 'control_planes';
}

/** Keys that a pool has of its own. */
const poolKeys: Partial<Record<NodeKey, ConfigKey>> = {
  labels: 'pool.labels',
  taints: 'pool.taints',
};

function settingDifferences(
  { config, known }: DifferInput,
  { existing, wanted: { role, pool: name } }: MatchedServer,
): readonly Difference[] {
  const rolePool = poolOf(config, role, name);
  const facts = known.get(existing.id);
  if (!rolePool || !facts) return [];
  const wanted = nodeSettings(config, rolePool);
  if (!facts.recorded && !facts.configuration) {
    return labelDifferences({ existing, section: `${sectionOf(role)}.${name}` }, wanted);
  }
  const found = {
    ...snapshotOf(existing),
    ...(facts.recorded && plain),
    ...foundSettings(config, rolePool, facts),
  };
  const settings: NodeSettings = { ...plain, ...wanted };
  const different = (Object.keys(settings) as NodeKey[]).flatMap((key) => {
    const [is, shall] = [found[key], settings[key]];
    if (is === undefined || shall === undefined || is === shall) return [];
    const ofPool = poolKeys[key];
    return [
      {
        key: ofPool ? `${sectionOf(role)}.${name}.${key}` : key,
        servers: [existing.name],
        found: is,
        wanted: shall,
        ...described(settingEffect(key), shall, config),
      },
    ];
  });
  return schematicToldOnce(config, different);
}

/** What a record says by not naming it. */
const plain: NodeSettings = {
  'talos.schematic.extensions': noSchematic,
  'talos.schematic.kernel_args': noSchematic,
  'talos.schematic_id': noSchematic,
  addons: noSchematic,
};

/** Hetzner knows it, also when cluster.yaml named none at that time. */
function snapshotOf({ imageId }: ServerState): NodeSettings {
  return imageId === undefined ? {} : { 'talos.hcloud_snapshot_id': String(imageId) };
}

/** All that is known of a server that nobody can be asked about: the hash in its label. */
function labelDifferences(
  { existing, section }: { readonly existing: ServerState; readonly section: string },
  wanted: NodeSettings,
): readonly Difference[] {
  const [found, hash] = [existing.labels[labelKeys.configHash], settingsHash(wanted)];
  if (found === undefined || found === hash) return [];
  return [
    {
      key: section,
      servers: [existing.name],
      found: `made of ${found}`,
      wanted: hash,
      remark: 'which keys differ is known when Kubernetes or Talos answer',
      ...effectOf('talos.config_patches'),
    },
  ];
}

function settingEffect(key: NodeKey): KeyEffect {
  if (key === 'workers') return workloadsEffect;
  if (key === 'addons') return machineEffect;
  if (key === 'labels' || key === 'taints') return effectOf(`pool.${key}`);
  return effectOf(key);
}

function described({ effect, by, way }: KeyEffect, wanted: string, { talos }: ClusterConfig) {
  const installer = schematicInstaller(talos) ?? 'ghcr.io/siderolabs/installer';
  const filled = way.replace('<installer>', installer).replace('<wanted>', wanted);
  return { effect, by, way: filled };
}

function poolOf(config: ClusterConfig, role: RolePool['role'], name: string): RolePool | undefined {
  return poolsOf(config).find((one) => one.role === role && one.pool.name === name);
}

/** A server that is one of what its pool may have is what cluster.yaml says. */
function placeDifferences(
  config: ClusterConfig,
  { wanted, existing }: MatchedServer,
): readonly Difference[] {
  const { candidates, role, pool: name } = wanted;
  const pool = poolOf(config, role, name)?.pool;
  const section = `${sectionOf(role)}.${name}`;
  const differences: Difference[] = [];
  if (!candidates.some(({ type }) => type === existing.type)) {
    const key = pool?.server_types ? 'server_types' : 'server_type';
    differences.push({
      key: `${section}.${key}`,
      servers: [existing.name],
      found: existing.type,
      wanted: typesText(candidates),
      ...effectOf(`pool.${key}`),
    });
  }
  if (!candidates.some(({ location }) => location === existing.location)) {
    const own = pool?.locations ? 'locations' : 'location';
    const isOwn = pool?.locations !== undefined || pool?.location !== undefined;
    differences.push({
      key: isOwn ? `${section}.${own}` : 'hcloud.location',
      servers: [existing.name],
      found: existing.location,
      wanted: locationsText(candidates),
      ...effectOf(isOwn ? `pool.${own}` : 'hcloud.location'),
    });
  }
  if (pool?.placement === 'spread' && existing.placementGroup === undefined) {
    differences.push({
      key: `${section}.placement`,
      servers: [existing.name],
      found: 'none',
      wanted: 'spread',
      ...effectOf('pool.placement'),
    });
  }
  return differences;
}

function surplusDifference({ config, state }: DifferInput, server: ServerState): Difference {
  const way = wayOut(config, state, server);
  return {
    key: `${sectionOf(server.role)}.${server.pool}.count`,
    servers: [server.name],
    found: candidateText(server),
    wanted: null,
    ...(isRemoval(way)
      ? { effect: 'removal', by: 'scale' }
      : { effect: 'impossible', by: 'never' }),
    way,
  };
}

/** The same difference of several servers is one. */
function grouped(differences: readonly Difference[]): readonly Difference[] {
  const groups = new Map<string, Difference>();
  for (const one of differences) {
    const key = JSON.stringify([one.key, one.found, one.wanted]);
    const known = groups.get(key);
    groups.set(key, known ? { ...known, servers: [...known.servers, ...one.servers] } : one);
  }
  return [...groups.values()];
}
