import { withCondition, timestamp } from '../objects.js';
import { environmentOf, environmentRefusal } from '../programs/environment.js';
import { programOf, type ContainerRecord } from '../programs/program.js';
import { startOf } from '../programs/starts.js';
import type { KubeState } from '../state.js';
import type { Container, KubeContainerStatus, Pod } from '../workloads.js';
import { podConditions } from './pod-status.js';

/** How long a kubelet waits before it tries again to make a container. */
export const configRetryMs = 10_000;

/** The kubelet's back-off (kubelet source, MaxContainerBackOff): doubled from ten seconds to five minutes. */
function backOffMs(restarts: number): number {
  return Math.min(10_000 * 2 ** restarts, 300_000);
}

const restartTimer = (pod: Pod): string => `restart/${pod.metadata.uid}`;

/** Why the containers of a pod cannot be made: what their environment comes from is not there. */
export function markRefused(state: KubeState, pod: Pod): boolean {
  const message = environmentRefusal(state, pod);
  if (message === undefined) return false;
  const waiting = { waiting: { reason: 'CreateContainerConfigError', message } };
  put(state, pod, (status) => ({ ...status, ready: false, started: false, state: waiting }));
  return true;
}

/** Whether a pod waits for what its environment comes from. */
export function isRefused({ status }: Pod): boolean {
  return (status?.containerStatuses ?? []).some(
    (item) => item.state.waiting?.reason === 'CreateContainerConfigError',
  );
}

/** Starts the program of a pod that has just started, where there is one; a crash shows in its status. */
export function startProgram(state: KubeState, pod: Pod): void {
  const found = pod.spec.containers.flatMap((container) => {
    const program = programOf(container);
    return program === undefined ? [] : [{ container, program }];
  })[0];
  if (!found) return;
  const before = state.containers.get(pod.metadata.uid);
  const environment = environmentOf(state, pod, found.container);
  if ('refused' in environment) return;
  const env = environment.variables;
  const { log, crashed } = startOf(state, { ...found, env }, pod);
  const record: ContainerRecord = {
    ...{ program: found.program, namespace: pod.metadata.namespace ?? '', pod: pod.metadata.name },
    ...{ container: found.container.name, args: found.container.args ?? [], env, log, crashed },
    ...(before ? { previousLog: before.log } : {}),
    restarts: before?.restarts ?? 0,
  };
  state.containers.set(pod.metadata.uid, record);
  if (crashed) crash(state, pod, { record, container: found.container });
}

interface Crashed {
  readonly record: ContainerRecord;
  readonly container: Container;
}

function crash(state: KubeState, pod: Pod, { record, container }: Crashed): void {
  const { name, namespace = '', uid } = pod.metadata;
  const pause = backOffMs(record.restarts);
  const time = timestamp(state.now);
  const ended = { reason: 'Error', exitCode: 1, startedAt: time, finishedAt: time };
  const message = `back-off ${backOffText(pause)} restarting failed container=${container.name} pod=${name}_${namespace}(${uid})`;
  state.timers.start(restartTimer(pod), state.now + pause);
  put(state, pod, (status) =>
    status.name === container.name
      ? {
          ...{ ...status, ready: false, started: false, restartCount: record.restarts },
          state: { waiting: { reason: 'CrashLoopBackOff', message } },
          lastState: { terminated: ended },
        }
      : status,
  );
}

/** Go's way to write a duration: `10s`, `1m20s`, `5m0s`. */
function backOffText(ms: number): string {
  const seconds = ms / 1_000;
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}

/** Whether a running pod has a crashed program, which is started again when its pause is over. */
export function holdsCrashed(state: KubeState, pod: Pod): boolean {
  const record = state.containers.get(pod.metadata.uid);
  if (!record?.crashed) return false;
  if (!state.timers.fires(restartTimer(pod), state.now)) return true;
  if (markRefused(state, pod)) {
    state.timers.start(restartTimer(pod), state.now + configRetryMs);
    return true;
  }
  state.containers.set(pod.metadata.uid, { ...record, restarts: record.restarts + 1 });
  startProgram(state, pod);
  const again = state.containers.get(pod.metadata.uid);
  if (again?.crashed !== false) return true;
  const running = { running: { startedAt: timestamp(state.now) } };
  const current = state.store.get('pods', pod.metadata.name, pod.metadata.namespace) ?? pod;
  put(state, current, (status) =>
    status.name === record.container
      ? { ...status, ready: true, started: true, restartCount: again.restarts, state: running }
      : status,
  );
  return true;
}

/** Forgets the programs of pods that are gone. */
export function forgetPrograms(state: KubeState): void {
  for (const [uid, { pod, namespace }] of state.containers) {
    if (state.store.get('pods', pod, namespace)?.metadata.uid !== uid) state.containers.delete(uid);
  }
}

function put(
  state: KubeState,
  pod: Pod,
  change: (status: KubeContainerStatus) => KubeContainerStatus,
): void {
  const containerStatuses = (pod.status?.containerStatuses ?? []).map(change);
  const ready = containerStatuses.every((status) => status.ready);
  const now = state.now;
  const conditions = podConditions(pod, { ready, now }).reduce(
    (all, condition) => withCondition(all, condition, now),
    pod.status?.conditions ?? [],
  );
  state.store.put('pods', { ...pod, status: { ...pod.status, conditions, containerStatuses } });
}
