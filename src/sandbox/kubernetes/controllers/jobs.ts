import { byController, timestamp, withCondition, type Condition } from '../objects.js';
import type { KubeState } from '../state.js';
import type { Job } from '../stored-kinds.js';
import type { Pod } from '../workloads.js';
import { createPod, livePods } from './pod-factory.js';

/** Runs the pods of Jobs until as many as asked for have succeeded. */
export function reconcileJobs(state: KubeState): void {
  const jobs = state.store.list('jobs.batch');
  if (jobs.length === 0) return;
  const pods = byController(state.store.list('pods'));
  for (const job of jobs) {
    if (job.metadata.deletionTimestamp === undefined)
      step(state, job, pods.get(job.metadata.uid) ?? []);
  }
}

function step(state: KubeState, job: Job, pods: readonly Pod[]): void {
  const { completions = 1, parallelism = 1 } = job.spec;
  const succeeded = pods.filter(({ status }) => status?.phase === 'Succeeded').length;
  const active = livePods(pods).length;
  const missing = Math.min(parallelism - active, completions - succeeded - active);
  for (let index = 0; index < missing; index++) {
    const labels = {
      'batch.kubernetes.io/job-name': job.metadata.name,
      'job-name': job.metadata.name,
    };
    createPod(state, job, { name: `${job.metadata.name}-${state.nameSuffix()}`, labels });
  }
  const complete: Condition = { type: 'Complete', status: 'True', reason: 'CompletionsReached' };
  const isDone = succeeded >= completions;
  const before = job.status?.conditions;
  state.store.put('jobs.batch', {
    ...job,
    status: {
      startTime: timestamp(state.now),
      ...job.status,
      succeeded,
      active: Math.max(0, active + Math.max(0, missing)),
      ...(isDone ? { conditions: withCondition(before, complete, state.now) } : {}),
    },
  });
}
