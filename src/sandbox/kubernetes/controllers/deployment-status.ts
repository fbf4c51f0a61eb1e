import { byController, timestamp, withCondition, type Condition } from '../objects.js';
import type { KubeState } from '../state.js';
import { isReady, scaled, type Pod, type Workload } from '../workloads.js';
import { counts as nonZero } from './counts.js';
import { livePods } from './pod-factory.js';

interface Counts {
  readonly replicas: number;
  readonly total: number;
  readonly updated: number;
  readonly ready: number;
}

/** Writes what a rollout has reached: `kubectl rollout status` reads nothing else. */
export function reportDeployment(state: KubeState, deployment: Workload, current: Workload): void {
  const { name, namespace, uid } = deployment.metadata;
  const present = state.store.get('deployments.apps', name, namespace);
  if (!present) return;
  const sets = byController(state.store.list('replicasets.apps', namespace)).get(uid) ?? [];
  const pods = byController(state.store.list('pods', namespace));
  const podsOf = (set: Workload): Pod[] => livePods(pods.get(set.metadata.uid));
  const all = sets.flatMap(podsOf);
  const counts: Counts = {
    replicas: deployment.spec.replicas ?? 1,
    total: all.length,
    updated: podsOf(current).length,
    ready: all.filter(isReady).length,
  };
  state.store.put('deployments.apps', {
    ...present,
    status: {
      observedGeneration: present.metadata.generation ?? 1,
      ...nonZero({
        replicas: counts.total,
        updatedReplicas: counts.updated,
        readyReplicas: counts.ready,
        availableReplicas: counts.ready,
        unavailableReplicas: Math.max(0, counts.replicas - counts.ready),
      }),
      conditions: conditionsOf(state, present, { counts, current }),
    },
  });
}

function conditionsOf(
  state: KubeState,
  deployment: Workload,
  { counts, current }: { readonly counts: Counts; readonly current: Workload },
): Condition[] {
  const { maxUnavailable = '25%' } = deployment.spec.strategy?.rollingUpdate ?? {};
  const missing = scaled(maxUnavailable, counts.replicas, Math.floor);
  const isAvailable = counts.ready >= counts.replicas - missing;
  const available: Condition = isAvailable
    ? {
        type: 'Available',
        status: 'True',
        reason: 'MinimumReplicasAvailable',
        message: 'Deployment has minimum availability.',
      }
    : {
        type: 'Available',
        status: 'False',
        reason: 'MinimumReplicasUnavailable',
        message: 'Deployment does not have minimum availability.',
      };
  const before = deployment.status?.conditions;
  const known = before?.find(({ type }) => type === 'Available');
  const progress = progressing(state, deployment, { counts, current });
  const availability = dated(known, available, state.now);
  const failed = current.status?.conditions?.filter(({ type }) => type === 'ReplicaFailure') ?? [];
  const others = before?.filter(({ type }) => type !== 'ReplicaFailure');
  return withCondition(
    withCondition([...(others ?? []), ...failed], availability, state.now),
    progress,
    state.now,
  );
}

/** A rollout that stands still for longer than its deadline counts as failed. */
function progressing(
  state: KubeState,
  deployment: Workload,
  { counts, current }: { readonly counts: Counts; readonly current: Workload },
): Condition {
  const { metadata, spec, status } = deployment;
  const timer = `progress/${metadata.uid}`;
  const before = status?.conditions?.find(({ type }) => type === 'Progressing');
  const isDone =
    counts.updated === counts.replicas &&
    counts.total === counts.replicas &&
    counts.ready === counts.replicas;
  const quoted = `ReplicaSet "${current.metadata.name}"`;
  if (isDone) {
    state.timers.cancel(timer);
    const message = `${quoted} has successfully progressed.`;
    return dated(
      before,
      { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable', message },
      state.now,
    );
  }
  const moved =
    counts.updated !== (status?.updatedReplicas ?? 0) ||
    counts.ready !== (status?.readyReplicas ?? 0) ||
    metadata.generation !== status?.observedGeneration;
  if (moved) state.timers.cancel(timer);
  else if (before?.reason === 'ProgressDeadlineExceeded') return before;
  state.timers.start(timer, state.now + (spec.progressDeadlineSeconds ?? 600) * 1_000);
  if (state.timers.fires(timer, state.now)) {
    const message = `${quoted} has timed out progressing.`;
    return dated(
      before,
      { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message },
      state.now,
    );
  }
  const message = `${quoted} is progressing.`;
  return dated(
    before,
    { type: 'Progressing', status: 'True', reason: 'ReplicaSetUpdated', message },
    state.now,
  );
}

function dated(before: Condition | undefined, wanted: Condition, now: number): Condition {
  const isSame = before?.reason === wanted.reason && before?.message === wanted.message;
  const since = isSame ? before?.lastUpdateTime : undefined;
  return { ...wanted, lastUpdateTime: since ?? timestamp(now) };
}
