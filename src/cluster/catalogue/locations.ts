import type { ClusterConfig } from '../../config/schema.js';
import { locationsOf } from './candidates.js';
import type { Catalogue } from './catalogue.js';
import { poolsOf } from '../state/node-pools.js';

/** The network zone of the cluster: the one of its location, which must be in the catalogue. */
export function networkZone(config: ClusterConfig, catalogue: Catalogue): string {
  const zone = zoneOf(catalogue, config.hcloud.location);
  if (zone === undefined) throw new Error(`location ${config.hcloud.location} was not checked`);
  return zone;
}

/** Locations that do not exist, and zones that do not fit: a network joins one zone only. */
export function locationProblems(config: ClusterConfig, catalogue: Catalogue): readonly string[] {
  const { location, network } = config.hcloud;
  const zone = zoneOf(catalogue, location);
  if (zone === undefined) return [`hcloud.location: ${unknown(location, catalogue)}`];
  const problems: string[] = [];
  if (network.zone !== undefined && network.zone !== zone) {
    problems.push(`hcloud.network.zone: ${location} is in ${zone}, not in ${network.zone}`);
  }
  for (const { path, pool } of poolsOf(config)) {
    for (const [i, name] of locationsOf(config, pool).entries()) {
      const field = pool.locations ? `${path}.locations.${i}` : `${path}.location`;
      const poolZone = zoneOf(catalogue, name);
      if (poolZone === undefined) {
        problems.push(`${field}: ${unknown(name, catalogue)}`);
      } else if (poolZone !== zone) {
        problems.push(
          `${field}: ${name} is in ${poolZone}, ${location} in ${zone}; ` +
            'all nodes must be in one network zone',
        );
      }
    }
  }
  return problems;
}

/** The network zone of a location; undefined: there is no such location. */
export function zoneOf(catalogue: Catalogue, location: string): string | undefined {
  return catalogue.locations.find(({ name }) => name === location)?.networkZone;
}

function unknown(location: string, catalogue: Catalogue): string {
  const known = catalogue.locations.map(({ name }) => name).join(', ');
  return `Hetzner has no location "${location}"; it has ${known}`;
}
