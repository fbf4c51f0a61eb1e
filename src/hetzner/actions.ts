import { hetznerStatus } from '../lib/commands.js';
import { OxideError, TimeoutError } from '../lib/errors.js';
import { formatDuration } from '../lib/format.js';
import { pause, type Clock } from '../lib/wait.js';
import type { HetznerApi } from './api.js';
import type { Action } from './resources.js';

/** An action that Hetzner began and that ended in an error. */
export class ActionError extends OxideError {
  override readonly name = 'ActionError';
  readonly command: string;
  readonly code: string;

  constructor(what: string, action: Action) {
    const code = action.error?.code ?? 'unknown';
    const reason = action.error?.message ?? 'Hetzner gave no reason';
    super(`${what}: ${describe(action)} ended in an error (${code}): ${reason}`, {
      hint: `What exists is kept; the same command goes on from there. ${hetznerStatus}`,
      errorCode: code === 'placement_error' ? 'hetzner.capacity' : 'hetzner.failed',
    });
    this.command = action.command;
    this.code = code;
  }
}

export interface ActionWaiterOptions {
  readonly api: Pick<HetznerApi, 'actions' | 'budgetIsLow'>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** How long one `wait` may take; the clock's milliseconds. */
  readonly timeoutMs: number;
}

export interface ActionWaiter {
  /**
   * Resolves when all of these have succeeded. When one fails, the others are awaited all the same,
   * and the first failure is thrown. `what` names the work in errors: `demo-worker-1`. Each look at
   * what still runs is told: `demo-worker-1: create_server, 30 %`.
   */
  wait(actions: readonly Action[], what: string, onWaiting?: (fact: string) => void): Promise<void>;
}

/** The one waiter of a run: everything that is pending, from all sides, is polled together. */
export function createActionWaiter(options: ActionWaiterOptions): ActionWaiter {
  return new Waiter(options);
}

interface Pending {
  readonly what: string;
  since: number;
  /** When it is asked for next: looks before it can have ended only cost requests. */
  due: number;
  readonly onWaiting: ((fact: string) => void) | undefined;
  last: Action;
  misses: number;
  resolve(): void;
  reject(error: unknown): void;
}

const pollMs = 1_000;
/** Looks at what takes long become rarer: a twentieth of the time that it has taken. */
const backOff = 0.05;
/** What these take at least in Hetzner's cloud, ms, until the run has seen one; nothing is asked for before. */
const expectedMs: Readonly<Record<string, number>> = {
  create_server: 17_000,
  start_server: 7_000,
  stop_server: 4_000,
  attach_to_network: 3_000,
  delete_server: 6_000,
  create_load_balancer: 5_000,
  delete_load_balancer: 5_000,
  create_image: 30_000,
};
/** Longer than this nothing is left alone, however much has to end before it. */
const longestBlindMs = 30_000;
/** While the request budget is low: slower than it is refilled. */
const slowPollMs = 5_000;
/** The API's own page size for `GET /actions`. */
const idsPerRequest = 25;
/** A new action may not be known everywhere at once; this often in a row, it is lost. */
const toleratedMisses = 3;

class Waiter implements ActionWaiter {
  readonly #options: ActionWaiterOptions;
  readonly #pending = new Set<Pending>();
  /** How long actions of each kind took in this run. */
  readonly #seenMs = new Map<string, number>();
  #polling = false;

  constructor(options: ActionWaiterOptions) {
    this.#options = options;
  }

  async wait(
    actions: readonly Action[],
    what: string,
    onWaiting?: (fact: string) => void,
  ): Promise<void> {
    // Those of one answer follow each other: the next begins when the one before has ended.
    let expected = 0;
    const start = this.#options.clock.steady();
    const ends = await Promise.allSettled(
      actions.map((action) => {
        expected += this.#expected(action.command);
        const patience = Math.min(expected, longestBlindMs, this.#options.timeoutMs / 2);
        return this.#end(action, { what, onWaiting, expected: patience });
      }),
    );
    const failure = ends.find((end) => end.status === 'rejected');
    if (failure) throw failure.reason;
    const [only] = actions;
    if (only?.status === 'running' && actions.length === 1) this.#learn(only, start);
  }

  #expected(command: string): number {
    return this.#seenMs.get(command) ?? expectedMs[command] ?? pollMs;
  }

  /** The shortest counts: how long it takes today is what the next one of its kind is left alone for. */
  #learn({ command }: Action, start: number): void {
    const took = this.#options.clock.steady() - start;
    this.#seenMs.set(command, Math.min(took, this.#seenMs.get(command) ?? Infinity));
  }

  #end(
    action: Action,
    { expected, ...work }: Pick<Pending, 'what' | 'onWaiting'> & { expected: number },
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      const since = this.#options.clock.steady();
      const ends = { resolve, reject };
      const due = since + expected;
      const pending: Pending = { ...work, ...ends, since, due, last: action, misses: 0 };
      this.#pending.add(pending);
      this.#update(pending, action);
      if (this.#pending.size > 0 && !this.#polling) void this.#poll();
    });
  }

  /** Polls until nothing is pending. A failure of the polling itself is everyone's failure. */
  async #poll(): Promise<void> {
    const { api, clock, signal } = this.#options;
    this.#polling = true;
    try {
      while (this.#pending.size > 0) {
        const slept = await pause(clock, api.budgetIsLow() ? slowPollMs : pollMs, signal);
        for (const pending of this.#pending) pending.since += slept;
        await this.#look();
      }
    } catch (error) {
      for (const pending of [...this.#pending]) this.#settle(pending, error);
    } finally {
      this.#polling = false;
    }
  }

  async #look(): Promise<void> {
    const { clock, timeoutMs } = this.#options;
    const now = clock.steady();
    const asked = [...this.#pending].filter(
      ({ due, since }) => now >= Math.min(due, since + timeoutMs),
    );
    const ids = [...new Set(asked.map(({ last }) => last.id))].sort((a, b) => a - b);
    const chunks = Array.from({ length: Math.ceil(ids.length / idsPerRequest) }, (_, i) =>
      ids.slice(i * idsPerRequest, (i + 1) * idsPerRequest),
    );
    const answers = await Promise.all(chunks.map((chunk) => this.#options.api.actions(chunk)));
    const seen = new Map(answers.flat().map((action) => [action.id, action]));
    for (const pending of asked) {
      pending.due = now + Math.max(pollMs, backOff * (now - pending.since));
      this.#update(pending, seen.get(pending.last.id));
    }
  }

  #update(pending: Pending, action: Action | undefined): void {
    const { what, since } = pending;
    if (action) {
      pending.misses = 0;
      pending.last = action;
      if (action.status === 'success') this.#settle(pending);
      if (action.status === 'error') this.#settle(pending, new ActionError(what, action));
      if (action.status !== 'running') return;
      pending.onWaiting?.(`${what}: ${action.command}, ${action.progress ?? 0} %`);
    } else if (++pending.misses >= toleratedMisses) {
      this.#settle(
        pending,
        new OxideError(`${what}: Hetzner no longer knows ${describe(pending.last)}`, {
          hint: 'Run the same command again; it looks at everything afresh.',
        }),
      );
      return;
    }
    const elapsed = this.#options.clock.steady() - since;
    if (elapsed >= this.#options.timeoutMs) this.#settle(pending, timeoutOf(pending, elapsed));
  }

  #settle(pending: Pending, error?: unknown): void {
    this.#pending.delete(pending);
    if (error === undefined) pending.resolve();
    else pending.reject(error);
  }
}

function timeoutOf({ what, last }: Pending, elapsed: number): TimeoutError {
  const hint = `Hetzner is slower than usual; what exists is kept, and the same command goes on from there.\n${hetznerStatus}`;
  return new TimeoutError(what, formatDuration(elapsed), describe(last), { hint });
}

/** `create_server of server 42 (action 7, running, 30 %)` */
function describe({ command, resources, id, status, progress }: Action): string {
  const on = resources.map((resource) => `${resource.type.replaceAll('_', ' ')} ${resource.id}`);
  const state = status === 'running' ? `, running, ${progress ?? 0} %` : '';
  return `${command} of ${on.join(' and ')} (action ${id}${state})`;
}
