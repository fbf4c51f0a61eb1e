import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { FlowContext } from '../../src/steps/run/context.js';
import { openRehearsal, type Rehearsal } from '../helpers/open-rehearsal.js';
import type { Run } from '../helpers/compose-run.js';
import { distant, onTwoCores, slowOrders, type Wire } from './wire.js';

/** What one command took. */
export interface Figures {
  /** Simulated seconds. */
  readonly seconds: number;
  /** Requests to the Hetzner API. */
  readonly requests: number;
  /** Calls of talosctl, kubectl and helm: each is a process. */
  readonly processes: number;
  /** The most of them that ran at the same moment. */
  readonly atOnce: number;
  /** When each step began and ended, in seconds since the command began. */
  readonly steps: readonly Span[];
}

export interface Span {
  readonly title: string;
  readonly from: number;
  readonly to: number;
}

/** Something that a user does with a cluster. */
export type Command = (run: Run) => Promise<unknown>;

/** Jitter without chance, so that every run of the bench has the same figures. */
const middle = (): number => 0.5;

/** Runs a command on a rehearsal and counts. */
export async function measure(
  rehearsal: Rehearsal,
  command: Command,
  wire: Wire = { latencyMs: 0 },
): Promise<Figures> {
  const { clock, faults } = rehearsal;
  let running = 0;
  let atOnce = 0;
  let processes = 0;
  const started = onTwoCores(clock, wire);
  const run = rehearsal.run({
    wire: (own) => distant(own, wire),
    random: middle,
    around: async (call, happen) => {
      processes++;
      running++;
      atOnce = Math.max(atOnce, running);
      try {
        await started(call);
        return await happen();
      } finally {
        running--;
      }
    },
  });
  const [start, before] = [clock.steady(), faults.requests.length];
  const now = (): number => (clock.steady() - start) / 1_000;
  const steps: Span[] = [];
  const ctx: FlowContext = {
    ...run.ctx,
    hetzner: slowOrders(run.ctx.hetzner, clock, wire),
    step: async (title, work) => {
      const from = now();
      const result = await run.ctx.step(title, work);
      steps.push({ title, from, to: now() });
      return result;
    },
  };
  await command({ ...run, ctx });
  return {
    seconds: now(),
    requests: faults.requests.length - before,
    processes,
    atOnce,
    steps,
  };
}

/** A world for one measurement; its folder goes with it. */
export async function inWorld<T>(
  open: string | (() => Promise<Rehearsal>),
  work: (rehearsal: Rehearsal) => Promise<T>,
): Promise<T> {
  const rehearsal = await (typeof open === 'string' ? openRehearsal(open) : open());
  try {
    return await work(rehearsal);
  } finally {
    await rehearsal.stop();
    rmSync(join(rehearsal.files.folder, '..'), { recursive: true, force: true, maxRetries: 5 });
  }
}
