import {
  candidateText,
  isSameCandidate,
  type Candidate,
} from '../../cluster/catalogue/candidates.js';
import type { PlannedServer } from '../../cluster/plan/planned-servers.js';
import { HetznerError } from '../../hetzner/errors.js';
import { ExitCode, OxideError } from '../../lib/errors.js';
import { enumerate, formatDuration } from '../../lib/format.js';
import type { StepIo } from '../../lib/step.js';
import { withinLimits } from './account-limits.js';
import type { FlowContext } from '../run/context.js';
import { limitConcurrency } from '../../lib/concurrency-limit.js';
import {
  capacityError,
  isClosedLocation,
  isCapacityRefusal,
  type CapacityRefusal,
} from './capacity.js';

/** Pauses before the tries after the first one, ms: capacity comes back in moments, or in hours. */
const pausesMs = [15_000, 30_000, 60_000];

export interface OrderRequest<T> {
  readonly planned: PlannedServer;
  readonly io: StepIo;
  /** Sends the order. Called again with the next candidate when Hetzner has no capacity for one. */
  readonly order: (candidate: Candidate) => Promise<T>;
}

/**
 * Where all servers of a run are ordered, one after the other, so that the first refusal decides
 * for those behind it: what has no capacity is not asked for again, and after a limit of the
 * account, or when there is no capacity at all, nothing more is ordered.
 */
export class ServerOrdering {
  readonly #ctx: FlowContext;
  readonly #oneAtATime = limitConcurrency(1);
  readonly #refusals: CapacityRefusal[] = [];
  /** Fallbacks that were told, as `web: cx33 in fsn1`. */
  readonly #told = new Set<string>();
  #closed: OxideError | undefined;
  #left: number;

  constructor(ctx: FlowContext, servers: readonly PlannedServer[]) {
    this.#ctx = ctx;
    this.#left = servers.filter(({ existing }) => !existing).length;
  }

  /** Orders a server as the first of its candidates that Hetzner has. */
  place<T>(request: OrderRequest<T>): Promise<T> {
    return this.#oneAtATime(async () => {
      if (this.#closed) throw this.#closed;
      // Each server comes with an IPv4 and an IPv6 address.
      const need = { server: this.#left, primary_ip: 2 * this.#left };
      try {
        const placed = await withinLimits(this.#ctx, need, () => this.#placeAny(request));
        this.#left--;
        return placed;
      } catch (error) {
        if (error instanceof OxideError && error.exitCode === ExitCode.refused) {
          this.#closed = error;
        }
        throw error;
      }
    });
  }

  async #placeAny<T>({ planned, io, order }: OrderRequest<T>): Promise<T> {
    const { candidates } = planned;
    const { clock, signal } = this.#ctx;
    const fresh = candidates.filter((candidate) => !this.#refusalOf(candidate));
    for (const [i, pause] of [0, ...pausesMs].entries()) {
      const round = i === 0 ? fresh : candidates.filter((one) => !this.#isClosed(one));
      if (i > 0 && round.length === 0) break;
      if (i > 0) {
        const what = enumerate(round.map(candidateText));
        io.detail(`no capacity for ${what}; next try in ${formatDuration(pause)}`);
        await clock.sleep(pause, signal);
      }
      for (const candidate of round) {
        const placed = await this.#ask(candidate, order);
        if (!placed) continue;
        this.#tell(planned, candidate, io);
        return placed.is;
      }
    }
    throw await capacityError(this.#ctx, planned, this.#refusals);
  }

  /** Undefined: Hetzner has no capacity for it. */
  async #ask<T>(
    candidate: Candidate,
    order: (candidate: Candidate) => Promise<T>,
  ): Promise<{ is: T } | undefined> {
    const known = this.#refusals.findIndex((one) => isSameCandidate(one.candidate, candidate));
    if (known >= 0) this.#refusals.splice(known, 1);
    try {
      return { is: await order(candidate) };
    } catch (error) {
      if (!(error instanceof HetznerError) || !isCapacityRefusal(error)) throw error;
      this.#refusals.push({ candidate, error });
      return undefined;
    }
  }

  #refusalOf(candidate: Candidate): CapacityRefusal | undefined {
    return this.#refusals.find((one) => isSameCandidate(one.candidate, candidate));
  }

  /** Trying it again is no use: the location takes no servers at all. */
  #isClosed(candidate: Candidate): boolean {
    const refusal = this.#refusalOf(candidate);
    return refusal !== undefined && isClosedLocation(refusal.error);
  }

  /** A fallback costs something else than was planned, or runs elsewhere: it is said once. */
  #tell({ name, pool, candidates }: PlannedServer, taken: Candidate, io: StepIo): void {
    const text = candidateText(taken);
    const passed = candidates.slice(0, candidates.indexOf(taken)).map(candidateText);
    if (passed.length === 0 || this.#told.has(`${pool}: ${text}`)) return;
    this.#told.add(`${pool}: ${text}`);
    io.note(
      `Hetzner has no capacity for ${enumerate(passed)} at present: the pool ${pool} gets ${text}, from ${name} on.`,
    );
  }
}
