import type { z } from 'zod';
import type { Clock } from '../lib/wait.js';
import { readAnswer } from './answer.js';
import { RateBudget } from './budget.js';
import type { Tolerance } from './elements.js';
import { HetznerError } from './errors.js';
import {
  ConnectionError,
  pathWithQuery,
  type ApiAnswer,
  type ApiRequest,
  type Send,
} from './exchange.js';
import { readList, type ListOf } from './pages.js';
import { RemoteTime } from './remote-time.js';
import { backoff, judge } from './retry.js';

export interface ClientOptions {
  readonly send: Send;
  readonly clock: Clock;
  /** Aborted: no new request is sent and waits end; what is under way is `send`'s affair. */
  readonly signal: AbortSignal;
  readonly tokenSource: string;
  /** Who is asked, when that is not Hetzner's own API: `https://mirror.example`. */
  readonly endpoint?: string | undefined;
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
  readonly #remoteTime = new RemoteTime();
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

  /** Hetzner's time, ms since the Unix epoch: see `RemoteTime`. */
  get now(): number {
    return this.#options.clock.now() + this.#remoteTime.offset;
  }

  /** Sends a request until it succeeds, fails for good, or was tried often enough. */
  async request<S extends z.ZodType>(
    request: ApiRequest,
    schema: S,
    repetition: Repetition<z.output<S>> = {},
  ): Promise<z.output<S>> {
    for (let sent = 1; ; sent++) {
      try {
        return await this.#once(request, schema);
      } catch (error) {
        const { verdict, tries } = judge(error, request, repetition.alsoRefused);
        const verify = verdict === 'lost' ? repetition.verify : undefined;
        const isLast = verdict === 'final' || sent >= tries;
        if (isLast && !verify) throw error;
        await this.#pause(sent, error);
        const effect = await verify?.().catch((reason: unknown) => {
          // Why the look failed tells less than why the write did.
          throw reason instanceof HetznerError ? error : reason;
        });
        if (effect !== undefined) return effect;
        if (isLast) throw error;
      }
    }
  }

  /** The whole of a list. What of it is not the cluster's need not be readable. */
  list<S extends z.ZodObject>(
    of: ListOf,
    schema: S,
    isOwn: Tolerance['isOwn'],
  ): Promise<z.output<S>[]> {
    const { onDebug, tokenSource, endpoint } = this.#options;
    const tolerance: Tolerance = {
      isOwn,
      onSkipped: (what) => onDebug?.(`${of.purpose}: left out of ${what}`),
    };
    const options = { of, schema, tolerance, context: { tokenSource, endpoint } };
    return readList((request, page) => this.request(request, page), options);
  }

  async #pause(tries: number, error: unknown): Promise<void> {
    const { clock, signal, random } = this.#options;
    // A used-up budget has a wait of its own, for all requests together.
    if (error instanceof HetznerError && error.code === 'rate_limit_exceeded') return;
    await clock.sleep(backoff(tries, random), signal);
  }

  async #once<S extends z.ZodType>(request: ApiRequest, schema: S): Promise<z.output<S>> {
    const { clock, signal, tokenSource, endpoint } = this.#options;
    await this.#budget.turn();
    signal.throwIfAborted();
    this.#requests++;
    const context = { purpose: request.purpose, tokenSource, endpoint };
    const [start, sent] = [clock.steady(), clock.now()];
    try {
      const answer = await clock.during(() => this.#options.send(request));
      this.#debug(request, clock.steady() - start, answer);
      this.#remoteTime.learn(answer.headers['date'], sent, clock.now());
      this.#budget.learn(answer.headers);
      if (answer.status === 429) this.#budget.refused();
      else this.#budget.accepted();
      return readAnswer(answer, schema, context);
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      if (request.method === 'GET') signal.throwIfAborted();
      this.#debug(request, clock.steady() - start, error.message);
      const { code, message } = error;
      throw new HetznerError({ ...context, code, message, status: 0, cause: error });
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
