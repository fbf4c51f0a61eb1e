import { HetznerRefusal } from '../../hetzner-client.js';
import { leaderOf } from '../../programs/running.js';
import type { KubeState } from '../../state.js';
import { reconcileCloudNodes } from './nodes.js';
import { reconcileBalancers } from './services.js';
import { isTrueText, settingsOf } from './settings.js';

/** What hcloud-cloud-controller-manager does, for as long as one of its pods works. */
export function runCloudController(state: KubeState): void {
  const leader = leaderOf(state, 'hcloud-ccm');
  if (!leader) return;
  const settings = settingsOf(leader);
  try {
    reconcileCloudNodes(state, settings);
  } catch (error) {
    // It says so in its log and tries again.
    if (!(error instanceof HetznerRefusal)) throw error;
    state.timers.start('cloud-controller/nodes', state.now + 10_000);
  }
  if (isTrueText(settings.env['HCLOUD_LOAD_BALANCERS_ENABLED'], true)) {
    reconcileBalancers(state, settings);
  }
}
