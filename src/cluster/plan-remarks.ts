import type { ClusterConfig } from '../config/schema.js';
import { plural } from '../lib/format.js';
import { matchedServers, surplusServers } from './drift.js';
import type { ClusterState } from './state.js';
import { ciliumWarning } from './versions.js';

/** What `create` leaves as it is although cluster.yaml says otherwise. */
export function planNotes(config: ClusterConfig, state: ClusterState): readonly string[] {
  return [...surplusNotes(config, state), ...typeNotes(config, state)];
}

function surplusNotes(config: ClusterConfig, state: ClusterState): readonly string[] {
  const surplus = surplusServers(config, state).map(({ name }) => name);
  if (surplus.length === 0) return [];
  return [
    `${plural(surplus.length, 'server')} more than cluster.yaml asks for, kept: ${surplus.join(', ')}`,
  ];
}

function typeNotes(config: ClusterConfig, state: ClusterState): readonly string[] {
  return matchedServers(config, state).flatMap(({ wanted, existing }) => {
    const is = `${existing.type} in ${existing.location}`;
    const asked = `${wanted.type} in ${wanted.location}`;
    return is === asked ? [] : [`${existing.name} is a ${is}, cluster.yaml says ${asked}; kept.`];
  });
}

/** What may turn out badly, without being wrong. */
export function planWarnings(config: ClusterConfig, state: ClusterState): readonly string[] {
  const { firewall } = state;
  const open = firewall && state.servers.filter((s) => !s.firewallIds.includes(firewall.id));
  const cilium = ciliumWarning(config.cilium.version, config.talos.kubernetes_version);
  return [
    ...(cilium === undefined ? [] : [cilium]),
    ...(open ?? []).map(({ name }) => `${name} is not behind the firewall of the cluster.`),
  ];
}
