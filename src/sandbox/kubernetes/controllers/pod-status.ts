import { omit } from '../json.js';
import { timestamp, withCondition, type Condition } from '../objects.js';
import type { Container, KubeContainerStatus, Pod } from '../workloads.js';

type ContainerState = KubeContainerStatus['state'];

interface Moment {
  readonly ready: boolean;
  readonly now: number;
  /** Why it is not ready. */
  readonly reason?: string;
}

// Kubelets have this field and never fill it.
const never = { lastProbeTime: null };

/** The conditions that a kubelet reports of a pod, in the order in which it lists them. */
export function podConditions(pod: Pod, { ready, now, reason }: Moment): Condition[] {
  const status = ready ? 'True' : 'False';
  const why = ready ? {} : { reason: reason ?? 'ContainersNotReady' };
  const isStarted = ready || pod.status?.podIP !== undefined;
  const wanted: Condition[] = [
    { type: 'PodReadyToStartContainers', status: isStarted ? 'True' : 'False', ...never },
    { type: 'Initialized', status: 'True', ...never },
    { type: 'Ready', status, ...never, ...why },
    { type: 'ContainersReady', status, ...never, ...why },
  ];
  const before = pod.status?.conditions ?? [];
  const own = wanted.reduce<readonly Condition[]>(
    (conditions, condition) => withCondition(conditions, condition, now),
    before.filter(({ type }) => wanted.some((condition) => condition.type === type)),
  );
  const others = before.filter(({ type }) => !wanted.some((condition) => condition.type === type));
  return [...own, ...others];
}

/** The parts of a status that say what the containers do. */
export function containersIn(
  { spec, metadata }: Pod,
  state: ContainerState,
  { ready, now }: Moment,
): Pick<NonNullable<Pod['status']>, 'containerStatuses' | 'initContainerStatuses'> {
  const done = timestamp(now);
  const completed = { reason: 'Completed', exitCode: 0, startedAt: done, finishedAt: done };
  const of = (
    container: Container,
    own: ContainerState,
    isReady: boolean,
  ): KubeContainerStatus => ({
    name: container.name,
    image: container.image ?? '',
    imageID: own.waiting ? '' : (container.image ?? ''),
    ...(own.waiting ? {} : { containerID: `containerd://${metadata.uid}-${container.name}` }),
    ready: isReady,
    started: own.running !== undefined,
    restartCount: 0,
    state: own,
    lastState: {},
  });
  const first = state.waiting
    ? { waiting: { reason: 'PodInitializing' } }
    : { terminated: completed };
  const initial = (spec.initContainers ?? []).map((item) => of(item, first, !state.waiting));
  return {
    containerStatuses: spec.containers.map((item) => of(item, state, ready)),
    ...(initial.length > 0 ? { initContainerStatuses: initial } : {}),
  };
}

/** The status of a pod whose containers have done their work. */
export function succeeded(pod: Pod, now: number): Pod {
  const { startTime = timestamp(now) } = pod.status ?? {};
  const moment = { ready: false, now, reason: 'PodCompleted' };
  const ended = { startedAt: startTime, finishedAt: timestamp(now) };
  const state = { terminated: { reason: 'Completed', exitCode: 0, ...ended } };
  const conditions = podConditions(pod, moment).map((condition) =>
    condition.type === 'PodReadyToStartContainers'
      ? { ...condition, status: 'False' as const }
      : condition,
  );
  const initial = pod.status?.initContainerStatuses;
  return {
    ...pod,
    status: {
      ...pod.status,
      phase: 'Succeeded',
      conditions,
      ...omit(containersIn(pod, state, moment), ['initContainerStatuses']),
      ...(initial ? { initContainerStatuses: initial } : {}),
    },
  };
}
