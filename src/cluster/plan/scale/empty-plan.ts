import { costOfChange } from '../create/plan-cost.js';
import type { ShownPlan } from '../plan.js';
import type { RunningCluster } from './scale-input.js';

/** The plan of a command that finds nothing to do. */
export function emptyPlan(input: RunningCluster, notes: readonly string[]): ShownPlan {
  const { config, state } = input;
  return {
    ...{ cluster: config.cluster_name, changes: [], cost: costOfChange(input, state.servers) },
    ...{ notes, warnings: [] },
  };
}
