import type { Reporter } from './report.js';
import type { Clock } from './wait.js';

/** What a running step may say. */
export interface StepIo {
  /** The present fact, replacing the one before: `waiting: connection refused`. */
  detail(text: string): void;
  /** What came out, shown beside the finished step's title. */
  summary(text: string): void;
  /** What came out instead of what was asked for: the step is marked so, and the run goes on. */
  unmet(text: string): void;
  note(message: string): void;
  warn(message: string): void;
}

/** Runs one named step of a flow and reports its beginning, facts, end and time. */
export type RunStep = <T>(title: string, run: (io: StepIo) => Promise<T>) => Promise<T>;

export function createStepRunner(reporter: Reporter, clock: Clock, signal: AbortSignal): RunStep {
  let lastId = 0;
  return async (title, run) => {
    signal.throwIfAborted();
    const id = ++lastId;
    const start = clock.steady();
    let summary: string | undefined;
    let unmet = false;
    reporter.emit({ type: 'step-start', id, title });
    try {
      const result = await run({
        detail: (text) => {
          reporter.emit({ type: 'step-detail', id, text, elapsedMs: clock.steady() - start });
        },
        summary: (text) => {
          summary = text;
          unmet = false;
        },
        unmet: (text) => {
          summary = text;
          unmet = true;
        },
        note: (message) => {
          reporter.emit({ type: 'note', message });
        },
        warn: (message) => {
          reporter.emit({ type: 'warning', message });
        },
      });
      const elapsedMs = clock.steady() - start;
      reporter.emit({ type: 'step-done', id, title, elapsedMs, summary, unmet });
      return result;
    } catch (error) {
      reporter.emit({ type: 'step-failed', id, title, elapsedMs: clock.steady() - start });
      throw error;
    }
  };
}
