import { deleteObject } from '../deletes.js';
import { tell } from '../events.js';
import { hasFinalizer, removeFinalizer } from '../finalizers.js';
import { omit } from '../json.js';
import {
  byController,
  controllerOf,
  isTrue,
  timestamp,
  withCondition,
  type Condition,
} from '../objects.js';
import { builtinType } from '../resources.js';
import type { KubeState } from '../state.js';
import type { Job } from '../stored-kinds.js';
import { isFinished, isReady, type Pod } from '../workloads.js';
import { createPod, isMade, livePods } from './pod-factory.js';

/** Runs the pods of Jobs until as many as asked for have succeeded. */
export function reconcileJobs(state: KubeState): void {
  const jobs = state.store.list('jobs.batch');
  const all = state.store.list('pods');
  releaseOrphans(state, all);
  if (jobs.length === 0) return;
  const pods = byController(all);
  for (const job of jobs) {
    if (job.metadata.deletionTimestamp !== undefined) continue;
    if (isTrue(job.status?.conditions, 'Complete')) expire(state, job);
    else step(state, job, pods.get(job.metadata.uid) ?? []);
  }
}

const by = 'job-controller';
/** On a pod until it is counted. */
const tracking = 'batch.kubernetes.io/job-tracking';

function releaseOrphans(state: KubeState, pods: readonly Pod[]): void {
  for (const pod of pods) {
    if (!hasFinalizer(pod, tracking)) continue;
    const { name = '', uid } = controllerOf(pod) ?? {};
    const job = state.store.get('jobs.batch', name, pod.metadata.namespace);
    if (job?.metadata.uid !== uid) release(state, pod);
  }
}

function release(state: KubeState, object: Pod): void {
  removeFinalizer(state, { resource: 'pods', object }, tracking);
}

function step(state: KubeState, job: Job, pods: readonly Pod[]): void {
  const { completions = 1, parallelism = 1, suspend = false } = job.spec;
  const ended = pods.filter(
    (pod) =>
      hasFinalizer(pod, tracking) &&
      (isFinished(pod) || pod.metadata.deletionTimestamp !== undefined),
  );
  // What has succeeded stays so when its pod is gone.
  const succeeded =
    (job.status?.succeeded ?? 0) +
    ended.filter(({ status }) => status?.phase === 'Succeeded').length;
  const live = livePods(pods);
  const missing = Math.min(parallelism - live.length, completions - succeeded - live.length);
  const made = suspend ? [] : createPods(state, job, missing);
  if (suspend) for (const object of live) deleteObject(state, { type: podType, object });
  const active = suspend ? [] : [...live, ...made];
  const status: Job['status'] = {
    ...(suspend ? {} : { startTime: timestamp(state.now) }),
    ...job.status,
    ...(succeeded > 0 ? { succeeded } : {}),
    active: active.length,
    ready: active.filter(isReady).length,
    terminating: pods.filter(({ metadata }) => metadata.deletionTimestamp !== undefined).length,
    uncountedTerminatedPods: {},
  };
  for (const pod of ended) release(state, pod);
  if (succeeded < completions) state.store.put('jobs.batch', { ...job, status });
  else complete(state, job, status);
}

const podType = builtinType('pods');

function createPods(state: KubeState, job: Job, count: number): Pod[] {
  const made: Pod[] = [];
  while (made.length < count) {
    const pod = createPod(state, job, { finalizers: [tracking] });
    if (!isMade(pod)) break;
    made.push(pod);
    tell(state, job, {
      by,
      reason: 'SuccessfulCreate',
      message: `Created pod: ${pod.metadata.name}`,
    });
  }
  return made;
}

function complete(state: KubeState, job: Job, status: NonNullable<Job['status']>): void {
  const reached = {
    status: 'True',
    reason: 'CompletionsReached',
    message: 'Reached expected number of succeeded pods',
    lastProbeTime: timestamp(state.now),
  } as const;
  const conditions = ['SuccessCriteriaMet', 'Complete'].reduce<readonly Condition[]>(
    (all, type) => withCondition(all, { type, ...reached }, state.now),
    job.status?.conditions ?? [],
  );
  const rest = omit(status, ['active']);
  const completionTime = timestamp(state.now);
  state.store.put('jobs.batch', {
    ...job,
    status: { ...rest, ready: 0, conditions, completionTime },
  });
  tell(state, job, { by, reason: 'Completed', message: 'Job completed' });
}

/** A Job that is done goes by itself when it says so, and its pods with it. */
function expire(state: KubeState, job: Job): void {
  const { ttlSecondsAfterFinished: seconds } = job.spec;
  const ended = Date.parse(job.status?.completionTime ?? '');
  if (seconds === undefined || Number.isNaN(ended)) return;
  const timer = `expire/${job.metadata.uid}`;
  if (state.now >= ended + seconds * 1_000) {
    deleteObject(state, { type: builtinType('jobs.batch'), object: job });
  } else state.timers.start(timer, ended + seconds * 1_000);
}
