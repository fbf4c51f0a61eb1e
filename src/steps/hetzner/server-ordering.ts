import { candidateText, isSameCandidate } from '../../cluster/catalogue/candidates.js';
import type { PlannedServer } from '../../cluster/plan/planned-servers.js';
import { HetznerError } from '../../hetzner/errors.js';
import { ExitCode, OxideError } from '../../lib/errors.js';
import { enumerate, formatDuration } from '../../lib/format.js';
import type { StepIo } from '../../lib/step.js';
import { withinLimits } from './account-limits.js';
import type { FlowContext } from '../run/context.js';
import { OrderWindow } from './order-window.js';
import {
  capacityError,
  isClosedLocation,
  isCapacityRefusal,
  offersOf,
  refuses,
  type CapacityRefusal,
  type Offer,
} from './capacity.js';

/** Pauses before the tries after the first one, ms: capacity comes back in moments, or in hours. */
const pausesMs = [15_000, 30_000, 60_000];

export interface OrderRequest<T> {
  readonly planned: PlannedServer;
  readonly io: StepIo;
  /** Sends the order. Called again with the next candidate when Hetzner has no capacity for one. */
  readonly order: (offer: Offer) => Promise<T>;
}

/**
 * Where all servers of a run are ordered. The first order of each candidate goes alone, so that a
 * refusal decides for those behind it: what has no capacity is not asked for again, and after a
 * limit of the account, or when there is no capacity at all, nothing more is ordered. What Hetzner
 * has is then ordered several at once.
 */
export class ServerOrdering {
  readonly #ctx: FlowContext;
  readonly #window = new OrderWindow();
  /** What Hetzner had when it was last asked for. */
  readonly #had: Offer[] = [];
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
  async place<T>(request: OrderRequest<T>): Promise<T> {
    const isUnsure = (): boolean => !this.#closed && this.#likely(request.planned) === undefined;
    const placed = await this.#window.pass(() => this.#placeLikely(request), isUnsure);
    if (placed) return placed.is;
    // It was there a moment ago: what there is instead is found out alone, before all others.
    const alone = (): boolean => true;
    const again = async () => ({ is: await this.#guarded(() => this.#placeAny(request)) });
    const found = await this.#window.pass(again, alone, true);
    if (!found) throw new Error('an order that was placed has a server');
    return found.is;
  }

  /** The candidate that Hetzner had for the server before this one. */
  #likely(planned: PlannedServer): Offer | undefined {
    const next = offersOf(planned).find((offer) => !this.#refusalOf(offer));
    return next && this.#had.find((one) => isSameCandidate(one, next)) ? next : undefined;
  }

  /** Undefined: what Hetzner had a moment ago is sold out now. */
  async #placeLikely<T>(request: OrderRequest<T>): Promise<{ is: T } | undefined> {
    const likely = this.#likely(request.planned);
    return this.#guarded(async () => {
      if (!likely) return { is: await this.#placeAny(request) };
      const placed = await this.#ask(likely, request.order);
      if (placed) this.#tell(request.planned, likely, request.io);
      return placed;
    });
  }

  /** Nothing is ordered after an end of all orders; one that comes to it makes it the end. */
  async #guarded<T>(order: () => Promise<T>): Promise<T> {
    if (this.#closed) throw this.#closed;
    // Each server comes with an IPv4 and an IPv6 address.
    const need = () => ({ server: this.#left, primary_ip: 2 * this.#left });
    try {
      const placed = await withinLimits(this.#ctx, need, order);
      if (placed !== undefined) this.#left--;
      return placed;
    } catch (error) {
      if (error instanceof OxideError && error.exitCode === ExitCode.refused) {
        this.#closed ??= error;
      }
      throw error;
    }
  }

  async #placeAny<T>({ planned, io, order }: OrderRequest<T>): Promise<T> {
    const offers = offersOf(planned);
    const { clock, signal } = this.#ctx;
    const fresh = offers.filter((offer) => !this.#refusalOf(offer));
    for (const [i, pause] of [0, ...pausesMs].entries()) {
      const round = i === 0 ? fresh : offers.filter((one) => !this.#isClosed(one));
      if (i > 0 && round.length === 0) break;
      if (i > 0) {
        const what = enumerate([...new Set(round.map(candidateText))]);
        io.detail(`no capacity for ${what}; next try in ${formatDuration(pause)}`);
        await clock.sleep(pause, signal);
      }
      for (const offer of round) {
        const placed = await this.#ask(offer, order);
        if (!placed) continue;
        this.#tell(planned, offer, io);
        return placed.is;
      }
    }
    throw await capacityError(this.#ctx, planned, this.#refusals);
  }

  /** Undefined: Hetzner has no capacity for it. */
  async #ask<T>(offer: Offer, order: (offer: Offer) => Promise<T>): Promise<{ is: T } | undefined> {
    const known = this.#refusals.findIndex((one) => refuses(one, offer));
    if (known >= 0) this.#refusals.splice(known, 1);
    try {
      const is = await order(offer);
      if (!this.#had.some((one) => isSameCandidate(one, offer))) this.#had.push(offer);
      return { is };
    } catch (error) {
      if (!(error instanceof HetznerError) || !isCapacityRefusal(error)) throw error;
      if (!this.#refusalOf(offer)) this.#refusals.push({ offer, error });
      return undefined;
    }
  }

  #refusalOf(offer: Offer): CapacityRefusal | undefined {
    return this.#refusals.find((one) => refuses(one, offer));
  }

  /** Trying it again is no use: the location takes no servers at all. */
  #isClosed(offer: Offer): boolean {
    const refusal = this.#refusalOf(offer);
    return refusal !== undefined && isClosedLocation(refusal.error);
  }

  /** A fallback costs something else than was planned, or runs elsewhere: it is said once. */
  #tell(planned: PlannedServer, taken: Offer, io: StepIo): void {
    const { name, pool, group } = planned;
    const alone = group && taken.group === undefined ? ' without a placement group' : '';
    const text = `${candidateText(taken)}${alone}`;
    const offers = offersOf(planned);
    const at = offers.findIndex((one) => isSameCandidate(one, taken) && one.group === taken.group);
    const passed = [...new Set(offers.slice(0, at).map(candidateText))];
    const isFirst = isSameCandidate(taken, planned.candidates[0] ?? taken) && alone === '';
    if (isFirst || this.#told.has(`${pool}: ${text}`)) return;
    this.#told.add(`${pool}: ${text}`);
    const what = enumerate(passed);
    const lack =
      alone === '' ? `no capacity for ${what}` : `no host apart from the others for ${what}`;
    io.note(`Hetzner has ${lack} at present: the pool ${pool} gets ${text}, from ${name} on.`);
  }
}
