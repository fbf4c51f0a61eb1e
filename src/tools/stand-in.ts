import { realSleep } from '../lib/wait.js';

/** One call of a stand-in. */
export interface StandInCall {
  readonly args: readonly string[];
  /** The whole environment that it sees. */
  readonly env: Readonly<Record<string, string>>;
  /** Aborted when nobody waits for it any more. */
  readonly signal: AbortSignal;
}

export interface StandInEnd {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A tool that is part of this program: it needs no process of its own, whose start takes longer than its work. */
export type StandIn = (call: StandInCall) => Promise<StandInEnd>;

/** How a call ended: by itself, or without an exit code at its deadline or because the run was stopped. */
export interface StandInOutcome {
  readonly exitCode?: number;
  readonly timedOut: boolean;
  readonly failed: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a stand-in as a process runs: until it ends, at most until its deadline or the run's end. */
export async function runStandIn(
  standIn: StandIn,
  call: StandInCall,
  timeoutMs: number,
): Promise<StandInOutcome> {
  const left = new AbortController();
  const signal = AbortSignal.any([call.signal, left.signal]);
  const nothing = { failed: true, stdout: '', stderr: '' };
  const late = realSleep(timeoutMs, signal).then(
    () => ({ ...nothing, timedOut: true }),
    () => ({ ...nothing, timedOut: false }),
  );
  const work = standIn({ ...call, signal }).then((end) => ({
    ...{ ...end, timedOut: false, failed: end.exitCode !== 0 },
  }));
  try {
    return await Promise.race([work, late]);
  } finally {
    // What it still waits for keeps nobody.
    left.abort();
  }
}
