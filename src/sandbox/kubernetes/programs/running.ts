import type { KubeState } from '../state.js';
import { isReady, type Pod } from '../workloads.js';
import type { ContainerRecord, Program } from './program.js';

/** A program that works now. */
export interface RunningProgram {
  readonly record: ContainerRecord;
  readonly pod: Pod;
}

/** All ready pods of a program, in the order in which they started. */
function runningPrograms(state: KubeState, program: Program): RunningProgram[] {
  const found: RunningProgram[] = [];
  for (const record of state.containers.values()) {
    if (record.program !== program || record.crashed) continue;
    const pod = state.store.get('pods', record.pod, record.namespace);
    if (pod && isReady(pod)) found.push({ record, pod });
  }
  return found;
}

/** The one that leads: it does the work of all. */
export function leaderOf(state: KubeState, program: Program): RunningProgram | undefined {
  return state.containers.size === 0 ? undefined : runningPrograms(state, program)[0];
}
