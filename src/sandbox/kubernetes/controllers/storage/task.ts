import { isRunning } from '../../hetzner-client.js';
import type { KubeState } from '../../state.js';

/** How often hcloud-go asks about an action (csi-driver, internal/app/app.go). */
const pollMs = 3_000;

/** How long a failure is left alone: doubled from the first to the last. */
export interface Retry {
  readonly first: number;
  readonly last: number;
}

/** The defaults of the sidecars (their flags retry-interval-start and retry-interval-max). */
const sidecarRetry: Retry = { first: 1_000, last: 300_000 };

/** What a driver does for one object, request by request. */
export interface Task {
  /** Unlike that of any other task: `attach/<uid>`. */
  readonly key: string;
  readonly token: string;
  /** Makes the next request: the id of the action that it began; undefined when all is done. */
  readonly step: () => string | undefined;
  /** Told in which words it failed; for how long it is left alone then, if not as usual. */
  readonly failed: (error: Error) => Retry | undefined;
}

interface Progress {
  readonly action?: string;
  readonly failures: number;
}

/** Goes on with a task: waits for its action, then makes its next request; later again after a failure. */
export function proceed(state: KubeState, task: Task): void {
  const { timers, memory, now } = state;
  const name = `csi/${task.key}`;
  const isDue = timers.fires(name, now);
  if (!isDue && timers.isRunning(name)) return;
  const progress = JSON.parse(memory.get(name) ?? '{"failures":0}') as Progress;
  try {
    if (progress.action !== undefined && isRunning(state, task.token, progress.action)) {
      timers.start(name, now + pollMs);
      return;
    }
    const action = task.step();
    if (action === undefined) {
      memory.delete(name);
      return;
    }
    memory.set(name, JSON.stringify({ ...progress, action }));
    timers.start(name, now + pollMs);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const { first, last } = task.failed(error) ?? sidecarRetry;
    memory.set(name, JSON.stringify({ failures: progress.failures + 1 }));
    timers.start(name, now + Math.min(first * 2 ** progress.failures, last));
  }
}

/** The tasks of a kind that were begun and are not done: the uids of their objects. */
export function tasksOf({ memory }: KubeState, kind: string): string[] {
  const prefix = `csi/${kind}/`;
  return [...memory.keys()].flatMap((key) =>
    key.startsWith(prefix) ? [key.slice(prefix.length)] : [],
  );
}
