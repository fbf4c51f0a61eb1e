import { z } from 'zod';
import type { Clock } from '../lib/wait.js';
import { readAnswer } from './answer.js';
import { RateBudget } from './budget.js';
import { HetznerError } from './errors.js';
import {
  ConnectionError,
  pathWithQuery,
  type ApiAnswer,
  type ApiRequest,
  type Query,
  type Send,
} from './exchange.js';
import { backoff, judge, triesFor } from './retry.js';

/** The most that Hetzner gives at once. */
const pageSize = 50;

export interface ClientOptions {
  readonly send: Send;
  readonly clock: Clock;
  /** Aborted: no new request is sent and waits end; what is under way is `send`'s affair. */
  readonly signal: AbortSignal;
  readonly tokenSource: string;
  readonly random: () => number;
  readonly onDebug?: ((line: string) => void) | undefined;
  readonly onNotice?: ((message: string) => void) | undefined;
}

export interface Repetition<T> {
  /** Codes that mean "not yet" for this request, beside the ones that always do. */
  readonly alsoRefused?: readonly string[];
  /**
   * Asked when nobody knows whether the request had its effect, before it is sent again: the
   * effect if it is there, undefined if not. Without it the request is one that may be repeated.
   */
  readonly verify?: () => Promise<T | undefined>;
}

/** The concerns of every request in one place: pace, time, errors, second tries, pages. */
export class Client {
  readonly #options: ClientOptions;
  readonly #budget: RateBudget;
  #requests = 0;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#budget = new RateBudget(options);
  }

  /** Requests sent so far, repeated ones included. */
  get requests(): number {
    return this.#requests;
  }

  get budgetIsLow(): boolean {
    return this.#budget.low;
  }

  /** Sends a request until it succeeds, fails for good, or was tried often enough. */
  async request<S extends z.ZodType>(
    request: ApiRequest,
    schema: S,
    repetition: Repetition<z.output<S>> = {},
  ): Promise<z.output<S>> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#once(request, schema);
      } catch (error) {
        const verdict = judge(error, repetition.alsoRefused);
        const verify = verdict === 'lost' ? repetition.verify : undefined;
        const isLast = verdict === 'final' || tries >= triesFor(error);
        if (isLast && !verify) throw error;
        await this.#pause(tries, error);
        const effect = await verify?.();
        if (effect !== undefined) return effect;
        if (isLast) throw error;
      }
    }
  }

  /** The whole of a list, page by page. `key` is the plural under which the answer holds it. */
  async list<S extends z.ZodType>(
    what: { path: string; key: string; query?: Query; purpose: string },
    schema: S,
  ): Promise<z.output<S>[]> {
    const pageSchema = z.object({
      [what.key]: z.array(schema),
      meta: z.object({ pagination: z.object({ next_page: z.number().nullable() }) }).optional(),
    });
    const found: z.output<S>[] = [];
    for (let page: number | null = 1; page !== null;) {
      const query: Query = { ...what.query, page, per_page: pageSize };
      const request: ApiRequest = { method: 'GET', path: what.path, purpose: what.purpose, query };
      const answer = (await this.request(request, pageSchema)) as PageOf<z.output<S>>;
      found.push(...(answer[what.key] ?? []));
      page = answer.meta?.pagination.next_page ?? null;
    }
    return found;
  }

  async #pause(tries: number, error: unknown): Promise<void> {
    const { clock, signal, random } = this.#options;
    // A used-up budget has a wait of its own, for all requests together.
    if (error instanceof HetznerError && error.code === 'rate_limit_exceeded') return;
    await clock.sleep(backoff(tries, random), signal);
  }

  async #once<S extends z.ZodType>(request: ApiRequest, schema: S): Promise<z.output<S>> {
    const { clock, signal, tokenSource } = this.#options;
    await this.#budget.turn();
    signal.throwIfAborted();
    this.#requests++;
    const start = clock.now();
    try {
      const answer = await clock.during(() => this.#options.send(request));
      this.#debug(request, clock.now() - start, answer);
      this.#budget.learn(answer.headers);
      if (answer.status === 429) this.#budget.refused();
      else this.#budget.accepted();
      return readAnswer(answer, schema, { purpose: request.purpose, tokenSource });
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      if (request.method === 'GET') signal.throwIfAborted();
      this.#debug(request, clock.now() - start, error.message);
      const code = error.neverSent ? 'unreachable' : 'no_answer';
      const { purpose } = request;
      const { message } = error;
      throw new HetznerError({ code, message, status: 0, purpose, tokenSource, cause: error });
    }
  }

  #debug(request: ApiRequest, ms: number, outcome: ApiAnswer | string): void {
    const { onDebug } = this.#options;
    if (!onDebug) return;
    const came =
      typeof outcome === 'string'
        ? outcome
        : `${outcome.status} ${outcome.headers['x-correlation-id'] ?? '-'}`;
    onDebug(`${request.method} ${pathWithQuery(request)} ${came} ${Math.round(ms)} ms`);
  }
}

type PageOf<T> = Readonly<Record<string, T[] | undefined>> & {
  readonly meta?: { readonly pagination: { readonly next_page: number | null } };
};
