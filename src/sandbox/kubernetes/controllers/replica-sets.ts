import { deleteObject } from '../deletes.js';
import { tell } from '../events.js';
import { byController, withCondition } from '../objects.js';
import { builtinType } from '../resources.js';
import type { KubeState } from '../state.js';
import { isReady, type Pod, type Workload } from '../workloads.js';
import { counts } from './counts.js';
import { createPod, isMade, livePods } from './pod-factory.js';

/** Keeps as many pods of each ReplicaSet as it asks for. */
export function reconcileReplicaSets(state: KubeState): void {
  const sets = state.store.list('replicasets.apps');
  if (sets.length === 0) return;
  const pods = byController(state.store.list('pods'));
  for (const set of sets) {
    if (set.metadata.deletionTimestamp === undefined) {
      reconcileSet(state, set, livePods(pods.get(set.metadata.uid)));
    }
  }
}

function reconcileSet(state: KubeState, set: Workload, present: readonly Pod[]): void {
  const wanted = set.spec.replicas ?? 1;
  const surplus = [...present].sort(byUse).slice(0, Math.max(0, present.length - wanted));
  const by = 'replicaset-controller';
  for (const pod of surplus) {
    deleteObject(state, { type: builtinType('pods'), object: pod });
    tell(state, set, {
      by,
      reason: 'SuccessfulDelete',
      message: `Deleted pod: ${pod.metadata.name}`,
    });
  }
  const pods = present.filter((pod) => !surplus.includes(pod));
  let refused: string | undefined;
  while (pods.length < wanted) {
    const pod = createPod(state, set, {});
    if (!isMade(pod)) {
      refused = pod.refused;
      break;
    }
    tell(state, set, {
      by,
      reason: 'SuccessfulCreate',
      message: `Created pod: ${pod.metadata.name}`,
    });
    pods.push(pod);
  }
  const ready = pods.filter(isReady).length;
  state.store.put('replicasets.apps', {
    ...set,
    status: {
      observedGeneration: set.metadata.generation ?? 1,
      replicas: pods.length,
      ...counts({
        fullyLabeledReplicas: pods.length,
        readyReplicas: ready,
        availableReplicas: ready,
      }),
      ...failure(state, set, refused),
    },
  });
}

function failure(
  state: KubeState,
  { status }: Workload,
  message: string | undefined,
): Pick<NonNullable<Workload['status']>, 'conditions'> {
  if (message === undefined) return {};
  const failed = { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate' } as const;
  return { conditions: withCondition(status?.conditions, { ...failed, message }, state.now) };
}

/** The least useful pods first: without a node, then not ready, then the youngest. */
function byUse(a: Pod, b: Pod): number {
  const use = (pod: Pod): number =>
    (pod.spec.nodeName === undefined ? 0 : 2) + (isReady(pod) ? 1 : 0);
  const youngestFirst = a.metadata.creationTimestamp < b.metadata.creationTimestamp ? 1 : -1;
  return use(a) - use(b) || youngestFirst;
}
