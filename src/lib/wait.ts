import { InterruptedError, TimeoutError } from './errors.js';
import { formatDuration } from './format.js';

/**
 * Time as oxide sees it. Outside the sandbox it is the machine's; in the sandbox it runs faster.
 * This file is the only one that touches a timer.
 */
export interface Clock {
  /** Milliseconds since the Unix epoch, in this clock's time: for the eyes, and for what others wrote. */
  now(): number;
  /** Milliseconds since some moment, in this clock's time: for waits, since nobody can set it. */
  steady(): number;
  /** Resolves after `ms` of this clock's time; rejects with the signal's reason when aborted. */
  sleep(ms: number, signal?: AbortSignal, options?: SleepOptions): Promise<void>;
  /** How many of this clock's milliseconds pass in one real millisecond: 1 outside the sandbox. */
  readonly speed: number;
  /**
   * Runs work that takes real time (a request, a child process). A clock that runs faster than the
   * machine's must not do so while such work is under way; the real clock only calls `work`.
   */
  during<T>(work: () => Promise<T>, options?: DuringOptions): Promise<T>;
}

export interface SleepOptions {
  /** Nobody waits for it: the run goes on meanwhile, and a clock that skips idle time need not mind it. */
  readonly background?: boolean;
}

export interface DuringOptions {
  /** The work itself only waits for the cluster, as `kubectl drain` does. */
  readonly waits?: boolean;
}

/** The machine's own clock. */
export const realClock: Clock = {
  speed: 1,
  now: wallClock,
  steady: steadyTime,
  sleep: realSleep,
  during: (work) => work(),
};

/** The machine's own time, ms since the Unix epoch: for certificates and other tools' eyes. */
export function wallClock(): number {
  return Date.now();
}

/** Real milliseconds since some moment; unlike the wall clock it never jumps. */
export function steadyTime(): number {
  return performance.now();
}

/** Waits real milliseconds. Rejects with the signal's reason, at once when it is aborted already. */
export function realSleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(abortReason(signal));
      return;
    }
    const onAbort = (): void => {
      clearTimeout(timer);
      if (signal) reject(abortReason(signal));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/** An abort signal that fires after real milliseconds, for deadlines of things outside the clock. */
export function realDeadline(ms: number): AbortSignal {
  return AbortSignal.timeout(ms);
}

function abortReason(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new InterruptedError();
}

/** What a probe saw: the value waited for, or why it is not there yet. Probes throw to stop. */
export type Probe<T> = { readonly ready: T } | Waiting;

/** Why something is not there yet. */
export interface Waiting {
  readonly waiting: string;
  /** What was really said, for the timeout's error. */
  readonly words?: string;
  /** What to look at, made for this reason: better than what the wait itself can say. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

export interface WaitOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** Time between two probes; 2 s unless told. */
  readonly intervalMs?: number;
  /** Called after each unsuccessful probe with its reason. */
  readonly onWaiting?: (why: string) => void;
  /** The likely cause and the next command, for the timeout's error. */
  readonly hint?: string;
}

/**
 * The one loop that sleeps: probes until the thing is ready, the deadline passes or the run is
 * interrupted. The timeout's error carries the last reason that the probe gave.
 */
export async function waitFor<T>(
  what: string,
  probe: () => Promise<Probe<T>> | Probe<T>,
  options: WaitOptions,
): Promise<T> {
  const { clock, signal, timeoutMs, intervalMs = 2_000 } = options;
  let start = clock.steady();
  for (;;) {
    signal.throwIfAborted();
    const seen = await probe();
    if ('ready' in seen) return seen.ready;
    options.onWaiting?.(seen.waiting);
    const elapsed = clock.steady() - start;
    if (elapsed >= timeoutMs) {
      throw timedOut(what, formatDuration(elapsed), {
        ...seen,
        hint: seen.hint ?? options.hint,
      });
    }
    start += await pause(clock, Math.min(intervalMs, timeoutMs - elapsed), signal);
  }
}

/** Real milliseconds by which a sleep may be late before the machine itself must have slept. */
const napMs = 30_000;

/**
 * Sleeps, and tells how many of the clock's milliseconds do not count because the machine itself
 * slept: a closed laptop is no reason for a timeout. Steady clocks go on meanwhile on some systems.
 */
export async function pause(clock: Clock, ms: number, signal?: AbortSignal): Promise<number> {
  const before = clock.steady();
  await clock.sleep(ms, signal);
  const late = clock.steady() - before - ms;
  return late > napMs * clock.speed ? late : 0;
}

function timedOut(what: string, elapsed: string, seen: Waiting): TimeoutError {
  const { waiting, words = waiting, hint, cause } = seen;
  const last = words === waiting ? waiting : `${waiting} (${words})`;
  return new TimeoutError(what, elapsed, last, { hint, cause });
}
