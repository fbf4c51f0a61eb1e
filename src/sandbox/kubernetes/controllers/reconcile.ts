import type { KubeState } from '../state.js';
import { furnishNamespaces } from './accounts.js';
import { defineCiliumKinds } from './cilium-definitions.js';
import { reconcileDaemonSets } from './daemon-sets.js';
import { reconcileDefinitions } from './definitions.js';
import { reconcileDeployments } from './deployments.js';
import { reconcileBudgets } from './disruption-budgets.js';
import { collectGarbage } from './garbage.js';
import { reconcileJobs } from './jobs.js';
import { reconcileNodes } from './nodes.js';
import { runPods } from './pods.js';
import { reconcileReplicaSets } from './replica-sets.js';
import { schedulePods } from './scheduler.js';
import { reconcileStatefulSets } from './stateful-sets.js';
import { evictFromTainted } from './taint-eviction.js';

const controllers: readonly ((state: KubeState) => void)[] = [
  furnishNamespaces,
  defineCiliumKinds,
  reconcileDefinitions,
  reconcileNodes,
  evictFromTainted,
  reconcileDeployments,
  reconcileReplicaSets,
  reconcileDaemonSets,
  reconcileStatefulSets,
  reconcileJobs,
  schedulePods,
  runPods,
  collectGarbage,
  reconcileBudgets,
];

/** Runs all controllers until none of them has anything left to do at this moment. */
export function reconcile(state: KubeState): void {
  for (let round = 0; round < 200; round++) {
    const before = state.store.revision;
    for (const controller of controllers) controller(state);
    if (state.store.revision === before) return;
  }
  throw new Error('the simulated controllers do not come to rest');
}
