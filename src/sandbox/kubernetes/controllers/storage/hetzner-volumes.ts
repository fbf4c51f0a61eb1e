import { leaderOf } from '../../programs/running.js';
import type { KubeState } from '../../state.js';
import { StorageDriver } from './driver.js';
import { expandVolumes } from './expand.js';
import { provisionClaims } from './provision.js';
import { publishVolumes } from './publish.js';
import { reclaimVolumes } from './reclaim.js';

/** What Hetzner's storage driver does with its sidecars, for as long as its controller works. */
export function runStorageDriver(state: KubeState): void {
  const leader = leaderOf(state, 'hcloud-csi-controller');
  if (!leader) return;
  const driver = new StorageDriver(state, leader);
  provisionClaims(state, driver);
  publishVolumes(state, driver);
  expandVolumes(state, driver);
  reclaimVolumes(state, driver);
}
