import { ApiError, badRequest } from './api-error.js';
import { deleteObject, type DeleteOptions } from './deletes.js';
import { isObject, objectOr, valueAt } from './json.js';
import { isTrue } from './objects.js';
import { builtinType } from './resources.js';
import { selects } from './selectors.js';
import type { KubeState } from './state.js';
import type { DisruptionBudget } from './stored-kinds.js';
import { isFinished, type Pod } from './workloads.js';

/** Deletes a pod unless a PodDisruptionBudget forbids it (Kubernetes source, pod eviction storage). */
export function evict(state: KubeState, pod: Pod, body: unknown): void {
  const eviction = objectOr(body);
  if (eviction['kind'] !== 'Eviction') throw badRequest('the body is not an Eviction');
  const name = valueAt(eviction, ['metadata', 'name']);
  if (name !== undefined && name !== pod.metadata.name) {
    throw badRequest('name in URL does not match name in Eviction object');
  }
  const options = (
    isObject(eviction['deleteOptions']) ? eviction['deleteOptions'] : {}
  ) as DeleteOptions & {
    readonly dryRun?: readonly string[];
  };
  checkBudgets(state, pod);
  if (options.dryRun?.includes('All') !== true) {
    deleteObject(state, { type: builtinType('pods'), object: pod }, options);
  }
}

function checkBudgets(state: KubeState, pod: Pod): void {
  const isGoing = pod.metadata.deletionTimestamp !== undefined;
  if (isGoing || isFinished(pod) || pod.status?.phase === 'Pending') return;
  const budgets = state.store
    .list('poddisruptionbudgets.policy', pod.metadata.namespace)
    .filter((budget) => selects(budget.spec.selector, pod.metadata.labels));
  const [budget, another] = budgets;
  if (!budget) return;
  if (another) {
    const message =
      'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.';
    throw new ApiError(500, 'InternalError', message);
  }
  if (!isTrue(pod.status?.conditions, 'Ready') && mayEvictUnhealthy(budget)) return;
  const { status } = budget;
  if (status?.observedGeneration !== budget.metadata.generation) {
    throw refusal(
      budget,
      `The disruption budget ${budget.metadata.name} is still being processed by the server.`,
    );
  }
  if (!status || status.disruptionsAllowed <= 0) {
    const { desiredHealthy = 0, currentHealthy = 0 } = status ?? {};
    throw refusal(
      budget,
      `The disruption budget ${budget.metadata.name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`,
    );
  }
}

function mayEvictUnhealthy({ spec, status }: DisruptionBudget): boolean {
  if (spec.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true;
  return (
    status !== undefined &&
    status.desiredHealthy > 0 &&
    status.currentHealthy >= status.desiredHealthy
  );
}

// Without a Retry-After header, as for a budget that is used up: with one, clients would retry by
// themselves and nobody would see the refusal.
function refusal(budget: DisruptionBudget, message: string): ApiError {
  const text = "Cannot evict pod as it would violate the pod's disruption budget.";
  const cause = { reason: 'DisruptionBudget', message };
  return new ApiError(429, 'TooManyRequests', text, {
    name: budget.metadata.name,
    causes: [cause],
  });
}
