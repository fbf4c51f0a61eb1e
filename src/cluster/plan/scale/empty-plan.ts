import { monthlyCost } from '../../catalogue/prices.js';
import type { ShownPlan } from '../plan.js';
import type { RunningCluster } from './scale-input.js';

/** The plan of a command that finds nothing to do. */
export function emptyPlan(
  { config, state, catalogue }: RunningCluster,
  notes: readonly string[],
): ShownPlan {
  const cost = monthlyCost(catalogue, state.servers);
  return {
    ...{ cluster: config.cluster_name, changes: [], cost: { now: cost, after: cost } },
    ...{ notes, warnings: [] },
  };
}
