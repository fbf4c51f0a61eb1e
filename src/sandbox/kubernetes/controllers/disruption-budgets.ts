import { controllerOf, withCondition, type KubeObject } from '../objects.js';
import { selects } from '../selectors.js';
import type { KubeState } from '../state.js';
import type { DisruptionBudget } from '../stored-kinds.js';
import { isFinished, isReady, scaled, type Pod, type Workload } from '../workloads.js';

/** Counts what each budget allows now, from the pods that are healthy and those that should exist. */
export function reconcileBudgets(state: KubeState): void {
  for (const budget of state.store.list('poddisruptionbudgets.policy')) {
    const pods = state.store
      .list('pods', budget.metadata.namespace)
      .filter((pod) => selects(budget.spec.selector, pod.metadata.labels) && !isFinished(pod));
    const expectedPods = expected(state, budget, pods);
    const currentHealthy = pods.filter(isReady).length;
    const desiredHealthy = desired(budget, expectedPods);
    const isMet = currentHealthy >= desiredHealthy && expectedPods > 0;
    const disruptionsAllowed = isMet ? Math.max(0, currentHealthy - desiredHealthy) : 0;
    const condition = {
      type: 'DisruptionAllowed',
      status: disruptionsAllowed > 0 ? ('True' as const) : ('False' as const),
      reason: disruptionsAllowed > 0 ? 'SufficientPods' : 'InsufficientPods',
    };
    const before = budget['status'] as
      { conditions?: Parameters<typeof withCondition>[0] } | undefined;
    state.store.put<KubeObject>('poddisruptionbudgets.policy', {
      ...budget,
      status: {
        observedGeneration: budget.metadata.generation ?? 1,
        expectedPods,
        currentHealthy,
        desiredHealthy,
        disruptionsAllowed,
        conditions: withCondition(before?.conditions, condition, state.now),
      },
    });
  }
}

function desired({ spec }: DisruptionBudget, expectedPods: number): number {
  if (spec.maxUnavailable !== undefined) {
    return Math.max(0, expectedPods - scaled(spec.maxUnavailable, expectedPods, Math.ceil));
  }
  return scaled(spec.minAvailable ?? 1, expectedPods, Math.ceil);
}

/** A number counts the pods there are; a share counts those that their controllers want. */
function expected(state: KubeState, { spec }: DisruptionBudget, pods: readonly Pod[]): number {
  if (spec.maxUnavailable === undefined && typeof spec.minAvailable === 'number')
    return pods.length;
  const owners = new Map<string, number>();
  for (const pod of pods) {
    const owner = controllerOf(pod);
    if (!owner) continue;
    const resource = `${owner.kind.toLowerCase()}s.apps`;
    const found = state.store.get(resource, owner.name, pod.metadata.namespace) as
      Workload | undefined;
    owners.set(owner.uid, found?.spec.replicas ?? found?.status?.desiredNumberScheduled ?? 1);
  }
  return [...owners.values()].reduce((total, replicas) => total + replicas, 0);
}
