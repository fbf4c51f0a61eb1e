import { isAlive } from '../lib/processes.js';
import { Cloud } from './cloud/cloud.js';
import { StateFolder, UnreadableState } from './state-folder.js';
import type { SavedWorld } from './world.js';

/** Who runs a world. */
export interface Running {
  readonly pid: number;
  readonly instance: string;
  /** Undefined while the process is still starting. */
  readonly url?: string;
}

/** The claim of the process that runs the world. */
export const runningFile = 'running.json';
/** Who the sandbox is. */
export const identityFile = 'sandbox.json';

/** Which process runs the world. One that begins has not written it yet; neither has one that was killed then. */
export function readRunning(state: StateFolder): Running | 'starting' | 'killed' | undefined {
  try {
    return state.read(runningFile) as Running | undefined;
  } catch (error) {
    if (!(error instanceof UnreadableState)) throw error;
    return state.isYoung(runningFile) ? 'starting' : 'killed';
  }
}

/** What is known of a kept world that is not opened. */
export interface KeptSandbox {
  readonly running: boolean;
  /** How many things its project holds; undefined when its file cannot be read. */
  readonly resources: number | undefined;
}

/** Looks at a kept world without opening it. */
export function lookAtSandbox(folder: string): KeptSandbox {
  const state = new StateFolder(folder);
  const running = readRunning(state);
  return {
    running: typeof running === 'object' ? isAlive(running.pid) : running === 'starting',
    resources: countKept(state),
  };
}

function countKept(state: StateFolder): number | undefined {
  try {
    const saved = state.read('cloud.json') as SavedWorld | undefined;
    return saved ? Cloud.countKept(saved.cloud) : 0;
  } catch (error) {
    if (error instanceof UnreadableState) return undefined;
    throw error;
  }
}

/** Forgets a kept world. False when a process runs it. */
export function forgetSandbox(folder: string): boolean {
  const state = new StateFolder(folder);
  if (lookAtSandbox(folder).running) return false;
  for (const name of [runningFile, identityFile, 'cloud.json', 'clusters.json']) {
    state.remove(name);
  }
  return true;
}
